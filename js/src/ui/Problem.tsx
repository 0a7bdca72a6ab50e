// What the output shows when there is no room to show, with the sentence that says what to do.
import { TriangleAlert } from "lucide-preact";
import type { Strings } from "../strings/index.ts";

export function Problem({ t, sentence }: { t: Strings; sentence: string }) {
  return (
    <div class="telehealth-widget embedded problem" lang={t.language}>
      <div class="card problem-card" role="alert">
        <TriangleAlert aria-hidden="true" />
        <div>
          <p class="problem-title">{t.lobby.problem}</p>
          <p class="pre">{sentence === "" ? t.link.failed : sentence}</p>
        </div>
      </div>
    </div>
  );
}

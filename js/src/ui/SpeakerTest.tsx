// A tone on the chosen speaker, and whether the person heard it: a word that stands beside the connection test.
import { Volume2 } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { ownRow } from "../store/rows.ts";
import { attempt, useRoom } from "./context.ts";

export function SpeakerTest() {
  const room = useRoom();
  const { call, state, page, t } = room;
  const [at, setAt] = useState<"idle" | "playing" | "played" | "failed" | "fine" | "silent">(
    "idle",
  );
  const button = useRef<HTMLButtonElement>(null);
  const test = async () => {
    setAt("playing");
    page.speakerHeard.value = null;
    setAt((await call.testSpeaker()) ? "played" : "failed");
  };
  const answer = (heard: boolean) => {
    setAt(heard ? "fine" : "silent");
    page.speakerHeard.value = heard;
    button.current?.focus(); // the two answers go away
    const { rows } = state.value;
    const report = rows === null ? null : ownRow(rows)?.connection;
    if (!report || report.speaker_heard === heard) return;
    const told = { ...report, speaker_heard: heard };
    void attempt(room, () => call.command({ do: "ReportConnection", report: told }));
  };
  const words = {
    idle: "",
    playing: t.devices.testing,
    played: t.devices.heard,
    failed: t.devices.noTone,
    fine: t.devices.fine,
    silent: t.devices.notHeard,
  };
  return (
    <div class="speaker-test">
      <button
        ref={button}
        type="button"
        class="button"
        aria-disabled={at === "playing"}
        onClick={() => at !== "playing" && void test()}
      >
        <Volume2 aria-hidden="true" />
        {t.devices.test}
      </button>
      <output class="muted small">{words[at]}</output>
      {at === "played" && (
        <>
          <button type="button" class="button" onClick={() => answer(true)}>
            {t.devices.yes}
          </button>
          <button type="button" class="button" onClick={() => answer(false)}>
            {t.devices.no}
          </button>
        </>
      )}
    </div>
  );
}

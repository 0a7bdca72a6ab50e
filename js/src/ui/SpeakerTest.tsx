// A tone on the chosen speaker, and whether the browser played it.
import { Volume2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { useRoom } from "./context.ts";

export function SpeakerTest() {
  const { call, t } = useRoom();
  const [at, setAt] = useState<"idle" | "playing" | "played" | "failed">("idle");
  const test = async () => {
    setAt("playing");
    setAt((await call.testSpeaker()) ? "played" : "failed");
  };
  const words = {
    idle: "",
    playing: t.devices.testing,
    played: t.devices.heard,
    failed: t.devices.noTone,
  };
  return (
    <div class="speaker-test">
      <button type="button" class="button" disabled={at === "playing"} onClick={() => void test()}>
        <Volume2 aria-hidden="true" />
        {t.devices.test}
      </button>
      <output class="muted small">{words[at]}</output>
    </div>
  );
}

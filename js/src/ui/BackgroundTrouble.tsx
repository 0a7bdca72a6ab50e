// The background cannot go on, so the camera is off: why, and what the person wants instead.
import { EyeOff } from "lucide-preact";
import { useRoom } from "./context.ts";

export function BackgroundTrouble() {
  const { call, state, t } = useRoom();
  const { problem } = state.value.local.background;
  const b = t.background;
  const without = () => {
    call.setBackground("none");
    void call.setOn("camera", true);
  };
  return (
    <div role="alert" class="alerts">
      {problem !== null && (
        <div class="note note-warn">
          <EyeOff aria-hidden="true" />
          <div class="remedy-words">
            <p>{b.problems[problem]}</p>
            <p class="row background-ways">
              <Way words={t.retry} act={() => void call.setOn("camera", true)} />
              <Way words={b.keepOff} act={() => void call.setOn("camera", false)} />
              <Way words={b.showRoom} act={without} />
            </p>
          </div>
        </div>
      )}
    </div>
  );
}

function Way({ words, act }: { words: string; act: () => void }) {
  return (
    <button type="button" class="button button-small" onClick={act}>
      {words}
    </button>
  );
}

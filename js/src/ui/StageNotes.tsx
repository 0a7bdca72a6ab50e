// What the person in a session has to know now: sound is blocked, a provider muted them.
import { Volume2 } from "lucide-preact";
import { BackgroundTrouble } from "./BackgroundTrouble.tsx";
import { useRoom } from "./context.ts";
import { DeviceNews } from "./DeviceNews.tsx";

export function StageNotes() {
  const { call, state, t } = useRoom();
  const { soundBlocked, local } = state.value;
  return (
    <>
      {soundBlocked && (
        <p class="note note-warn">
          <span>{t.stage.soundBlocked}</span>
          <button
            type="button"
            class="button button-primary button-small"
            onClick={() => call.turnOnSound()}
          >
            <Volume2 aria-hidden="true" />
            {t.stage.turnOnSound}
          </button>
        </p>
      )}
      <BackgroundTrouble />
      <DeviceNews />
      {local.microphone.forcedOff && <p class="note note-warn">{t.stage.forcedMute}</p>}
      {local.camera.forcedOff && <p class="note note-warn">{t.stage.forcedVideo}</p>}
    </>
  );
}

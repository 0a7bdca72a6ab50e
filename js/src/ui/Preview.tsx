// The own picture before joining, mirrored as in a looking glass, with its two switches.
import { CameraOff, Mic, MicOff, Video, VideoOff } from "lucide-preact";
import type { Device } from "../call/devices.ts";
import { useRoom } from "./context.ts";
import { Picture } from "./Picture.tsx";

interface PreviewProps {
  /** The others see it too, so it says only whose picture this is. */
  shared?: boolean;
  /** The switches are there too for what was not opened yet. */
  always?: boolean;
}

export function Preview({ shared = false, always = false }: PreviewProps) {
  const { call, state, t } = useRoom();
  const { camera, microphone } = state.value.local;
  return (
    <div class="preview" role="group" aria-label={t.preparation.previewLabel}>
      {camera.track !== null ? (
        <Picture track={camera.track} mirrored onShown={() => call.previewed()} />
      ) : (
        <div class="preview-off">
          <CameraOff aria-hidden="true" />
          <span>{t.preparation.previewOff}</span>
        </div>
      )}
      <div class="preview-foot">
        {camera.track !== null && (
          <span class="tag">{shared ? t.person.you : t.preparation.preview}</span>
        )}
        <span class="spring" />
        {(always || microphone.had) && <Switch device="microphone" on={microphone.on} />}
        {(always || camera.had) && <Switch device="camera" on={camera.on} />}
      </div>
    </div>
  );
}

function Switch({ device, on }: { device: Device; on: boolean }) {
  const { call, t } = useRoom();
  const [On, Off] = device === "camera" ? [Video, VideoOff] : [Mic, MicOff];
  const words =
    device === "camera" ? [t.tray.stopVideo, t.tray.startVideo] : [t.tray.mute, t.tray.unmute];
  const Icon = on ? On : Off;
  return (
    <button
      type="button"
      class={on ? "round" : "round round-off"}
      aria-label={on ? words[0] : words[1]}
      title={on ? words[0] : words[1]}
      onClick={() => void call.setOn(device, !on)}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}

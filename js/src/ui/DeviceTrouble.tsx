// Why a camera or microphone is not there, in plain words with a remedy.
import { TriangleAlert } from "lucide-preact";
import type { DeviceProblem } from "../call/devices.ts";
import { useRoom } from "./context.ts";

export function DeviceTrouble() {
  const { call, state, t } = useRoom();
  const { camera, microphone } = state.value.local;
  const one = camera.problem !== null && camera.problem === microphone.problem;
  const found: ["camera" | "microphone" | "both", DeviceProblem][] = [];
  if (one && camera.problem !== null) found.push(["both", camera.problem]);
  if (!one && camera.problem !== null) found.push(["camera", camera.problem]);
  if (!one && microphone.problem !== null) found.push(["microphone", microphone.problem]);
  return (
    <div role="alert" class="alerts">
      {found.map(([device, problem]) => (
        <p key={device} class="note note-warn">
          <TriangleAlert aria-hidden="true" />
          <span>
            {t.problem(device, problem)}
            {(camera.had || microphone.had) && device !== "both" && (
              <>
                {" "}
                <button
                  type="button"
                  class="link-button"
                  onClick={() => void call.setOn(device, true)}
                >
                  {t.retry}
                </button>
              </>
            )}
          </span>
        </p>
      ))}
    </div>
  );
}

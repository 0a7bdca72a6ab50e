// Why a camera or microphone is not there, in plain words with a remedy, and another try where one can help.
import { TriangleAlert } from "lucide-preact";
import type { DeviceProblem } from "../call/devices.ts";
import { useRoom } from "./context.ts";
import { Remedy } from "./Remedy.tsx";

/** No press on this page changes these. */
const FINAL: readonly DeviceProblem[] = ["insecure", "unsupported", "frame", "inapp"];

export function DeviceTrouble() {
  const { call, state, t } = useRoom();
  const { camera, microphone } = state.value.local;
  const one = camera.problem !== null && camera.problem === microphone.problem;
  const found: ["camera" | "microphone" | "both", DeviceProblem][] = [];
  if (one && camera.problem !== null) found.push(["both", camera.problem]);
  if (!one && camera.problem !== null) found.push(["camera", camera.problem]);
  if (!one && microphone.problem !== null) found.push(["microphone", microphone.problem]);
  // Both at once, so that the browser asks one question.
  const retry = (device: "camera" | "microphone" | "both") =>
    void (device === "both" ? call.prepare() : call.setOn(device, true));
  return (
    <div role="alert" class="alerts">
      {found.map(([device, problem]) => (
        <div key={device} class="note note-warn">
          <TriangleAlert aria-hidden="true" />
          <div class="remedy-words">
            <Remedy device={device} problem={problem} />
            {!FINAL.includes(problem) && (
              <p>
                <button type="button" class="link-button" onClick={() => retry(device)}>
                  {t.retry}
                </button>
              </p>
            )}
          </div>
        </div>
      ))}
    </div>
  );
}

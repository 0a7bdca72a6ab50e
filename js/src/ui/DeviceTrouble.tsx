// Why a camera or microphone is not there, in plain words with a remedy, and another try where one can help.
import { TriangleAlert } from "lucide-preact";
import type { ComponentChildren } from "preact";
import type { DeviceProblem } from "../call/devices.ts";
import { useRoom } from "./context.ts";
import { useFocusPassed } from "./focus.ts";
import { Remedy } from "./Remedy.tsx";

/** No press on this page changes these. */
const FINAL: readonly DeviceProblem[] = ["insecure", "unsupported", "frame", "inapp"];

/** `inCall`: it stands above the pictures, so its steps are folded, and it can be put away. */
export function DeviceTrouble({ inCall = false }: { inCall?: boolean }) {
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
  const without = (device: "camera" | "microphone" | "both") => {
    for (const one of device === "both" ? (["camera", "microphone"] as const) : [device]) {
      void call.setOn(one, false);
    }
  };
  const paused = (["camera", "microphone"] as const).filter(
    (device) => state.value.local[device].silenced && state.value.local[device].on,
  );
  return (
    <div role="alert" class="alerts">
      {paused[0] !== undefined && (
        <Note>
          <span>{t.devices.paused[paused.length > 1 ? "both" : paused[0]]}</span>
          <button
            type="button"
            class="button button-primary button-small"
            onClick={() => void call.resume()}
          >
            {t.devices.resume}
          </button>
        </Note>
      )}
      {found.map(([device, problem]) => (
        <Note key={device}>
          <TriangleAlert aria-hidden="true" />
          <div class="remedy-words">
            <Remedy device={device} problem={problem} folded={inCall} />
            {(inCall || !FINAL.includes(problem)) && (
              <p class="row row-wrap">
                {!FINAL.includes(problem) && (
                  <button type="button" class="link-button" onClick={() => retry(device)}>
                    {t.retry}
                  </button>
                )}
                {inCall && (
                  <button type="button" class="link-button" onClick={() => without(device)}>
                    {t.devices.without[device]}
                  </button>
                )}
              </p>
            )}
          </div>
        </Note>
      ))}
    </div>
  );
}

function Note({ children }: { children: ComponentChildren }) {
  const root = useFocusPassed<HTMLDivElement>();
  return (
    <div ref={root} class="note note-warn">
      {children}
    </div>
  );
}

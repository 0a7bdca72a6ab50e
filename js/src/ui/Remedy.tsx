// What is wrong with a camera or microphone, and the steps that mend it in this browser on this system.
import type { DeviceProblem } from "../call/devices.ts";
import { type Browser, type Platform, stepsFor, thisPlatform } from "../call/platform.ts";
import { useRoom } from "./context.ts";

/** Proper names: the same in every language. */
const NAMES: Partial<Record<Browser, string>> = {
  chrome: "Chrome",
  edge: "Edge",
  firefox: "Firefox",
  safari: "Safari",
  samsung: "Samsung Internet",
};

/** These need more than another try, so their steps are in sight at once. */
const OPEN: readonly DeviceProblem[] = ["blocked", "system", "inapp", "frame"];

interface Props {
  device: "camera" | "microphone" | "both";
  problem: DeviceProblem;
  platform?: Platform;
  /** The steps are shown when they are asked for. */
  folded?: boolean;
}

export function Remedy({ device, problem, platform = thisPlatform(), folded = false }: Props) {
  const { embedded, t } = useRoom();
  const app = NAMES[platform.browser] ?? t.remedy.browser;
  const steps = stepsFor(problem, platform);
  return (
    <>
      {problem === "inapp" && platform.host !== null && `${t.remedy.inside(platform.host)} `}
      {embedded && problem === "insecure" ? t.insecureDesk : t.problem(device, problem)}
      {steps.length > 0 && (
        <details class="remedy" open={!folded && OPEN.includes(problem)}>
          <summary>{t.remedy.title}</summary>
          <ol>
            {steps.map((step) => (
              <li key={step}>{t.remedy.steps[step](t.remedy.what[device], app)}</li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

// From the figures of a connection test to a verdict and its causes. Pure: no word and no measuring enters here.
import type { Cause, ConnectionReport, Verdict } from "../protocol/types.ts";

export type Figures = Omit<ConnectionReport, "verdict" | "causes" | "speaker_heard">;

interface Bound {
  cause: Cause;
  of: (figures: Figures) => number | null | undefined;
  /** From here on a call is hampered, and from there on picture and sound suffer so that it hardly works. */
  fair: number;
  poor: number;
  /** Null, which is asked for and never answered, is as bad as can be. */
  needed?: true;
}

/** A rate is worse when lower: negative. The weightiest cause comes first. */
const BOUNDS: readonly Bound[] = [
  { cause: "loss_up", of: (f) => f.loss_up_percent, fair: 2, poor: 5, needed: true },
  { cause: "loss_down", of: (f) => f.loss_down_percent, fair: 2, poor: 5 },
  { cause: "slow_up", of: (f) => negative(f.up_kbps), fair: -1_000, poor: -400, needed: true },
  { cause: "slow_down", of: (f) => negative(f.down_kbps), fair: -1_000, poor: -400, needed: true },
  { cause: "far", of: (f) => f.rtt_ms, fair: 300, poor: 800 },
  { cause: "unsteady", of: (f) => f.jitter_ms, fair: 40, poor: 120 },
  // A slow camera is no slow connection, so it makes none poor.
  { cause: "slow_camera", of: (f) => negative(f.camera_fps), fair: -8, poor: 1 },
];
const MAX_CAUSES = 4;

/** Nothing gets through, or no longer. */
export const BLOCKED: ConnectionReport = { verdict: "blocked", causes: ["no_path"] };

export function judge(figures: Figures): { verdict: Verdict; causes: Cause[] } {
  const poor: Cause[] = [];
  const fair: Cause[] = [];
  for (const { cause, of, ...bound } of BOUNDS) {
    const value = of(figures);
    if (value === undefined || (value === null && !bound.needed)) continue;
    if (value === null || value >= bound.poor) poor.push(cause);
    else if (value >= bound.fair) fair.push(cause);
  }
  const causes = [...poor, ...fair];
  // Said, but nothing that the connection is to blame for.
  if (figures.microphone_heard === false) causes.push("silent");
  const verdict = poor.length > 0 ? "poor" : fair.length > 0 ? "fair" : "good";
  return { verdict, causes: causes.slice(0, MAX_CAUSES) };
}

function negative(value: number | null | undefined): number | null | undefined {
  return value === null || value === undefined ? value : -value;
}

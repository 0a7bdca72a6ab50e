// How time goes on in a replay. Pure: where it was and how long has passed in, where it is out.

export const SPEEDS = [0.5, 1, 2, 4, 8, 16] as const;
export const SLOWEST = 0.5;
export const FASTEST = 16;

/** A stretch of the session, ms. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Pace {
  readonly speed: number;
  readonly endMs: number;
  /** The stretch that is played over and over; `null`: once to the end. */
  readonly loop: Range | null;
}

/** Where time is after `passedMs` of real time, and whether it goes on from there. */
export function advance(
  time: number,
  passedMs: number,
  { speed, endMs, loop }: Pace,
): { time: number; playing: boolean } {
  const next = time + passedMs * speed;
  if (loop !== null && loop.to > loop.from) {
    // From before the stretch it is entered; from behind it one is taken back.
    if (next < loop.to) return { time: next, playing: true };
    return { time: loop.from + ((next - loop.from) % (loop.to - loop.from)), playing: true };
  }
  if (next >= endMs) return { time: endMs, playing: false };
  return { time: next, playing: true };
}

/** A stretch within the session, whichever end came first; `null` if it has no length. */
export function rangeOf(a: number, b: number, endMs: number): Range | null {
  const from = clamp(Math.min(a, b), endMs);
  const to = clamp(Math.max(a, b), endMs);
  return to > from ? { from, to } : null;
}

export function clamp(time: number, endMs: number): number {
  return Number.isFinite(time) ? Math.min(endMs, Math.max(0, Math.round(time))) : 0;
}

/** What lies ahead (`by` = 1) or behind (-1) of a moment in a sorted list; `null`: nothing does. */
export function jump(times: readonly number[], time: number, by: 1 | -1): number | null {
  if (by === 1) return times.find((t) => t > time) ?? null;
  for (let i = times.length - 1; i >= 0; i--) {
    const t = times[i];
    if (t !== undefined && t < time) return t;
  }
  return null;
}

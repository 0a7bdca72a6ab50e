// When something held: spans of time, in order, that do not overlap. Pure arithmetic over flat arrays.

/** `[from, to, from, to, …]`, ms since the session opened. */
export type Spans = Float64Array;

/** From gap and length of each span in turn, as `ReplayLane.spans` has them. */
export function decode(steps: readonly number[]): Spans {
  const spans = new Float64Array(steps.length - (steps.length % 2));
  let at = 0;
  for (let i = 0; i < spans.length; i++) {
    at += steps[i] ?? 0;
    spans[i] = at;
  }
  return spans;
}

/** Whether a span holds the moment; its end does not belong to it. */
export function holds(spans: Spans, t: number): boolean {
  // Every bound that has passed turns it on or off.
  return countUntil(spans, t) % 2 === 1;
}

/** How many of the sorted numbers are not after `t`. */
export function countUntil(sorted: ArrayLike<number>, t: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** ms in all. */
export function total(spans: Spans): number {
  let sum = 0;
  for (let i = 0; i < spans.length; i += 2) sum += (spans[i + 1] as number) - (spans[i] as number);
  return sum;
}

/**
 * An SVG path of the spans as boxes from `top` to `bottom`, on a line of `width` units for `endMs`. What would lie within
 * a unit is one box, so that the path never has more boxes than the line has units.
 */
export function path(
  spans: Spans,
  endMs: number,
  width: number,
  top: number,
  bottom: number,
): string {
  const scale = width / Math.max(1, endMs);
  let made = "";
  let from = -1;
  let to = -1;
  const flush = () => {
    if (from >= 0) made += `M${from} ${top}H${to}V${bottom}H${from}Z`;
  };
  for (let i = 0; i < spans.length; i += 2) {
    const start = Math.round((spans[i] as number) * scale);
    const stop = Math.max(start + 1, Math.round((spans[i + 1] as number) * scale));
    if (from >= 0 && start <= to) {
      to = Math.max(to, stop);
      continue;
    }
    flush();
    from = start;
    to = stop;
  }
  flush();
  return made;
}

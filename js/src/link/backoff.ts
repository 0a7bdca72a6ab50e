// How long to wait before the next attempt to connect. Pure numbers: no timers, no randomness of its own.

export const FIRST_WAIT_MS = 400;
export const LONGEST_WAIT_MS = 8_000;

/** `attempt` counts from 0; `random` is in [0, 1). Half of the wait is jitter, so that many pages do not return at once. */
export function waitBefore(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

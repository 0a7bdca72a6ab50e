// From times of arrival to a rate, from round trips to delay and jitter. Pure; no clock and no channel enters here.
import { median } from "./median.ts";

/** Long enough to average over a page's coarse timers, short enough for the trains of a far link. */
const WINDOW_MS = 100;
/** Of the windows: while few packets may be under way the link idles between trains, and those windows do not count. */
const QUANTILE = 0.8;
const FEWEST = 4;

/**
 * Rate of the narrowest part of the way in kbit/s, from when equal messages arrived (ms, in order), each `bytes` on the
 * wire. Null: too few to tell.
 */
export function rateOf(atMs: readonly number[], bytes: number): number | null {
  const last = atMs.length - 1;
  if (atMs.length < FEWEST) return null;
  const rates: number[] = [];
  let end = 0;
  for (let begin = 0; begin <= last; begin++) {
    const from = atMs[begin] ?? 0;
    while (end < last && (atMs[end] ?? 0) - from < WINDOW_MS) end++;
    const tookMs = (atMs[end] ?? 0) - from;
    if (tookMs < WINDOW_MS && begin > 0) break;
    if (tookMs > 0) rates.push(((end - begin) * bytes * 8) / tookMs);
  }
  rates.sort((a, b) => a - b);
  const rate = rates[Math.floor((rates.length - 1) * QUANTILE)];
  return rate === undefined ? null : Math.round(rate);
}

/**
 * The same where losses keep the window of what may be under way small: from short trains with a pause between them,
 * each message with the number of its train. The first three of a train came as fast as the way lets them.
 */
export function rateOfTrains(
  atMs: readonly number[],
  trains: readonly number[],
  bytes: number,
): number | null {
  const byTrain = new Map<number, number[]>();
  for (const [i, train] of trains.entries()) {
    byTrain.set(train, [...(byTrain.get(train) ?? []), atMs[i] ?? 0]);
  }
  const rates = [...byTrain.values()].flatMap(([first, , third]) =>
    first !== undefined && third !== undefined && third > first
      ? [(2 * bytes * 8) / (third - first)]
      : [],
  );
  const rate = rates.length < FEWEST ? null : median(rates);
  return rate === null ? null : Math.round(rate);
}

/** Mean difference between one round trip and the next, ms. Null: fewer than two. */
export function jitterOf(roundTripsMs: readonly number[]): number | null {
  if (roundTripsMs.length < 2) return null;
  let sum = 0;
  for (let i = 1; i < roundTripsMs.length; i++) {
    sum += Math.abs((roundTripsMs[i] ?? 0) - (roundTripsMs[i - 1] ?? 0));
  }
  return sum / (roundTripsMs.length - 1);
}

/** Percent of `sent` that did not arrive, to a tenth. Null: nothing was sent. */
export function lossOf(sent: number, arrived: number): number | null {
  if (sent <= 0) return null;
  return Math.round(Math.max(0, 1 - arrived / sent) * 1000) / 10;
}

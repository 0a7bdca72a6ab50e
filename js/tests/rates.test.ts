import { expect, test } from "vitest";
import { median } from "../src/call/median.ts";
import { jitterOf, lossOf, rateOf, rateOfTrains } from "../src/call/rates.ts";

/** Arrivals of `count` messages that a link of this rate lets out one after the other. */
function saturated(count: number, kbps: number, bytes: number, fromMs = 0): number[] {
  return Array.from({ length: count }, (_, i) => fromMs + (i * bytes * 8) / kbps);
}

test("a link that is busy all the time has the rate of what comes out of it", () => {
  for (const kbps of [300, 2_000, 8_000]) {
    expect(rateOf(saturated(200, kbps, 1_000), 1_000)).toBeCloseTo(kbps, -2);
  }
});

test("pauses of a far link, while little may be under way, do not count", () => {
  const at = [
    ...saturated(10, 2_000, 1_000),
    ...saturated(20, 2_000, 1_000, 400),
    ...saturated(40, 2_000, 1_000, 800),
    ...saturated(90, 2_000, 1_000, 1_200),
  ];
  expect(rateOf(at, 1_000)).toBeGreaterThan(1_850);
  expect(rateOf(at, 1_000)).toBeLessThan(2_150);
});

test("a coarse timer that sees messages in bunches does not change the rate", () => {
  const at = saturated(400, 4_000, 1_000).map((ms) => Math.ceil(ms / 15) * 15);
  expect(rateOf(at, 1_000)).toBeGreaterThan(3_600);
  expect(rateOf(at, 1_000)).toBeLessThan(4_600);
});

test("too few messages have no rate", () => {
  expect(rateOf([], 1_000)).toBeNull();
  expect(rateOf([0, 1, 2], 1_000)).toBeNull();
  expect(rateOf([5, 5, 5, 5], 1_000)).toBeNull();
});

test("over a lossy way the first three of each train tell the rate", () => {
  const at: number[] = [];
  const trains: number[] = [];
  for (let train = 1; train <= 20; train++) {
    const came = saturated(3, 2_000, 1_000, train * 60);
    // The fourth waited for an acknowledgement; every fifth train lost one of its first.
    came.push(train * 60 + 45);
    if (train % 5 === 0) came.splice(1, 1);
    at.push(...came);
    trains.push(...came.map(() => train));
  }
  expect(rateOfTrains(at, trains, 1_000)).toBe(2_000);
  expect(rateOfTrains(at.slice(0, 8), trains.slice(0, 8), 1_000)).toBeNull();
});

test("delay, variation and loss are plain arithmetic", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNull();
  expect(median([null, 7, null])).toBe(7);
  expect(jitterOf([40, 44, 40])).toBe(4);
  expect(jitterOf([40])).toBeNull();
  expect(lossOf(200, 180)).toBe(10);
  expect(lossOf(3, 2)).toBe(33.3);
  expect(lossOf(0, 0)).toBeNull();
  expect(lossOf(10, 11)).toBe(0);
});

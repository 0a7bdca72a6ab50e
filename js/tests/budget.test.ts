import { expect, test } from "vitest";
import { Budget, LEVELS, MIN_FPS } from "../src/call/background/budget.ts";

/** Feeds frames of one cost until `forMs` are over; the time that it is then. */
function run(budget: Budget, costMs: number, fromMs: number, forMs: number) {
  let nowMs = fromMs;
  let keepsUp = true;
  while (keepsUp && nowMs < fromMs + forMs) {
    nowMs += Math.max(costMs, budget.everyMs);
    keepsUp = budget.took(costMs, nowMs);
  }
  return { nowMs, keepsUp };
}

const at = (budget: Budget) => LEVELS.indexOf(budget.level);

test("resolution goes first, then the rate", () => {
  for (const [one, next] of LEVELS.slice(0, -1).map((level, i) => [level, LEVELS[i + 1]])) {
    expect(next && one && (next.height < one.height || next.fps < one.fps)).toBe(true);
  }
  const rates = LEVELS.map(({ fps }) => fps);
  const firstSlower = rates.findIndex((fps) => fps < (rates[0] ?? 0));
  expect(LEVELS.slice(0, firstSlower).map(({ height }) => height)).toEqual([720, 540, 360]);
});

test("cheap frames keep the best picture", () => {
  const budget = new Budget(16);
  expect(run(budget, 10, 0, 60_000).keepsUp).toBe(true);
  expect(at(budget)).toBe(0);
});

test("few processors begin a step lower, and climb if they can", () => {
  const budget = new Budget(2);
  expect(at(budget)).toBe(1);
  run(budget, 3, 0, 30_000);
  expect(at(budget)).toBe(0);
});

test("frames that cost too much step down one level at a time, until they fit", () => {
  const budget = new Budget(16);
  const { keepsUp } = run(budget, 45, 0, 60_000);
  expect(keepsUp).toBe(true);
  expect(budget.level).toEqual({ height: 360, fps: 20 });
});

test("the compiling of the first frames is not held against the machine", () => {
  const budget = new Budget(16);
  for (const costMs of [900, 400, 300]) budget.took(costMs, costMs);
  run(budget, 10, 2_000, 10_000);
  expect(at(budget)).toBe(0);
});

test("one slow frame among quick ones changes nothing", () => {
  const budget = new Budget(16);
  let nowMs = 0;
  for (let frame = 0; frame < 300; frame++) {
    nowMs += 40;
    budget.took(frame % 20 === 0 ? 600 : 10, nowMs);
  }
  expect(at(budget)).toBe(0);
});

test("a machine that cannot do the least is told so after a while, not at once", () => {
  const budget = new Budget(16);
  const slow = 1_000 / MIN_FPS + 50;
  const { keepsUp, nowMs } = run(budget, slow, 0, 120_000);
  expect(keepsUp).toBe(false);
  expect(at(budget)).toBe(LEVELS.length - 1);
  expect(nowMs).toBeGreaterThan(10_000);
});

test("a pause of the machine on the last level is forgiven", () => {
  const budget = new Budget(16);
  const down = run(budget, 120, 0, 30_000);
  expect(at(budget)).toBe(LEVELS.length - 1);
  const pause = run(budget, 700, down.nowMs, 4_000);
  expect(pause.keepsUp).toBe(true);
  expect(run(budget, 100, pause.nowMs, 60_000).keepsUp).toBe(true);
});

test("a step up that failed is tried ever more rarely", () => {
  const budget = new Budget(16);
  let nowMs = run(budget, 40, 0, 20_000).nowMs;
  const ups: number[] = [];
  let before = at(budget);
  // Quick as long as it is low, slow as soon as it is high: the worst case for going up and down.
  while (nowMs < 400_000) {
    const costMs = budget.level.height > 360 || budget.level.fps > 20 ? 60 : 5;
    nowMs += Math.max(costMs, budget.everyMs);
    budget.took(costMs, nowMs);
    if (at(budget) < before) ups.push(nowMs);
    before = at(budget);
  }
  const gaps = ups.slice(1).map((time, i) => time - (ups[i] ?? 0));
  expect(gaps.length).toBeGreaterThan(1);
  expect(gaps.at(-1)).toBeGreaterThan((gaps[0] ?? 0) * 2);
});

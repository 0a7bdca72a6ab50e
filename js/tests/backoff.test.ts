import { expect, test } from "vitest";
import { FIRST_WAIT_MS, LONGEST_WAIT_MS, waitBefore } from "../src/link/backoff.ts";

test("the first wait is short", () => {
  expect(waitBefore(0, 0.999)).toBeLessThanOrEqual(FIRST_WAIT_MS);
  expect(waitBefore(0, 0)).toBe(FIRST_WAIT_MS / 2);
});

test("waits grow, up to a limit, however many attempts failed", () => {
  const waits = [0, 1, 2, 3, 4, 5, 50, 5_000].map((attempt) => waitBefore(attempt, 0));
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waitBefore(5_000, 0.999)).toBeLessThanOrEqual(LONGEST_WAIT_MS);
});

test("two pages that lost the same server do not come back at the same moment", () => {
  expect(waitBefore(4, 0.1)).not.toBe(waitBefore(4, 0.9));
});

import { expect, test } from "vitest";
import { EDGE, sharpen } from "../src/call/background/mask.ts";

test("what is hardly a person is nothing of one, what is surely one is all there", () => {
  expect([...EDGE.slice(0, 80)].every((alpha) => alpha === 0)).toBe(true);
  expect([...EDGE.slice(220)].every((alpha) => alpha === 255)).toBe(true);
});

test("between them it fades without a step", () => {
  for (let i = 1; i < 256; i++) {
    const step = (EDGE[i] as number) - (EDGE[i - 1] as number);
    expect(step).toBeGreaterThanOrEqual(0);
    expect(step).toBeLessThanOrEqual(4);
  }
});

test("colours are left alone", () => {
  const pixels = Uint8ClampedArray.of(1, 2, 3, 10, 4, 5, 6, 250);
  sharpen(pixels);
  expect([...pixels]).toEqual([1, 2, 3, 0, 4, 5, 6, 255]);
});

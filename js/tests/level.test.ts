import { expect, test } from "vitest";
import { loudness, rmsOf, VoiceGate } from "../src/call/level.ts";

test("silence is 0, full scale is 1, and louder is more", () => {
  expect(loudness(0)).toBe(0);
  expect(loudness(1)).toBe(1);
  expect(loudness(0.1)).toBeGreaterThan(loudness(0.01));
});

test("the mean square of a constant is that constant", () => {
  expect(rmsOf([0.5, -0.5, 0.5])).toBeCloseTo(0.5);
  expect(rmsOf([])).toBe(0);
});

test("a voice is noticed at once and outlasts the pause between words", () => {
  const gate = new VoiceGate();
  expect(gate.update(0.5, 0)).toBe(true);
  expect(gate.update(0, 400)).toBe(true);
  expect(gate.update(0, 1_200)).toBe(false);
});

test("noise below the threshold never opens the gate", () => {
  const gate = new VoiceGate();
  for (let t = 0; t < 5_000; t += 100) expect(gate.update(0.25, t)).toBe(false);
});

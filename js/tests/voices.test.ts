import { expect, test } from "vitest";
import { Voices } from "../src/call/voices.ts";

test("talking into a muted microphone is noticed, and the hint outlasts the words a little", () => {
  const voices = new Voices();
  expect(voices.hushed(true, 0, 0)).toBe(false);
  expect(voices.hushed(true, 0.6, 200)).toBe(true);
  expect(voices.hushed(true, 0, 3_000)).toBe(true);
  expect(voices.hushed(true, 0, 10_000)).toBe(false);
});

test("the hint goes with the mute, and does not come back by what was said before", () => {
  const voices = new Voices();
  voices.hushed(true, 0.6, 0);
  expect(voices.hushed(false, 0.6, 200)).toBe(false);
  expect(voices.hushed(true, 0, 400)).toBe(false);
});

test("silence is no reason to say anything", () => {
  const voices = new Voices();
  for (let ms = 0; ms < 5_000; ms += 200) expect(voices.hushed(true, 0.05, ms)).toBe(false);
});

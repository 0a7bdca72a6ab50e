import { expect, test } from "vitest";
import {
  applySound,
  PLAIN,
  recallProcessing,
  rememberProcessing,
  soundWishes,
} from "../src/call/processing.ts";

const memory = (start: Record<string, string> = {}) => {
  const kept = new Map(Object.entries(start));
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
};

test("a choice is there at the next visit", () => {
  const place = memory();
  rememberProcessing(place, { ...PLAIN, noiseSuppression: false, lowBandwidth: true });
  expect(recallProcessing(place)).toEqual({
    ...PLAIN,
    noiseSuppression: false,
    lowBandwidth: true,
  });
});

test.each(["{", "null", '{"noiseSuppression":"no","more":1}', "[]"])(
  "what is stored as %s is as if nothing were",
  (stored) => {
    const place = memory({ "telehealth_widget:processing": stored });
    expect(recallProcessing(place)).toEqual(PLAIN);
  },
);

test("without a place to remember it the usual holds", () => {
  const forbidden = {
    getItem: () => {
      throw new Error("denied");
    },
    setItem: () => {
      throw new Error("denied");
    },
  };
  expect(recallProcessing(forbidden)).toEqual(PLAIN);
  expect(() => rememberProcessing(forbidden, PLAIN)).not.toThrow();
});

test("low bandwidth is nothing that a microphone is asked for", () => {
  expect(soundWishes(PLAIN)).not.toHaveProperty("lowBandwidth");
});

test("only what took effect counts: else the microphone must be opened anew", async () => {
  const track = (settings: object, works = true) =>
    ({
      getConstraints: () => ({}),
      getSettings: () => settings,
      applyConstraints: async () => {
        if (!works) throw new Error("no");
      },
    }) as never;
  const off = { ...PLAIN, noiseSuppression: false };
  expect(await applySound(track(soundWishes(off)), off)).toBe(true);
  expect(await applySound(track(soundWishes(PLAIN)), off)).toBe(false);
  expect(await applySound(track(soundWishes(off), false), off)).toBe(false);
});

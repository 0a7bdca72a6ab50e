import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { choose, setVerbosity, showCaptions, stageStore } from "../src/store/stage.ts";
import { AS_IT_COMES } from "../src/ui/stage-view.ts";

const storage = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
};

beforeEach(() => {
  vi.stubGlobal("sessionStorage", storage());
  vi.stubGlobal("localStorage", storage());
});
afterEach(() => vi.unstubAllGlobals());

test("what a person chose to see is there after a reload; a screen takes the stage anew", () => {
  choose(stageStore(), { enlarged: "b", overShare: "c", view: "speaker", selfHidden: true });
  expect(stageStore().choice.value).toEqual({
    enlarged: "b",
    overShare: null,
    view: "speaker",
    selfHidden: true,
  });
});

test("how much is read out and whether captions are shown is kept for the next visit", () => {
  const stage = stageStore();
  expect([stage.verbosity.value, stage.captions.value]).toEqual(["all", true]);
  setVerbosity(stage, "important");
  showCaptions(stage, false);
  const next = stageStore();
  expect([next.verbosity.value, next.captions.value]).toEqual(["important", false]);
});

test("nonsense in storage, or no storage at all, is as if nothing were chosen", () => {
  sessionStorage.setItem("telehealth_widget:stage", '{"enlarged":5,"view":"x","selfHidden":"yes"}');
  localStorage.setItem("telehealth_widget:verbosity", "loud");
  expect(stageStore().choice.value).toEqual(AS_IT_COMES);
  expect(stageStore().verbosity.value).toBe("all");
  vi.stubGlobal("sessionStorage", undefined);
  vi.stubGlobal("localStorage", undefined);
  expect(() => choose(stageStore(), AS_IT_COMES)).not.toThrow();
});

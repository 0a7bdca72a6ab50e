import { expect, test } from "vitest";
import { type Figures, judge } from "../src/call/judge.ts";

const GOOD: Figures = {
  rtt_ms: 40,
  jitter_ms: 4,
  loss_up_percent: 0,
  loss_down_percent: 0.4,
  up_kbps: 4_000,
  down_kbps: 4_000,
  camera_fps: 20,
  microphone_heard: true,
};

test("good figures are good, and what was not measured is nobody's fault", () => {
  expect(judge(GOOD)).toEqual({ verdict: "good", causes: [] });
  expect(judge({})).toEqual({ verdict: "good", causes: [] });
  expect(judge({ rtt_ms: 20, jitter_ms: null })).toEqual({ verdict: "good", causes: [] });
});

test("what was asked for and never answered is as bad as can be", () => {
  expect(judge({ ...GOOD, up_kbps: null })).toEqual({ verdict: "poor", causes: ["slow_up"] });
  expect(judge({ ...GOOD, down_kbps: null })).toEqual({ verdict: "poor", causes: ["slow_down"] });
  expect(judge({ ...GOOD, loss_up_percent: null })).toEqual({
    verdict: "poor",
    causes: ["loss_up"],
  });
});

test.each([
  ["loss_up", { loss_up_percent: 2 }, { loss_up_percent: 5 }],
  ["loss_down", { loss_down_percent: 3 }, { loss_down_percent: 12 }],
  ["slow_up", { up_kbps: 999 }, { up_kbps: 300 }],
  ["slow_down", { down_kbps: 700 }, { down_kbps: 0 }],
  ["far", { rtt_ms: 400 }, { rtt_ms: 900 }],
  ["unsteady", { jitter_ms: 40 }, { jitter_ms: 150 }],
] as const)("%s is named, by how much it hampers", (cause, fair, poor) => {
  expect(judge({ ...GOOD, ...fair })).toEqual({ verdict: "fair", causes: [cause] });
  expect(judge({ ...GOOD, ...poor })).toEqual({ verdict: "poor", causes: [cause] });
});

test("a slow camera makes no connection poor, and a silent microphone none worse", () => {
  expect(judge({ ...GOOD, camera_fps: 1 })).toEqual({ verdict: "fair", causes: ["slow_camera"] });
  expect(judge({ ...GOOD, microphone_heard: false })).toEqual({
    verdict: "good",
    causes: ["silent"],
  });
});

test("the weightiest causes come first, and four are enough", () => {
  const bad = { ...GOOD, rtt_ms: 900, up_kbps: 500, loss_up_percent: 3, jitter_ms: 60 };
  expect(judge({ ...bad, loss_down_percent: 3 })).toEqual({
    verdict: "poor",
    causes: ["far", "loss_up", "loss_down", "slow_up"],
  });
});

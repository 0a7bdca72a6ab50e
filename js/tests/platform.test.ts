// @vitest-environment happy-dom
import { type ComponentChild, h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { source, state } from "../gallery/rows.ts";
import type { DeviceProblem } from "../src/call/devices.ts";
import { type Agent, type Platform, platformOf, stepsFor } from "../src/call/platform.ts";
import { en } from "../src/strings/en.ts";
import { type Room, RoomProvider } from "../src/ui/context.ts";
import { DeviceTrouble } from "../src/ui/DeviceTrouble.tsx";
import { ReactionsAdvice } from "../src/ui/ReactionsAdvice.tsx";
import { Remedy } from "../src/ui/Remedy.tsx";

const MAC =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)";
const MAC_SAFARI =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Safari/605.1.15";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)";
const WEB_VIEW =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A.240205.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/122.0.6261.64 Mobile Safari/537.36";

const AGENTS: [Agent, string, string, string?][] = [
  [{ userAgent: `${MAC} Chrome/123.0.0.0 Safari/537.36`, platform: "MacIntel" }, "mac", "chrome"],
  [{ userAgent: `${MAC} Chrome/123.0.0.0 Safari/537.36 Edg/123.0.2420.65` }, "mac", "edge"],
  [{ userAgent: MAC_SAFARI, platform: "MacIntel", maxTouchPoints: 0 }, "mac", "safari"],
  [
    {
      userAgent:
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:124.0) Gecko/20100101 Firefox/124.0",
    },
    "mac",
    "firefox",
  ],
  [{ userAgent: `${WINDOWS} Chrome/123.0.0.0 Safari/537.36` }, "windows", "chrome"],
  [{ userAgent: `${WINDOWS} Chrome/123.0.0.0 Safari/537.36 Edg/123.0.0.0` }, "windows", "edge"],
  [
    {
      userAgent: `${WINDOWS} Chrome/123.0.0.0 Safari/537.36`,
      brands: ["Not:A-Brand", "Chromium", "Microsoft Edge"],
    },
    "windows",
    "edge",
  ],
  [
    {
      userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:124.0) Gecko/20100101 Firefox/124.0",
    },
    "windows",
    "firefox",
  ],
  [{ userAgent: `${WINDOWS} Chrome/122.0.0.0 Safari/537.36 OPR/108.0.0.0` }, "windows", "other"],
  [
    {
      userAgent:
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Safari/537.36",
    },
    "chromeos",
    "chrome",
  ],
  [
    { userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0" },
    "linux",
    "firefox",
  ],
  [{ userAgent: `${IPHONE} Version/17.4.1 Mobile/15E148 Safari/604.1` }, "ios", "safari"],
  [{ userAgent: `${IPHONE} CriOS/123.0.6312.52 Mobile/15E148 Safari/604.1` }, "ios", "chrome"],
  [{ userAgent: `${IPHONE} FxiOS/124.0 Mobile/15E148 Safari/605.1.15` }, "ios", "firefox"],
  [
    { userAgent: `${IPHONE} Version/17.0 EdgiOS/122.0.2365.99 Mobile/15E148 Safari/604.1` },
    "ios",
    "edge",
  ],
  [{ userAgent: MAC_SAFARI, platform: "MacIntel", maxTouchPoints: 5 }, "ios", "safari"],
  [{ userAgent: `${ANDROID} Chrome/123.0.0.0 Mobile Safari/537.36` }, "android", "chrome"],
  [
    { userAgent: `${ANDROID} SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36` },
    "android",
    "samsung",
  ],
  [
    { userAgent: "Mozilla/5.0 (Android 14; Mobile; rv:124.0) Gecko/124.0 Firefox/124.0" },
    "android",
    "firefox",
  ],
  [
    {
      userAgent:
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Safari/537.36",
      platform: "Linux armv81",
      maxTouchPoints: 5,
    },
    "android",
    "chrome",
  ],
  [
    {
      userAgent: `${IPHONE} Mobile/21E236 [FBAN/FBIOS;FBAV/455.0.0.35.108;FBBV/574203853;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.4.1;FBLC/en_US]`,
    },
    "ios",
    "inapp",
    "Facebook",
  ],
  [
    {
      userAgent: `${WEB_VIEW} [FB_IAB/FB4A;FBAV/455.0.0.44.88;]`,
    },
    "android",
    "inapp",
    "Facebook",
  ],
  [
    {
      userAgent: `${IPHONE} Mobile/21E236 Instagram 325.0.3.34.90 (iPhone14,5; iOS 17_4_1; en_US; en; scale=3.00; 1170x2532; 582016146)`,
    },
    "ios",
    "inapp",
    "Instagram",
  ],
  [
    { userAgent: `${WEB_VIEW} Instagram 325.0.0.35.91 Android (34/14; 420dpi; 1080x2400; Google)` },
    "android",
    "inapp",
    "Instagram",
  ],
  [
    { userAgent: `${IPHONE} GSA/307.0.617309999 Mobile/15E148 Safari/604.1` },
    "ios",
    "inapp",
    "Google",
  ],
  [{ userAgent: `${IPHONE} Mobile/15E148 [LinkedInApp]/9.29.2413` }, "ios", "inapp", "LinkedIn"],
  [{ userAgent: `${IPHONE} Mobile/15E148 Safari Line/14.3.1` }, "ios", "inapp", "LINE"],
  [
    { userAgent: `${WEB_VIEW} MicroMessenger/8.0.47.2560(0x28002F30) WeChat/arm64` },
    "android",
    "inapp",
    "WeChat",
  ],
  [
    { userAgent: `${IPHONE} Mobile/15E148 musical_ly_33.5.0 JsSdk/2.0 BytedanceWebview/d8a21c6` },
    "ios",
    "inapp",
    "TikTok",
  ],
  [{ userAgent: WEB_VIEW }, "android", "inapp"],
  [{ userAgent: `${IPHONE} Mobile/15E148` }, "ios", "inapp"],
  [{ userAgent: "" }, "other", "other"],
];

test.each(AGENTS)("%o", (agent, system, browser, host) => {
  expect(platformOf(agent)).toEqual({ system, browser, host: host ?? null });
});

const PROBLEMS: DeviceProblem[] = [
  "insecure",
  "unsupported",
  "frame",
  "inapp",
  "blocked",
  "dismissed",
  "system",
  "missing",
  "busy",
  "gone",
  "unknown",
];

test("every remedy is of at most four steps, each of them once and with words", () => {
  for (const [agent] of AGENTS) {
    for (const problem of PROBLEMS) {
      const steps = stepsFor(problem, platformOf(agent));
      expect(steps.length).toBeLessThanOrEqual(4);
      expect(new Set(steps).size).toBe(steps.length);
      for (const step of steps) expect(en.remedy.steps[step]("Camera", "Chrome")).toMatch(/\.$/);
    }
  }
});

test("what blocks is mended where this browser keeps its permissions", () => {
  const at = (system: string, browser: string) =>
    stepsFor("blocked", { system, browser, host: null } as never).map((step) =>
      en.remedy.steps[step]("Camera", "Chrome"),
    );
  expect(at("mac", "safari")[0]).toContain("menu bar");
  expect(at("ios", "safari")[0]).toContain("Website Settings");
  expect(at("ios", "chrome")[0]).toContain("Apps → Chrome");
  expect(at("windows", "firefox")[1]).toContain("Blocked");
  expect(at("android", "samsung")[0]).toContain("Permissions");
});

test("inside another app the way leads to the phone's own browser", () => {
  const phone = (system: "ios" | "android") =>
    stepsFor("inapp", { system, browser: "inapp", host: "Facebook" });
  expect(phone("ios")).toEqual(["appMenu", "openSafari", "copyLink"]);
  expect(phone("android")).toEqual(["appMenu", "openChrome", "copyLink"]);
});

const IOS: Platform = { system: "ios", browser: "safari", host: null };

function show(view: ComponentChild, camera: DeviceProblem | null = null, microphone = camera) {
  const local = state({}).local;
  const call = { prepare: vi.fn(), setOn: vi.fn() };
  const now = state({
    local: {
      ...local,
      camera: source({ problem: camera }),
      microphone: source({ problem: microphone }),
    },
  });
  const root = document.createElement("div");
  document.body.append(root);
  const room = { call, state: { value: now }, t: en } as unknown as Room;
  act(() => render(h(RoomProvider, { value: room, children: view }), root));
  return { root, call, press: () => act(() => root.querySelector("button")?.click()) };
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
  localStorage.clear();
});

test("the steps are in sight where another try is not enough, and near at hand otherwise", () => {
  const open = (problem: DeviceProblem) =>
    show(h(Remedy, { device: "camera", problem, platform: IOS })).root.querySelector("details")
      ?.open;
  expect([open("blocked"), open("system"), open("inapp")]).toEqual([true, true, true]);
  expect([open("busy"), open("dismissed")]).toEqual([false, false]);
  expect(open("insecure")).toBeUndefined();
});

test("an app around the page is called by its name", () => {
  const platform: Platform = { system: "ios", browser: "inapp", host: "Instagram" };
  const { root } = show(h(Remedy, { device: "both", problem: "inapp", platform }));
  expect(root.textContent).toContain("You are inside Instagram.");
  expect(root.textContent).toContain("Open in Safari");
});

test("one trouble of both is told once and tried again with one question", () => {
  const { root, call, press } = show(h(DeviceTrouble, { inCall: false }), "blocked");
  expect(root.querySelectorAll("[role=alert] .note")).toHaveLength(1);
  press();
  expect(call.prepare).toHaveBeenCalledTimes(1);
});

test("the trouble of one device is tried again for that one", () => {
  const { call, press } = show(h(DeviceTrouble, { inCall: false }), null, "busy");
  press();
  expect(call.setOn).toHaveBeenCalledExactlyOnceWith("microphone", true);
});

test("where another try cannot help there is no button for it", () => {
  for (const problem of ["insecure", "unsupported", "frame", "inapp"] as const) {
    expect(
      show(h(DeviceTrouble, { inCall: false }), problem).root.querySelector("button"),
    ).toBeNull();
  }
});

test("advice about reactions is for Apple's systems, goes away for good, and can be seen in settings", () => {
  const advice = (props: object) => show(h(ReactionsAdvice, { platform: IOS, ...props }));
  const windows: Platform = { system: "windows", browser: "chrome", host: null };
  expect(advice({ platform: windows, always: true }).root.textContent).toBe("");
  const first = advice({});
  expect(first.root.textContent).toContain("Control Center");
  first.press();
  expect(first.root.textContent).toBe("");
  expect(advice({}).root.textContent).toBe("");
  expect(advice({ always: true }).root.textContent).toContain("Reactions");
  expect(advice({ always: true, off: true }).root.textContent).toContain(en.reactions.off);
});

test("advice can be dismissed where nothing can be remembered", () => {
  vi.stubGlobal("localStorage", undefined);
  const { root, press } = show(h(ReactionsAdvice, { platform: IOS }));
  press();
  expect(root.textContent).toBe("");
  vi.unstubAllGlobals();
});

test("in a call a trouble can be put away, and its steps are folded", () => {
  const { root, call } = show(h(DeviceTrouble, { inCall: true }), "blocked", null);
  expect(root.querySelector("details")?.open).toBe(false);
  const without = [...root.querySelectorAll("button")].at(-1);
  expect(without?.textContent).toBe("Continue without camera");
  act(() => without?.click());
  expect(call.setOn).toHaveBeenCalledExactlyOnceWith("camera", false);
});

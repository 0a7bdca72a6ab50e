import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  calmReactions,
  type Device,
  obstacle,
  open,
  problemOf,
  watchPermission,
} from "../src/call/devices.ts";

const FACEBOOK =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21E236 [FBAN/FBIOS;FBAV/455.0]";
const BOTH = { camera: { wanted: true, id: null }, microphone: { wanted: true, id: null } };

class FakeStatus extends EventTarget {
  constructor(public state: string) {
    super();
  }
}

const track = (kind: string) => ({ kind }) as MediaStreamTrack;
const stream = (wanted: MediaStreamConstraints) => ({
  getVideoTracks: () => (wanted.video ? [track("video")] : []),
  getAudioTracks: () => (wanted.audio ? [track("audio")] : []),
  getTracks: () => [track(wanted.video ? "video" : "audio")],
});

let states: Record<Device, FakeStatus>;
let getUserMedia: ReturnType<typeof vi.fn>;

function browser(answer: (wanted: MediaStreamConstraints) => unknown, userAgent = "") {
  getUserMedia = vi.fn(async (wanted: MediaStreamConstraints) => answer(wanted));
  vi.stubGlobal("navigator", {
    userAgent,
    mediaDevices: { getUserMedia },
    permissions: { query: async ({ name }: { name: Device }) => states[name] },
  });
}

const refuse = (name: string, message = "") => {
  throw new DOMException(message, name);
};

function permit(camera: string, microphone = camera) {
  states = { camera: new FakeStatus(camera), microphone: new FakeStatus(microphone) };
}

beforeEach(() => {
  vi.stubGlobal("isSecureContext", true);
  permit("denied");
});
afterEach(() => vi.unstubAllGlobals());

test("an error alone tells who said no, as far as it goes", () => {
  const of = (name: string, message: string) => problemOf(new DOMException(message, name));
  expect(of("NotAllowedError", "Permission denied")).toBe("blocked");
  expect(of("NotAllowedError", "Permission dismissed")).toBe("dismissed");
  expect(of("NotAllowedError", "Permission denied by system")).toBe("system");
  expect(of("NotAllowedError", "Blocked by Permissions Policy")).toBe("frame");
  expect(of("NotReadableError", "Could not start video source")).toBe("busy");
  expect(of("OverconstrainedError", "")).toBe("missing");
});

test("a page inside another app without a camera says so", () => {
  vi.stubGlobal("navigator", { userAgent: FACEBOOK });
  expect(obstacle()).toBe("inapp");
  vi.stubGlobal("navigator", { userAgent: "" });
  expect(obstacle()).toBe("unsupported");
  vi.stubGlobal("isSecureContext", false);
  expect(obstacle()).toBe("insecure");
});

test("a frame that forbids both keeps the page from asking", async () => {
  browser(() => refuse("NotAllowedError"));
  vi.stubGlobal("document", { featurePolicy: { allowsFeature: () => false } });
  expect(obstacle()).toBe("frame");
  expect(await open(BOTH)).toEqual({ camera: "frame", microphone: "frame" });
  expect(getUserMedia).not.toHaveBeenCalled();
});

test("a frame that forbids the camera is named for the camera alone", async () => {
  browser((wanted) => (wanted.video ? refuse("NotAllowedError") : stream(wanted)));
  permit("prompt", "granted");
  vi.stubGlobal("document", {
    permissionsPolicy: { allowsFeature: (name: string) => name !== "camera" },
  });
  const opened = await open(BOTH);
  expect(opened.camera).toBe("frame");
  expect(opened.microphone).toMatchObject({ kind: "audio" });
});

test("a question that was closed is not a no, and is not asked again by itself", async () => {
  browser(() => refuse("NotAllowedError", "The request is not allowed"));
  permit("prompt");
  expect(await open(BOTH)).toEqual({ camera: "dismissed", microphone: "dismissed" });
  expect(getUserMedia).toHaveBeenCalledTimes(1);
});

test("a no stays a no", async () => {
  browser(() => refuse("NotAllowedError", "Permission denied"));
  expect(await open(BOTH)).toEqual({ camera: "blocked", microphone: "blocked" });
});

test("a no where the site is allowed came from the system", async () => {
  browser(() => refuse("NotAllowedError"));
  permit("granted");
  expect(await open(BOTH)).toEqual({ camera: "system", microphone: "system" });
});

test("a no inside another app is that app's", async () => {
  browser(() => refuse("NotAllowedError"), FACEBOOK);
  permit("prompt");
  expect(await open(BOTH)).toEqual({ camera: "inapp", microphone: "inapp" });
});

test("a remembered device that suits nothing gives way to whichever there is", async () => {
  browser((wanted) =>
    JSON.stringify(wanted).includes("old") ? refuse("OverconstrainedError") : stream(wanted),
  );
  const opened = await open({
    camera: { wanted: true, id: "old" },
    microphone: { wanted: false, id: null },
  });
  expect(opened.camera).toMatchObject({ kind: "video" });
  browser(() => refuse("OverconstrainedError"));
  const none = await open({
    camera: { wanted: true, id: "old" },
    microphone: { wanted: false, id: null },
  });
  expect(none.camera).toBe("missing");
  expect(getUserMedia).toHaveBeenCalledTimes(2);
});

test("a permission that is given later is told once it is granted", async () => {
  browser(stream);
  const told: Device[] = [];
  const stop = watchPermission((device) => told.push(device));
  await new Promise((resolve) => setTimeout(resolve));
  states.camera.dispatchEvent(new Event("change"));
  expect(told).toEqual([]);
  states.camera.state = "granted";
  states.camera.dispatchEvent(new Event("change"));
  expect(told).toEqual(["camera"]);
  stop();
  states.camera.dispatchEvent(new Event("change"));
  expect(told).toEqual(["camera"]);
});

test("a browser that tells nothing of permissions is left in peace", async () => {
  vi.stubGlobal("navigator", {});
  const stop = watchPermission(() => expect.unreachable());
  await new Promise((resolve) => setTimeout(resolve));
  stop();
});

test("gesture reactions are switched off where the browser lets a page do it, and nothing else changes", async () => {
  const settings: Record<string, unknown> = { gestureReactions: true };
  const applyConstraints = vi.fn(async () => {
    settings.gestureReactions = false;
  });
  const camera = {
    getCapabilities: () => ({ gestureReactions: [true, false] }),
    getConstraints: () => ({ width: { ideal: 1280 } }),
    getSettings: () => settings,
    applyConstraints,
  } as unknown as MediaStreamTrack;
  expect(await calmReactions(camera)).toBe(true);
  expect(applyConstraints).toHaveBeenCalledWith({
    width: { ideal: 1280 },
    advanced: [{ gestureReactions: false }],
  });
});

test("a browser that cannot switch reactions off is not asked to", async () => {
  const applyConstraints = vi.fn();
  const camera = (offered: object) =>
    ({ getCapabilities: () => offered, applyConstraints }) as unknown as MediaStreamTrack;
  expect(await calmReactions(camera({ backgroundBlur: [true, false] }))).toBe(false);
  expect(await calmReactions(camera({ gestureReactions: [true] }))).toBe(false);
  expect(await calmReactions({} as MediaStreamTrack)).toBe(false);
  expect(applyConstraints).not.toHaveBeenCalled();
});

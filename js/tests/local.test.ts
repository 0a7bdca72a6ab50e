import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Local } from "../src/call/local.ts";

class FakeTrack extends EventTarget {
  enabled = true;
  readyState = "live";
  onended: (() => void) | null = null;
  readonly stop = vi.fn(() => {
    this.readyState = "ended";
  });
  constructor(readonly kind: "audio" | "video") {
    super();
  }
  getSettings = () => ({ deviceId: `${this.kind}-1` });
}

/** Answers when the test says so. */
function later<T>() {
  let answer: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    answer = resolve;
  });
  return { promise, answer };
}

const quiet = () => new Promise((resolve) => setTimeout(resolve));

let listed = later<MediaDeviceInfo[]>();

beforeEach(() => {
  listed = later();
  const devices = Object.assign(new EventTarget(), {
    getUserMedia: vi.fn(async (wanted: MediaStreamConstraints) => {
      const video = wanted.video ? [new FakeTrack("video")] : [];
      const audio = wanted.audio ? [new FakeTrack("audio")] : [];
      return {
        getVideoTracks: () => video,
        getAudioTracks: () => audio,
        getTracks: () => [...audio, ...video],
      };
    }),
    enumerateDevices: vi.fn(() => listed.promise),
  });
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { mediaDevices: devices });
});
afterEach(() => vi.unstubAllGlobals());

test("a list of devices that comes late does not undo a mute", async () => {
  const local = new Local(null, () => undefined);
  await local.open();
  expect(local.state.microphone.on).toBe(true);
  await local.setOn("microphone", false);
  await local.setOn("camera", false);
  listed.answer([]);
  await quiet();
  expect(local.state.microphone).toMatchObject({ wanted: false, on: false });
  expect(local.state.microphone.track?.enabled).toBe(false);
  expect(local.state.camera).toMatchObject({ wanted: false, on: false, track: null });
});

test("what was switched off while the browser was still asking stays off", async () => {
  const local = new Local(null, () => undefined);
  const opening = local.open();
  await local.setOn("microphone", false);
  await local.setOn("camera", false);
  await opening;
  expect(local.state.microphone).toMatchObject({ on: false, had: true });
  expect(local.state.microphone.track?.enabled).toBe(false);
  expect(local.state.camera).toMatchObject({ on: false, track: null });
});

test("an answer of the browser after the release is thrown away", async () => {
  const local = new Local(null, () => undefined);
  const opening = local.open();
  local.release();
  await opening;
  expect(local.state.microphone.track).toBeNull();
  expect(local.state.camera.track).toBeNull();
});

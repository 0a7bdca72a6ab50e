import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Opened } from "../src/call/devices.ts";
import { Local } from "../src/call/local.ts";

class FakeTrack extends EventTarget {
  clone = () => new FakeTrack(this.kind);
  enabled = true;
  readyState = "live";
  onended: (() => void) | null = null;
  onmute: (() => void) | null = null;
  onunmute: (() => void) | null = null;
  muted = false;
  readonly stop = vi.fn(() => {
    this.readyState = "ended";
  });
  constructor(readonly kind: "audio" | "video") {
    super();
  }
  label = "Built-in";
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

function ends(track: MediaStreamTrack | null) {
  (track as unknown as FakeTrack).onended?.();
}

let permission = "granted";
let unplugged = false;
let listed = later<MediaDeviceInfo[]>();

beforeEach(() => {
  listed = later();
  permission = "granted";
  unplugged = false;
  const devices = Object.assign(new EventTarget(), {
    getUserMedia: vi.fn(async (wanted: MediaStreamConstraints) => {
      if (unplugged) throw new DOMException("none", "NotFoundError");
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
  const permissions = { query: async () => ({ state: permission }) };
  vi.stubGlobal("navigator", { mediaDevices: devices, permissions });
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

async function opened() {
  listed.answer([]);
  const local = new Local(null, () => undefined);
  await local.open();
  return { local, microphone: local.state.microphone.track };
}

test("a microphone that the browser ended is opened again by itself", async () => {
  const { local, microphone } = await opened();
  ends(microphone);
  await quiet();
  expect(local.state.microphone).toMatchObject({ on: true, wanted: true, problem: null });
  expect(local.state.microphone.track).not.toBe(microphone);
});

test("one that is gone for good is named, and stays off", async () => {
  const { local, microphone } = await opened();
  unplugged = true;
  ends(microphone);
  await quiet();
  expect(local.state.microphone).toMatchObject({ on: false, wanted: false, problem: "gone" });
});

test("one that keeps ending is not opened over and over", async () => {
  const { local, microphone } = await opened();
  ends(microphone);
  await quiet();
  ends(local.state.microphone.track);
  await quiet();
  expect(local.state.microphone).toMatchObject({ on: false, wanted: false, problem: "gone" });
});

test("where the browser would ask a person first, nothing is opened by itself", async () => {
  const { local, microphone } = await opened();
  permission = "prompt";
  ends(microphone);
  await quiet();
  expect(local.state.microphone).toMatchObject({ on: false, problem: "gone", track: null });
});

test("a muted microphone that ends stays muted, without a word", async () => {
  const { local, microphone } = await opened();
  await local.setOn("microphone", false);
  ends(microphone);
  await quiet();
  expect(local.state.microphone).toMatchObject({ on: false, track: null, problem: null });
});

function memory(chosen: object) {
  const kept = new Map([["telehealth_widget:devices", JSON.stringify(chosen)]]);
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    kept,
  };
}

const device = (kind: MediaDeviceKind, deviceId: string, label: string) =>
  ({ kind, deviceId, label }) as MediaDeviceInfo;

test("a remembered microphone with another id is found by its name", async () => {
  const local = new Local(
    memory({ microphone: "old", labels: { microphone: "Headset" } }),
    () => undefined,
  );
  listed.answer([device("audioinput", "m1", "Built-in"), device("audioinput", "m2", "Headset")]);
  await local.open();
  await quiet();
  const { getUserMedia } = navigator.mediaDevices;
  expect(vi.mocked(getUserMedia).mock.calls.at(-1)?.[0]).toMatchObject({
    audio: { deviceId: { exact: "m2" } },
  });
});

test("a choice is remembered by id and by name, damaged memory is ignored", async () => {
  const kept = memory({});
  const local = new Local(kept, () => undefined);
  await local.open();
  listed.answer([device("videoinput", "c2", "USB camera")]);
  await quiet();
  await local.choose("camera", "c2");
  expect(JSON.parse(kept.kept.get("telehealth_widget:devices") ?? "")).toEqual({
    camera: "c2",
    labels: { camera: "USB camera" },
  });
  expect(new Local(memory([1]), () => undefined).state.camera.deviceId).toBeNull();
});

test("what a phone call took is opened again when the page is back in front", async () => {
  const { local, microphone } = await opened();
  (microphone as unknown as FakeTrack).readyState = "ended";
  await local.revive();
  expect(local.state.microphone).toMatchObject({ on: true, problem: null });
  expect(local.state.microphone.track).not.toBe(microphone);
});

/** A page whose canvas gives a picture. */
function drawing() {
  const canvasTrack = new FakeTrack("video");
  const canvas = {
    getContext: () => ({ fillRect: () => undefined }),
    captureStream: () => ({ getVideoTracks: () => [canvasTrack] }),
  };
  vi.stubGlobal("document", { createElement: () => canvas });
  return canvasTrack;
}

async function camera(local: Local) {
  await local.open();
  const { results } = vi.mocked(navigator.mediaDevices.getUserMedia).mock;
  const stream = (await results.at(-1)?.value) as MediaStream;
  return stream.getVideoTracks()[0] as unknown as FakeTrack;
}

test("with a remembered background the camera itself is never what is shown", async () => {
  const canvas = drawing();
  const shown: unknown[] = [];
  const local = new Local(memory({ background: "sea" }), () => {
    shown.push(local.state.camera.track);
  });
  const raw = await camera(local);
  expect(local.state.background).toMatchObject({ choice: "sea", phase: "starting" });
  expect(local.state.camera.track).toBe(canvas);
  expect(shown).not.toContain(raw);
  expect(raw.enabled).toBe(false);
});

test("a background that cannot be had switches the camera off, and another try is the person's", async () => {
  drawing();
  const local = new Local(memory({ background: "blur" }), () => undefined, "/nowhere/");
  listed.answer([]);
  const raw = await camera(local);
  await vi.waitFor(() => expect(local.state.background.problem).toBe("missing"));
  expect(local.state.camera).toMatchObject({ on: false, wanted: false, track: null });
  expect(raw.readyState).toBe("ended");
  await local.setOn("camera", false);
  expect(local.state.background).toMatchObject({ choice: "blur", problem: null });
  await local.setOn("camera", true);
  expect(local.state.background.phase).toBe("starting");
});

test("choosing one in use changes what is shown at once, and choosing none gives the camera back", async () => {
  const canvas = drawing();
  const kept = memory({});
  const local = new Local(kept, () => undefined);
  const raw = await camera(local);
  expect(local.state.camera.track).toBe(raw);
  local.setBackground("light");
  expect(local.state.camera.track).toBe(canvas);
  expect(raw.enabled).toBe(false);
  expect(JSON.parse(kept.kept.get("telehealth_widget:devices") ?? "").background).toBe("light");
  local.setBackground("none");
  expect(local.state.camera.track).toBe(raw);
  expect(raw.enabled).toBe(true);
});

test("a covered camera that the browser ended is opened again, covered", async () => {
  drawing();
  const local = new Local(memory({ background: "blur" }), () => undefined);
  listed.answer([]);
  const raw = await camera(local);
  raw.onended?.();
  await vi.waitFor(() => expect(navigator.mediaDevices.getUserMedia).toHaveBeenCalledTimes(2));
  await quiet();
  expect(local.state.camera.track).not.toBe(raw);
});

test("the preview's first picture comes before lists and meter, and holds them up no longer than that", async () => {
  const local = new Local(null, () => undefined);
  const listen = vi.spyOn(local.meter, "listen");
  listed.answer([]);
  await local.open(true);
  expect(local.state).toMatchObject({ settling: true, camera: { on: true } });
  expect(navigator.mediaDevices.enumerateDevices).not.toHaveBeenCalled();
  expect(listen).not.toHaveBeenCalled();
  local.settled();
  expect(local.state.settling).toBe(false);
  expect(listen).toHaveBeenCalledExactlyOnceWith(local.state.microphone.track);
  expect(navigator.mediaDevices.enumerateDevices).toHaveBeenCalledOnce();
  local.settled();
  expect(listen).toHaveBeenCalledOnce();
});

test("a picture that never comes keeps nobody from the meter and the lists", async () => {
  vi.useFakeTimers();
  const local = new Local(null, () => undefined);
  const listen = vi.spyOn(local.meter, "listen");
  await local.open(true);
  expect(local.state.settling).toBe(true);
  vi.runAllTimers();
  expect(local.state.settling).toBe(false);
  expect(listen).toHaveBeenCalledExactlyOnceWith(local.state.microphone.track);
  vi.useRealTimers();
});

test("without a camera there is no picture to wait for", async () => {
  const local = new Local(null, () => undefined);
  local.wish("camera", false);
  const listen = vi.spyOn(local.meter, "listen");
  await local.open(true);
  expect(local.state.settling).toBe(false);
  expect(listen).toHaveBeenCalledExactlyOnceWith(local.state.microphone.track);
});

function silence(track: MediaStreamTrack | null, muted: boolean) {
  const fake = track as unknown as FakeTrack;
  fake.muted = muted;
  (muted ? fake.onmute : fake.onunmute)?.();
}

test("what the system pauses is known, and is taken back by a click", async () => {
  listed.answer([]);
  const local = new Local(null, () => undefined);
  await local.open();
  const { track } = local.state.microphone;
  vi.useFakeTimers();
  silence(track, true);
  vi.advanceTimersByTime(1_000);
  silence(track, false);
  vi.advanceTimersByTime(5_000);
  expect(local.state.microphone.silenced).toBe(false);
  silence(track, true);
  vi.advanceTimersByTime(5_000);
  expect(local.state.microphone).toMatchObject({ on: true, silenced: true });
  expect(local.state.camera.silenced).toBe(false);
  silence(track, false);
  expect(local.state.microphone.silenced).toBe(false);
  silence(track, true);
  vi.advanceTimersByTime(5_000);
  vi.useRealTimers();
  await local.resume();
  expect(local.state.microphone).toMatchObject({ on: true, silenced: false });
  expect(local.state.microphone.track).not.toBe(track);
});

test("of several choices in a row the last one counts", async () => {
  listed.answer([
    device("videoinput", "c1", "One"),
    device("videoinput", "c2", "Two"),
    device("videoinput", "c3", "Three"),
  ]);
  const local = new Local(null, () => undefined);
  await local.open();
  await Promise.all([local.choose("camera", "c2"), local.choose("camera", "c3")]);
  const asked = vi.mocked(navigator.mediaDevices.getUserMedia).mock.calls.at(-1)?.[0]?.video;
  expect(asked).toMatchObject({ deviceId: { exact: "c3" } });
  expect(local.state.camera.on).toBe(true);
});

test("another device than one that is gone is opened when it is chosen", async () => {
  listed.answer([device("videoinput", "c2", "Two")]);
  const local = new Local(null, () => undefined);
  await local.open();
  unplugged = true;
  permission = "denied";
  ends(local.state.camera.track);
  await vi.waitFor(() => expect(local.state.camera.problem).toBe("gone"));
  unplugged = false;
  await local.choose("camera", "c2");
  expect(local.state.camera).toMatchObject({ on: true, problem: null });
});

test("a speaker that went away leaves the sound to the system's", async () => {
  const local = new Local(
    memory({ speaker: "s1", labels: { speaker: "Headset" } }),
    () => undefined,
  );
  listed.answer([device("audiooutput", "s1", "Headset"), device("audiooutput", "s2", "Built-in")]);
  vi.stubGlobal("HTMLMediaElement", { prototype: { setSinkId: () => undefined } });
  await local.open();
  await vi.waitFor(() => expect(local.state.lists.speakers).toHaveLength(2));
  expect(local.state.speakerId).toBe("s1");
  listed = later();
  listed.answer([device("audiooutput", "s2", "Built-in")]);
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  await vi.waitFor(() => expect(local.state.lists.speakers).toHaveLength(1));
  expect(local.state.speakerId).toBeNull();
});

test("off is an answer to what kept a device from being on", async () => {
  unplugged = true;
  listed.answer([]);
  const local = new Local(null, () => undefined);
  await local.open();
  expect(local.state.camera.problem).toBe("missing");
  await local.setOn("camera", false);
  expect(local.state.camera).toMatchObject({ wanted: false, problem: null });
});

test("a camera that was lost and comes back under another id stays off until it is asked for", async () => {
  const local = new Local(memory({ camera: "c1", labels: { camera: "Webcam" } }), () => undefined);
  listed.answer([device("videoinput", "c1", "Webcam")]);
  await local.open();
  await quiet();
  unplugged = true;
  permission = "denied";
  ends(local.state.camera.track);
  await vi.waitFor(() => expect(local.state.camera.problem).toBe("gone"));
  unplugged = false;
  listed = later();
  listed.answer([device("videoinput", "c9", "Webcam")]);
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  await vi.waitFor(() => expect(local.state.camera.deviceId).toBe("c9"));
  expect(local.state.camera).toMatchObject({ on: false, track: null });
});

test("what is chosen while the device is being opened comes next, and not after the devices were let go", async () => {
  listed.answer([device("videoinput", "c1", "One"), device("videoinput", "c2", "Two")]);
  const local = new Local(null, () => undefined);
  const opening = local.open();
  void local.choose("camera", "c2");
  await opening;
  const calls = vi.mocked(navigator.mediaDevices.getUserMedia).mock.calls;
  expect(calls.at(-1)?.[0]?.video).toMatchObject({ deviceId: { exact: "c2" } });
  void local.choose("camera", "c1");
  void local.choose("camera", "c2");
  local.release();
  const before = calls.length;
  await quiet();
  expect(calls.length).toBeLessThanOrEqual(before + 1);
  expect(local.state.camera).toMatchObject({ on: false, track: null });
});

test("what was opened before is taken, and nobody is asked a second time", async () => {
  const local = new Local(null, () => undefined);
  const camera = new FakeTrack("video");
  const microphone = new FakeTrack("audio");
  const opened = { camera, microphone } as unknown as Opened;
  await local.open(true, Promise.resolve(opened));
  expect(navigator.mediaDevices.getUserMedia).not.toHaveBeenCalled();
  expect(local.state.camera).toMatchObject({ on: true, track: camera });
  expect(local.state.microphone).toMatchObject({ on: true, track: microphone });

  // Where it was refused, that is the answer.
  const other = new Local(null, () => undefined);
  await other.open(true, Promise.resolve({ camera: "blocked", microphone: "blocked" }));
  expect(navigator.mediaDevices.getUserMedia).not.toHaveBeenCalled();
  expect(other.state.camera).toMatchObject({ on: false, problem: "blocked" });
});

test("what was opened before and is wanted no longer is let go", async () => {
  const local = new Local(null, () => undefined);
  local.wish("camera", false);
  const camera = new FakeTrack("video");
  const microphone = new FakeTrack("audio");
  const opened = { camera, microphone } as unknown as Opened;
  await local.open(true, Promise.resolve(opened));
  expect(camera.stop).toHaveBeenCalled();
  expect(microphone.stop).toHaveBeenCalled();
  expect(local.state.camera.track).toBeNull();
  expect(local.state.microphone.on).toBe(true);
});

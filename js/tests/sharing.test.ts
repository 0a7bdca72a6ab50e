import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { person } from "../gallery/rows.ts";
import { canShare, Sharing } from "../src/call/sharing.ts";
import { Refusal } from "../src/link/link.ts";

class FakeTrack {
  contentHint = "";
  onended: (() => void) | null = null;
  readyState = "live";
  constructor(readonly surface: string) {}
  getSettings = () => ({ displaySurface: this.surface });
  stop = () => {
    this.readyState = "ended";
  };
}

let picked: () => Promise<unknown>;
const stream = (track: FakeTrack) => ({
  getVideoTracks: () => [track],
  getAudioTracks: () => [],
  getTracks: () => [track],
});

beforeEach(() => {
  vi.stubGlobal("navigator", { mediaDevices: { getDisplayMedia: () => picked() } });
});
afterEach(() => vi.unstubAllGlobals());

function start(surface: string, refusal?: Refusal) {
  const track = new FakeTrack(surface);
  picked = async () => stream(track);
  const told = vi.fn(async (command: { do: string }) => {
    if (refusal !== undefined && command.do === "Publish") throw refusal;
  });
  const sharing = new Sharing({ do: told as never, onChange: () => undefined });
  return { sharing, track, told };
}

const PUBLISH = { do: "Publish", source: "screen", muted: false };
const UNPUBLISH = { do: "Unpublish", source: "screen" };
const row = (on: boolean) =>
  person("me", { you: true, publications: on ? [{ source: "screen", muted: false }] : [] });

test("a window is offered at once, sharp before smooth", async () => {
  const { sharing, track, told } = start("window");
  await sharing.start();
  expect(told).toHaveBeenCalledExactlyOnceWith(PUBLISH);
  expect(sharing.state.at).toBe("on");
  expect(track.contentHint).toBe("detail");
});

test("a whole screen is asked about twice, and nobody is told before the second yes", async () => {
  const { sharing, told } = start("monitor");
  await sharing.start();
  expect(sharing.state.at).toBe("asking");
  expect(told).not.toHaveBeenCalled();
  await sharing.confirm();
  expect(told).toHaveBeenCalledExactlyOnceWith(PUBLISH);
});

test("a no to the second question ends the capture, and nobody was told anything", async () => {
  const { sharing, track, told } = start("monitor");
  await sharing.start();
  await sharing.stop();
  expect(track.readyState).toBe("ended");
  expect(told).not.toHaveBeenCalled();
});

test("a picker that is closed is an answer and no problem", async () => {
  const { sharing, told } = start("window");
  picked = async () => {
    throw new DOMException("Permission denied", "NotAllowedError");
  };
  await expect(sharing.start()).resolves.toBeUndefined();
  expect(sharing.state.at).toBe("off");
  expect(told).not.toHaveBeenCalled();
});

test("what the system forbids or fails at is said", async () => {
  const { sharing } = start("window");
  picked = async () => {
    throw new DOMException("Permission denied by system", "NotAllowedError");
  };
  await expect(sharing.start()).rejects.toMatchObject({ code: "SCREEN_BLOCKED" });
  picked = async () => {
    throw new DOMException("x", "NotReadableError");
  };
  await expect(sharing.start()).rejects.toMatchObject({ code: "SCREEN_FAILED" });
  expect(sharing.state.at).toBe("off");
});

test("a refused share stops its capture, with the server's words", async () => {
  const { sharing, track } = start("window", new Refusal("SHARE_TAKEN", "taken"));
  await expect(sharing.start()).rejects.toMatchObject({ code: "SHARE_TAKEN" });
  expect(track.readyState).toBe("ended");
  expect(sharing.state.at).toBe("off");
});

test("the browser's own stop bar ends it for everybody", async () => {
  const { sharing, track, told } = start("window");
  await sharing.start();
  track.onended?.();
  expect(sharing.state.at).toBe("off");
  expect(told).toHaveBeenLastCalledWith(UNPUBLISH);
});

test("a share that a provider ended stops its capture at once, and says so until it is read", async () => {
  const { sharing, track, told } = start("window");
  await sharing.start();
  sharing.follow(row(false), row(true));
  sharing.follow(row(true), row(false));
  expect(track.readyState).toBe("ended");
  expect(sharing.state).toMatchObject({ at: "off", lost: true });
  expect(told).toHaveBeenCalledOnce();
  sharing.dismiss();
  expect(sharing.state.lost).toBe(false);
});

test("rows that lag behind the answer end nothing", async () => {
  const { sharing, track } = start("window");
  await sharing.start();
  sharing.follow(row(false), row(false));
  expect(track.readyState).toBe("live");
});

test("a share whose end never reached the server is taken back", async () => {
  const { sharing, told } = start("window");
  sharing.follow(null, row(true));
  sharing.follow(row(true), row(true));
  expect(told).toHaveBeenCalledExactlyOnceWith(UNPUBLISH);
});

test("what the picker brings after the call is over is let go", async () => {
  const { sharing, track, told } = start("window");
  const choosing = sharing.start();
  sharing.drop();
  await choosing;
  expect(track.readyState).toBe("ended");
  expect(told).not.toHaveBeenCalled();
});

test("a phone has no such function", () => {
  expect(canShare()).toBe(true);
  vi.stubGlobal("navigator", { mediaDevices: {} });
  expect(canShare()).toBe(false);
});

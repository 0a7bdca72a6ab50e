import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GROW_AFTER_MS, RESTART_LATE_MS, WIDEN_AFTER_MS } from "../src/call/peer.ts";
import {
  CAMERA,
  type FakeConnection,
  FakeTransceiver,
  MIC,
  quiet,
  start,
} from "./fake-connection.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const carried = (pc: FakeConnection) =>
  pc.transceivers.map((one) => [one.receiver.track.kind, one.direction]);
const FACES = [
  ["audio", "sendrecv"],
  ["video", "sendrecv"],
];
const ALL = [...FACES, ["video", "sendrecv"], ["audio", "sendrecv"]];
const SCREEN = { kind: "video" } as MediaStreamTrack;

test("the offering side makes room for sound and picture, and soon for a screen and its sound", async () => {
  const { pc, sent, become } = start();
  expect(carried(pc)).toEqual(FACES);
  expect(pc.transceivers[0]?.sender.replaceTrack).toHaveBeenCalledWith(MIC);
  pc.onnegotiationneeded?.();
  await quiet();
  expect(sent).toEqual([{ to: "e1", description: { type: "offer", sdp: "v=0" } }]);
  await vi.advanceTimersByTimeAsync(WIDEN_AFTER_MS);
  expect(carried(pc)).toEqual(FACES);
  become("connected");
  await vi.advanceTimersByTimeAsync(WIDEN_AFTER_MS);
  expect(carried(pc)).toEqual(ALL);
  // Once and for all, however often the path comes back.
  become("disconnected");
  become("connected");
  await vi.advanceTimersByTimeAsync(WIDEN_AFTER_MS);
  expect(carried(pc)).toEqual(ALL);
});

test("a screen that is shared is offered at once: to who is there, and to whoever comes", async () => {
  const tracks = { audio: MIC, video: null, screen: SCREEN };
  const { pc, peer } = start();
  peer.setTracks(tracks);
  await quiet();
  expect(carried(pc)).toEqual(ALL);
  expect(pc.transceivers[2]?.sender.replaceTrack).toHaveBeenCalledWith(SCREEN);

  const late = start({ tracks });
  expect(carried(late.pc)).toEqual(ALL);
  expect(late.pc.transceivers[2]?.sender.replaceTrack).toHaveBeenCalledWith(SCREEN);
});

test("a screen that is shared before the first answer is offered after it, once", async () => {
  const { pc, peer, offers } = start();
  pc.onnegotiationneeded?.();
  await quiet();
  peer.setTracks({ audio: MIC, video: null, screen: SCREEN });
  pc.onnegotiationneeded?.();
  await quiet();
  expect(offers()).toBe(1);
  peer.receive({ type: "answer", sdp: "x" }, []);
  await quiet();
  expect(offers()).toBe(2);
});

test("the polite side takes its room for a screen back, answers, and offers the same again", async () => {
  const { pc, peer, sent } = start();
  peer.widen();
  pc.onnegotiationneeded?.();
  await quiet();
  peer.receive({ type: "offer", sdp: "theirs" }, []);
  await quiet();
  expect(sent.at(-1)?.description?.type).toBe("answer");
  pc.onnegotiationneeded?.();
  await quiet();
  expect(sent.at(-1)?.description?.type).toBe("offer");
  peer.widen();
  expect(carried(pc)).toEqual(ALL);
  const screen = pc.transceivers[2] as FakeTransceiver;
  peer.setTracks({ audio: MIC, video: null, screen: SCREEN });
  await quiet();
  expect(screen.sender.replaceTrack).toHaveBeenCalledWith(SCREEN);
});

test("the other side's room for a screen waits until its own restart is answered", async () => {
  const { pc, peer, sent, become } = start({ offers: false, polite: false });
  peer.receive({ type: "offer", sdp: "x" }, []);
  await quiet();
  become("failed");
  await vi.advanceTimersByTimeAsync(RESTART_LATE_MS);
  expect(sent.at(-1)?.description?.type).toBe("offer");
  const said = sent.length;
  peer.receive({ type: "offer", sdp: "wider" }, []);
  await quiet();
  expect(sent).toHaveLength(said);
  peer.receive({ type: "answer", sdp: "y" }, []);
  peer.receive({ type: "offer", sdp: "wider" }, []);
  await quiet();
  expect(pc.signalingState).toBe("stable");
  expect(sent.at(-1)?.description?.type).toBe("answer");
});

test.each([{ agent: "python" as const }, { offers: false }])(
  "no room for a screen is made by %o",
  async (link) => {
    const { pc, become, peer } = start(link);
    const before = carried(pc);
    become("connected");
    peer.setTracks({ audio: MIC, video: null, screen: SCREEN });
    await vi.advanceTimersByTimeAsync(WIDEN_AFTER_MS);
    expect(carried(pc)).toEqual(before);
  },
);

test("the answering side shows its screen as soon as the other has made room for it", async () => {
  const { pc, peer } = start({ offers: false });
  peer.receive({ type: "offer", sdp: "x" }, []);
  peer.setTracks({ audio: MIC, video: null, screen: SCREEN });
  await quiet();
  pc.transceivers.push(new FakeTransceiver("video"), new FakeTransceiver("audio"));
  peer.receive({ type: "offer", sdp: "y" }, []);
  await quiet();
  expect(pc.transceivers[2]?.sender.replaceTrack).toHaveBeenCalledWith(SCREEN);
  expect(carried(pc)).toEqual(ALL);
});

test("switching the camera renegotiates nothing", async () => {
  const { pc, peer, offers } = start();
  pc.onnegotiationneeded?.();
  await quiet();
  peer.receive({ type: "answer", sdp: "x" }, []);
  await quiet();
  peer.setTracks({ audio: MIC, video: CAMERA });
  await quiet();
  peer.setTracks({ audio: MIC, video: null });
  await quiet();
  const onto = pc.transceivers[1]?.sender.replaceTrack.mock.calls.flat();
  expect(onto).toEqual([CAMERA, null]);
  // Off at once: what comes of the first change finds the second.
  peer.setTracks({ audio: MIC, video: CAMERA });
  peer.setTracks({ audio: MIC, video: null });
  await quiet();
  expect(pc.transceivers[1]?.sender.replaceTrack.mock.calls.flat().at(-1)).toBeNull();
  expect(offers()).toBe(1);
});

test.each([true, false])(
  "a camera's first pictures are small, and grow (offers: %s)",
  async (offers) => {
    const { pc, peer, become } = start({ offers });
    if (!offers) peer.receive({ type: "offer", sdp: "x" }, []);
    await quiet();
    const camera = () => pc.transceivers[1]?.encodings[0];
    peer.setTracks({ audio: MIC, video: CAMERA });
    await quiet();
    expect(camera()).toEqual({ scaleResolutionDownBy: 2 });
    // Nothing of it is seen before there is a path.
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS);
    expect(camera()).toEqual({ scaleResolutionDownBy: 2 });
    become("connected");
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS);
    expect(camera()).toEqual({});

    // Off and on again it is the same; another camera meanwhile is no news to the line.
    peer.setTracks({ audio: MIC, video: { ...CAMERA } as MediaStreamTrack });
    await quiet();
    expect(camera()).toEqual({});
    peer.setTracks({ audio: MIC, video: null });
    peer.setTracks({ audio: MIC, video: CAMERA });
    await quiet();
    expect(camera()).toEqual({ scaleResolutionDownBy: 2 });
    await vi.advanceTimersByTimeAsync(GROW_AFTER_MS);
    expect(camera()).toEqual({});
  },
);

test("senders that were told are not asked again, and one that could not be told is", async () => {
  const { pc, peer, become } = start({ plan: "shared" });
  const camera = pc.transceivers[1] as FakeTransceiver;
  become("connected");
  peer.setTracks({ audio: MIC, video: CAMERA });
  await quiet();
  expect(camera.sender.getParameters).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(GROW_AFTER_MS);
  expect(camera.sender.getParameters).toHaveBeenCalledOnce();

  camera.sender.setParameters.mockRejectedValueOnce(new Error("InvalidStateError"));
  peer.setPlan("thrifty");
  await quiet();
  expect(camera.encodings[0]).toMatchObject({ maxBitrate: 500_000 });
  become("connected");
  await quiet();
  expect(camera.encodings[0]).toMatchObject({ maxBitrate: 150_000 });

  // And back again while the change is under way: the last plan holds.
  peer.setPlan("full");
  await Promise.resolve();
  peer.setPlan("thrifty");
  await quiet();
  expect(camera.encodings[0]).toMatchObject({ maxBitrate: 150_000 });
});

test("what arrives is measured once there is a connection, and not before: it halts the page", () => {
  const { pc, peer, become } = start();
  const voice = pc.transceivers[0]?.receiver;
  expect(peer.audioLevel()).toBe(0);
  expect(voice?.getSynchronizationSources).not.toHaveBeenCalled();
  become("connected");
  expect(peer.audioLevel()).toBe(0.5);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  CONNECT_LATE_MS,
  CONNECT_WITHIN_MS,
  GROW_AFTER_MS,
  Peer,
  REPEAT_AFTER_MS,
  RESTART_AFTER_MS,
  RESTART_LATE_MS,
  type Tracks,
  WIDEN_AFTER_MS,
} from "../src/call/peer.ts";
import type { Plan } from "../src/call/sending.ts";
import { FIRST_TRICKLE_MS, MAX_BATCH, TRICKLE_MS } from "../src/call/trickle.ts";
import type { LinkRow, Signal } from "../src/protocol/types.ts";

class FakeTransceiver {
  direction = "recvonly";
  encodings: object[] = [{}];
  #changes = 0;
  readonly sender = {
    replaceTrack: vi.fn(async () => undefined),
    getParameters: vi.fn(() => ({
      transactionId: `${this.#changes}`,
      encodings: this.encodings.map((one) => ({ ...one })),
    })),
    /** Takes its time, and refuses what was read before the last change. */
    setParameters: vi.fn(async (wanted: { transactionId: string; encodings: object[] }) => {
      if (wanted.transactionId !== `${this.#changes}`) throw new Error("InvalidModificationError");
      this.#changes++;
      await Promise.resolve();
      this.encodings = wanted.encodings;
    }),
  };
  readonly receiver;
  constructor(kind: string) {
    const getSynchronizationSources = vi.fn(() => [{ audioLevel: 0.5 }]);
    this.receiver = { track: { kind }, getSynchronizationSources };
  }
}

/** As much of RTCPeerConnection as a peer touches. */
class FakeConnection {
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { track: unknown }) => void) | null = null;
  signalingState = "stable";
  connectionState = "new";
  localDescription: { type: string; sdp: string } | null = null;
  remoteDescription: { type: string } | null = null;
  readonly transceivers: FakeTransceiver[] = [];
  readonly restartIce = vi.fn(() => this.onnegotiationneeded?.());
  readonly addIceCandidate = vi.fn(async () => undefined);
  readonly close = vi.fn();

  addTransceiver(
    kind: string,
    init: { direction: string; sendEncodings: object[] },
  ): FakeTransceiver {
    const made = new FakeTransceiver(kind);
    made.encodings = init.sendEncodings;
    made.direction = init.direction;
    this.transceivers.push(made);
    return made;
  }

  getTransceivers = () => this.transceivers;

  async setLocalDescription(): Promise<void> {
    const answers = this.signalingState === "have-remote-offer";
    this.signalingState = answers ? "stable" : "have-local-offer";
    this.localDescription = { type: answers ? "answer" : "offer", sdp: "v=0" };
  }

  async setRemoteDescription(description: { type: string }): Promise<void> {
    if (description.type === "answer" && this.signalingState !== "have-local-offer") {
      throw new Error("InvalidStateError");
    }
    this.remoteDescription = description;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
    if (description.type === "offer" && this.transceivers.length === 0) {
      this.transceivers.push(new FakeTransceiver("audio"), new FakeTransceiver("video"));
    }
  }
}

const MIC = { kind: "audio" } as MediaStreamTrack;
const CAMERA = { kind: "video" } as MediaStreamTrack;

interface Start extends Partial<LinkRow> {
  plan?: Plan;
  tracks?: Tracks;
}

function start({ plan, tracks = { audio: MIC, video: null }, ...more }: Start = {}) {
  const pc = new FakeConnection();
  const sent: Omit<Signal, "t">[] = [];
  const line = { open: true };
  const peer = new Peer({
    link: { endpoint: "e1", polite: true, offers: true, agent: "browser", ...more },
    configuration: {},
    tracks,
    ...(plan === undefined ? {} : { plan }),
    send: (signal) => {
      if (line.open) sent.push(signal);
      return line.open;
    },
    onChange: () => undefined,
    create: () => pc as unknown as RTCPeerConnection,
  });
  const become = (state: string) => {
    pc.connectionState = state;
    pc.onconnectionstatechange?.();
  };
  const offers = () => sent.filter((signal) => signal.description?.type === "offer").length;
  return { pc, peer, sent, line, become, offers };
}

const quiet = () => vi.advanceTimersByTimeAsync(0);

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

test("an offer that was lost in a connected call is said again with the next socket", async () => {
  const { pc, peer, offers, become } = start();
  pc.onnegotiationneeded?.();
  await quiet();
  peer.receive({ type: "answer", sdp: "x" }, []);
  become("connected");
  peer.widen();
  pc.onnegotiationneeded?.();
  await quiet();
  expect(offers()).toBe(2);
  peer.resend();
  await quiet();
  expect(offers()).toBe(3);
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

test("the answering side puts its tracks on what the offer made", async () => {
  const { pc, peer, sent } = start({ offers: false });
  expect(pc.transceivers).toHaveLength(0);
  peer.receive({ type: "offer", sdp: "x" }, []);
  await quiet();
  expect(pc.transceivers.map((one) => one.direction)).toEqual(["sendrecv", "sendrecv"]);
  expect(pc.transceivers[0]?.sender.replaceTrack).toHaveBeenCalledWith(MIC);
  expect(sent.at(-1)?.description?.type).toBe("answer");
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

test("a way that no other accepts is not told", async () => {
  const { pc, sent } = start();
  const tell = (candidate: string) =>
    pc.onicecandidate?.({ candidate: { toJSON: () => ({ candidate, sdpMid: "0" }) } });
  tell("candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0");
  tell("candidate:2 1 udp 2122260223 192.0.2.1 50000 typ host generation 0");
  await vi.advanceTimersByTimeAsync(FIRST_TRICKLE_MS);
  expect(sent.flatMap(({ candidates }) => candidates)).toHaveLength(1);
});

test("candidates travel in batches, and the end of them is an empty one", async () => {
  const { pc, sent } = start();
  const candidate = (n: number) => ({
    candidate: { toJSON: () => ({ candidate: `c${n}`, sdpMid: "0", sdpMLineIndex: 0 }) },
  });
  // The first at once: it is often all that is needed.
  pc.onicecandidate?.(candidate(1));
  expect(sent[0]?.candidates).toHaveLength(1);
  pc.onicecandidate?.(candidate(2));
  pc.onicecandidate?.(candidate(3));
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(FIRST_TRICKLE_MS);
  expect(sent[1]?.candidates).toHaveLength(2);
  pc.onicecandidate?.(candidate(4));
  await vi.advanceTimersByTimeAsync(TRICKLE_MS - 1);
  expect(sent).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent[2]?.candidates).toHaveLength(1);
  for (let n = 0; n < MAX_BATCH; n++) pc.onicecandidate?.(candidate(n));
  expect(sent[3]?.candidates).toHaveLength(MAX_BATCH);
  pc.onicecandidate?.({ candidate: null });
  expect(sent[4]?.candidates).toEqual([{ candidate: "" }]);
});

test("candidates that come before the description wait for it", async () => {
  const { pc, peer } = start({ offers: false });
  peer.receive(null, [{ candidate: "c1" }]);
  await quiet();
  expect(pc.addIceCandidate).not.toHaveBeenCalled();
  peer.receive({ type: "offer", sdp: "x" }, [{ candidate: "c2" }]);
  await quiet();
  expect(pc.addIceCandidate.mock.calls.flat()).toEqual([{ candidate: "c1" }, { candidate: "c2" }]);
});

test("what cannot be sent now is sent when the connection to the server is back", async () => {
  const { pc, peer, sent, line } = start();
  line.open = false;
  pc.onnegotiationneeded?.();
  await quiet();
  expect(sent).toHaveLength(0);
  line.open = true;
  peer.resend();
  await quiet();
  expect(sent[0]?.description?.type).toBe("offer");
});

test("an offer without an answer is said again, an answered one is not", async () => {
  const { pc, peer, offers, become } = start();
  pc.onnegotiationneeded?.();
  await vi.advanceTimersByTimeAsync(REPEAT_AFTER_MS);
  expect(offers()).toBe(2);
  peer.receive({ type: "answer", sdp: "x" }, []);
  become("connected");
  await vi.advanceTimersByTimeAsync(REPEAT_AFTER_MS * 3);
  expect(offers()).toBe(2);
});

test("the offering side restarts ICE at once on failure, and soon after a disconnection", async () => {
  const { pc, become } = start();
  become("disconnected");
  await vi.advanceTimersByTimeAsync(RESTART_AFTER_MS - 1);
  expect(pc.restartIce).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(pc.restartIce).toHaveBeenCalledOnce();
  become("connected");
  become("failed");
  await quiet();
  expect(pc.restartIce).toHaveBeenCalledTimes(2);
});

test("a path that heals by itself is left alone", async () => {
  const { pc, become } = start();
  become("disconnected");
  await vi.advanceTimersByTimeAsync(RESTART_AFTER_MS - 500);
  become("connected");
  await vi.advanceTimersByTimeAsync(RESTART_LATE_MS * 2);
  expect(pc.restartIce).not.toHaveBeenCalled();
});

test("the other side waits longer before it restarts", async () => {
  const { pc, become } = start({ offers: false });
  become("failed");
  await vi.advanceTimersByTimeAsync(RESTART_LATE_MS - 1);
  expect(pc.restartIce).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(pc.restartIce).toHaveBeenCalledOnce();
});

test("a connection that never comes about is tried anew: its candidates may have been lost", async () => {
  const { pc, peer, become } = start();
  pc.onnegotiationneeded?.();
  await quiet();
  await vi.advanceTimersByTimeAsync(CONNECT_WITHIN_MS * 2);
  expect(pc.restartIce).not.toHaveBeenCalled();
  peer.receive({ type: "answer", sdp: "x" }, []);
  become("connecting");
  await vi.advanceTimersByTimeAsync(CONNECT_WITHIN_MS);
  expect(pc.restartIce).toHaveBeenCalledTimes(1);
  become("connected");
  await vi.advanceTimersByTimeAsync(RESTART_LATE_MS * 2);
  expect(pc.restartIce).toHaveBeenCalledTimes(1);
});

test("the answering side waits longer for a first connection", async () => {
  const { pc, peer, become } = start({ offers: false });
  become("connecting");
  await vi.advanceTimersByTimeAsync(CONNECT_LATE_MS * 2);
  expect(pc.restartIce).not.toHaveBeenCalled();
  peer.receive({ type: "offer", sdp: "x" }, []);
  await vi.advanceTimersByTimeAsync(CONNECT_LATE_MS - 1);
  expect(pc.restartIce).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(pc.restartIce).toHaveBeenCalledTimes(1);
});

test("a Python peer is offered another path, and is never waited for to answer ours", async () => {
  const offering = start({ agent: "python" });
  offering.become("failed");
  await vi.advanceTimersByTimeAsync(1);
  expect(offering.pc.restartIce).toHaveBeenCalledTimes(1);
  const { pc, become } = start({ agent: "python", offers: false });
  become("failed");
  await vi.advanceTimersByTimeAsync(RESTART_LATE_MS * 3);
  expect(pc.restartIce).not.toHaveBeenCalled();
});

test("a second answer, or one that comes too late, breaks nothing", async () => {
  const { pc, peer, offers } = start();
  pc.onnegotiationneeded?.();
  await quiet();
  peer.receive({ type: "answer", sdp: "x" }, []);
  peer.receive({ type: "answer", sdp: "x" }, []);
  await quiet();
  pc.onnegotiationneeded?.();
  await quiet();
  expect(offers()).toBe(2);
});

test("a closed peer says and does nothing any more", async () => {
  const { pc, peer, sent } = start();
  pc.onnegotiationneeded?.();
  peer.close();
  peer.receive({ type: "offer", sdp: "x" }, []);
  await vi.advanceTimersByTimeAsync(REPEAT_AFTER_MS * 2);
  expect(sent).toHaveLength(0);
  expect(pc.close).toHaveBeenCalledOnce();
});

// As much of a browser's connection as a peer touches, for the tests of `call/peer.ts`.
import { vi } from "vitest";
import { Peer, type Tracks } from "../src/call/peer.ts";
import type { Plan } from "../src/call/sending.ts";
import type { LinkRow, Signal } from "../src/protocol/types.ts";

export class FakeTransceiver {
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
export class FakeConnection {
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

export const MIC = { kind: "audio" } as MediaStreamTrack;
export const CAMERA = { kind: "video" } as MediaStreamTrack;

interface Start extends Partial<LinkRow> {
  plan?: Plan;
  tracks?: Tracks;
}

export function start({ plan, tracks = { audio: MIC, video: null }, ...more }: Start = {}) {
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

export const quiet = () => vi.advanceTimersByTimeAsync(0);

// One RTCPeerConnection to one other seat: carries out the steps of `negotiation.ts`, trickles candidates,
// restarts ICE. It decides nothing about people; it does not play or show anything.
import type { Candidate, Description, LinkRow, Signal } from "../protocol/types.ts";
import { begin, decide, type Input, type Negotiation } from "./negotiation.ts";
import { type Limits, limitsOf, type Plan, prefer, rate, sameLimits } from "./sending.ts";
import { Trickle } from "./trickle.ts";

export type PeerState = "connecting" | "connected" | "trouble";
/** What one connection carries, in the order of its m-lines: microphone, camera, shared screen, its sound. */
export type Slot = "audio" | "video" | "screen" | "screenAudio";
export type Tracks = {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
  readonly screen?: MediaStreamTrack | null;
  readonly screenAudio?: MediaStreamTrack | null;
};
const FIRST: readonly Slot[] = ["audio", "video"];
const LATER: readonly Slot[] = ["screen", "screenAudio"];
const SLOTS: readonly Slot[] = [...FIRST, ...LATER];
const KIND: Record<Slot, "audio" | "video"> = {
  audio: "audio",
  video: "video",
  screen: "video",
  screenAudio: "audio",
};

/** How long the offering side waits before it restarts ICE, and how long the other. */
export const RESTART_AFTER_MS = 4_000;
export const RESTART_LATE_MS = 10_000;
/** How long a first connection may take once both descriptions are there: its candidates may have been lost. */
export const CONNECT_WITHIN_MS = 10_000;
export const CONNECT_LATE_MS = 16_000;
/** How long a camera's first pictures are small: by then the browser has sounded the line. */
export const GROW_AFTER_MS = 1_000;
/** When room is made for a screen: the first offer is half as long without, and whoever comes in is seen the sooner. */
export const WIDEN_AFTER_MS = 2_000;
/** An unanswered offer was perhaps lost with a socket: say it again. */
export const REPEAT_AFTER_MS = 6_000;
const MAX_HELD = 64;

export interface PeerOptions {
  link: LinkRow;
  configuration: RTCConfiguration;
  tracks: Tracks;
  /** How much of the line this connection may take. */
  plan?: Plan;
  /** False when there is no connection to the server; the peer keeps the signal and tries again at `resend`. */
  send(signal: Omit<Signal, "t">): boolean;
  onChange(): void;
  create?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

type Timer = ReturnType<typeof setTimeout> | undefined;

export class Peer {
  readonly endpoint: string;
  readonly #options: PeerOptions;
  readonly #pc: RTCPeerConnection;
  readonly #mine = new Map<Slot, RTCRtpTransceiver>();
  readonly #theirs = new Map<Slot, MediaStreamTrack>();
  #tracks: Tracks;
  #plan: Plan;
  #n: Negotiation;
  #work: Promise<void> = Promise.resolve();
  #unsent: Omit<Signal, "t">[] = [];
  readonly #trickle: Trickle;
  #early: Candidate[] = [];
  #restartTimer: Timer;
  #repeatTimer: Timer;
  /** The camera just came on, or is still to come. */
  #fresh = true;
  #growTimer: Timer;
  #widenTimer: Timer;
  /** What the senders keep to. Asking one of them halts the page until the browser's media threads have time. */
  readonly #limits = new Map<Slot, Limits>();
  readonly #limiting = new Map<Slot, Promise<void>>();
  #closed = false;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.endpoint = options.link.endpoint;
    this.#tracks = options.tracks;
    this.#plan = options.plan ?? "full";
    this.#n = begin(options.link.polite, options.link.agent);
    this.#trickle = new Trickle((candidates) => this.#send({ to: this.endpoint, candidates }));
    const create = options.create ?? ((configuration) => new RTCPeerConnection(configuration));
    const pc = create(options.configuration);
    this.#pc = pc;
    pc.onnegotiationneeded = () => this.#input({ on: "needed" });
    pc.onicecandidate = ({ candidate }) => this.#trickle.add(candidate);
    pc.onconnectionstatechange = () => this.#watch();
    pc.ontrack = ({ track }) => {
      const known = [...this.#theirs.values()].includes(track);
      const slot = known ? undefined : this.#free(this.#theirs, track.kind);
      if (slot !== undefined) this.#theirs.set(slot, track);
      this.#changed();
    };
    if (options.link.offers) {
      this.#carry(FIRST);
      if (this.#tracks.screen) this.widen();
    }
  }

  get state(): PeerState {
    switch (this.#pc.connectionState) {
      case "connected":
        return "connected";
      case "disconnected":
      case "failed":
        return "trouble";
      default:
        return "connecting";
    }
  }

  track(slot: Slot): MediaStreamTrack | null {
    return this.#theirs.get(slot) ?? null;
  }

  /** Never renegotiates, but for a screen that there is no room for yet. */
  setTracks(tracks: Tracks): void {
    const before = this.#tracks;
    this.#tracks = tracks;
    if (tracks.screen) this.widen();
    if (before.video === null && tracks.video !== null) this.#freshen();
    for (const [slot, transceiver] of this.#mine) {
      if (before[slot] !== tracks[slot]) void this.#replace(transceiver, slot);
    }
  }

  /** Makes room for a screen. The offering side does so, for both; a Python peer has no screen, and gets none. */
  widen(): void {
    clearTimeout(this.#widenTimer);
    const { agent, offers } = this.#options.link;
    if (this.#closed || !offers || agent === "python" || this.#mine.has("screen")) return;
    this.#carry(LATER);
  }

  setPlan(plan: Plan): void {
    if (plan === this.#plan) return;
    this.#plan = plan;
    this.#tune();
  }

  /** What the browser measures of this connection; null once it is closed. */
  async stats(): Promise<RTCStatsReport | null> {
    if (this.#closed) return null;
    return this.#pc.getStats().catch(() => null);
  }

  configure(configuration: RTCConfiguration): void {
    try {
      this.#pc.setConfiguration(configuration);
    } catch {
      // The old servers stay good until they expire.
    }
  }

  receive(description: Description | null, candidates: readonly Candidate[]): void {
    if (description !== null) this.#input({ on: "described", type: description.type }, description);
    if (candidates.length > 0) this.#queue(() => this.#add(candidates));
  }

  /** The connection to the server is back. */
  resend(): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const signal of unsent) this.#send(signal);
    this.#repeat();
  }

  /** Loudness of what arrives, 0 to 1 (linear). */
  audioLevel(): number {
    // This too halts the page until the media threads have time: nothing is asked of a connection that is being made.
    if (this.state !== "connected") return 0;
    return this.#mine.get("audio")?.receiver.getSynchronizationSources?.()[0]?.audioLevel ?? 0;
  }

  close(): void {
    this.#closed = true;
    this.#trickle.close();
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#repeatTimer);
    clearTimeout(this.#growTimer);
    clearTimeout(this.#widenTimer);
    const pc = this.#pc;
    pc.onnegotiationneeded = pc.onicecandidate = pc.onconnectionstatechange = pc.ontrack = null;
    pc.close();
  }

  #queue(task: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#closed) return;
      try {
        await task();
      } catch {
        const offered = this.#pc.signalingState === "have-local-offer";
        [this.#n] = decide(this.#n, { on: "failed", offered });
      }
    });
  }

  #input(input: Input, description?: Description): void {
    this.#queue(async () => {
      const [next, steps] = decide(this.#n, input);
      this.#n = next;
      for (const step of steps) {
        if (step === "ignore" || this.#closed) return;
        if (step === "apply") await this.#apply(description as RTCSessionDescriptionInit);
        else {
          if (step === "answer") this.#attach();
          await this.#pc.setLocalDescription();
          this.#describe();
        }
      }
    });
  }

  async #apply(description: RTCSessionDescriptionInit): Promise<void> {
    clearTimeout(this.#repeatTimer);
    // Yielding takes back what was offered: its senders are then as they were made.
    if (description.type === "offer" && this.#pc.signalingState === "have-local-offer") {
      for (const slot of LATER) this.#limits.delete(slot);
    }
    await this.#pc.setRemoteDescription(description);
    if (this.state === "connecting") this.#watch();
    const early = this.#early;
    this.#early = [];
    await this.#add(early);
  }

  #carry(slots: readonly Slot[]): void {
    for (const slot of slots) {
      const limits = limitsOf(slot, this.#plan, this.#fresh);
      const transceiver = this.#pc.addTransceiver(KIND[slot], {
        direction: "sendrecv",
        sendEncodings: [{ ...limits }],
      });
      this.#limits.set(slot, limits);
      prefer(transceiver, KIND[slot]);
      this.#mine.set(slot, transceiver);
      const track = this.#tracks[slot];
      if (track) transceiver.sender.replaceTrack(track).catch(() => undefined); // closed meanwhile
    }
  }

  /** Answers with this side's tracks on the transceivers that the offer made. The answer itself waits for none of them. */
  #attach(): void {
    for (const transceiver of this.#pc.getTransceivers()) {
      if ([...this.#mine.values()].includes(transceiver)) continue;
      const slot = this.#free(this.#mine, transceiver.receiver.track.kind);
      if (slot === undefined) continue;
      this.#mine.set(slot, transceiver);
      transceiver.direction = "sendrecv";
      void this.#replace(transceiver, slot);
    }
  }

  /** The m-lines of a kind come in the order of the slots. */
  #free(taken: ReadonlyMap<Slot, unknown>, kind: string): Slot | undefined {
    return SLOTS.find((slot) => KIND[slot] === kind && !taken.has(slot));
  }

  #freshen(): void {
    this.#fresh = true;
    clearTimeout(this.#growTimer);
    this.#growTimer = undefined;
    this.#grow();
  }

  /** Once pictures are on their way. */
  #grow(): void {
    if (!this.#fresh || this.state !== "connected" || this.#tracks.video === null) return;
    this.#growTimer ??= setTimeout(() => {
      this.#growTimer = undefined;
      this.#fresh = false;
      this.#tune();
    }, GROW_AFTER_MS);
  }

  async #replace(transceiver: RTCRtpTransceiver, slot: Slot): Promise<void> {
    try {
      // First the limits: they hold from the first picture on.
      await this.#limit(transceiver.sender, slot);
      await transceiver.sender.replaceTrack(this.#tracks[slot] ?? null);
    } catch {
      // The connection closed meanwhile.
    }
  }

  #tune(): void {
    for (const [slot, { sender }] of this.#mine) void this.#limit(sender, slot);
  }

  /** One after the other: what a sender keeps to is known when its last change is through. */
  async #limit(sender: RTCRtpSender, slot: Slot): Promise<void> {
    if (KIND[slot] !== "video") return;
    const before = this.#limiting.get(slot) ?? Promise.resolve();
    const turn = before.then(() => this.#limitNow(sender, slot));
    this.#limiting.set(slot, turn);
    await turn;
  }

  async #limitNow(sender: RTCRtpSender, slot: Slot): Promise<void> {
    if (this.#closed) return;
    const wanted = limitsOf(slot, this.#plan, this.#fresh);
    const known = this.#limits.get(slot);
    if (known !== undefined && sameLimits(known, wanted)) return;
    if (await rate(sender, wanted)) this.#limits.set(slot, wanted);
    else this.#limits.delete(slot);
  }

  async #add(candidates: readonly Candidate[]): Promise<void> {
    if (this.#pc.remoteDescription === null) {
      this.#early.push(...candidates);
      return;
    }
    for (const candidate of candidates) {
      try {
        await this.#pc.addIceCandidate(candidate as RTCIceCandidateInit);
      } catch {
        // Of an offer that was ignored or rolled back; ICE lives with one candidate less.
      }
    }
  }

  #describe(): void {
    const description = this.#pc.localDescription;
    const type = description?.type;
    if (description === null || (type !== "offer" && type !== "answer")) return;
    this.#trickle.turn();
    this.#send({ to: this.endpoint, description: { type, sdp: description.sdp } });
    clearTimeout(this.#repeatTimer);
    if (type === "offer") {
      this.#repeatTimer = setTimeout(() => this.#repeat(), REPEAT_AFTER_MS);
    }
  }

  #repeat(): void {
    this.#queue(async () => {
      if (this.#n.offered && this.#pc.signalingState === "have-local-offer") this.#describe();
    });
  }

  #send(signal: Omit<Signal, "t">): void {
    if (!this.#options.send(signal) && this.#unsent.length < MAX_HELD) this.#unsent.push(signal);
  }

  /** Nothing arrives, not yet or no longer: give the path a moment, then look for another one. */
  #watch(): void {
    this.#changed();
    if (this.state === "connected") {
      this.#tune();
      this.#grow();
      this.#widenTimer ??= setTimeout(() => this.widen(), WIDEN_AFTER_MS);
    }
    clearTimeout(this.#restartTimer);
    this.#restartTimer = undefined;
    if (!this.#stuck()) return;
    const { offers } = this.#options.link;
    const failed = this.#pc.connectionState === "failed";
    const wait =
      this.state === "connecting"
        ? [CONNECT_WITHIN_MS, CONNECT_LATE_MS]
        : [failed ? 0 : RESTART_AFTER_MS, RESTART_LATE_MS];
    this.#restartTimer = setTimeout(() => this.#restart(), wait[offers ? 0 : 1]);
  }

  /** Before there is a description, the repeated offer is what helps. To a Python peer only the offering side can turn. */
  #stuck(): boolean {
    const { agent, offers } = this.#options.link;
    if (this.#closed || (agent === "python" && !offers)) return false;
    return (
      this.state === "trouble" ||
      (this.state === "connecting" && this.#pc.remoteDescription !== null)
    );
  }

  #restart(): void {
    if (!this.#stuck()) return;
    this.#pc.restartIce();
    this.#restartTimer = setTimeout(() => this.#restart(), RESTART_LATE_MS);
  }

  #changed(): void {
    if (!this.#closed) this.#options.onChange();
  }
}

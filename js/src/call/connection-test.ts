// One connection test, as the page runs it: a peer connection to the server's echo, measured from both ends.
// Loaded when a test is asked for. Words and judgement are elsewhere; nothing of it touches a call.
import type {
  BeginTest,
  ConnectionReport,
  Description,
  EndTest,
  Ice,
  Route,
  SignalTest,
  TestStep,
} from "../protocol/types.ts";
import { BLOCKED, type Figures, judge } from "./judge.ts";
import { median } from "./median.ts";
import { jitterOf, lossOf, rateOf, rateOfTrains } from "./rates.ts";

export type TestMessage = BeginTest | SignalTest | EndTest;

/** What this page's call offers a test: a way to the server, and its devices. */
export interface TestLine {
  /** False: there is no connection to the server. */
  send(message: TestMessage): boolean;
  listen(onStep: ((step: TestStep) => void) | null): void;
  /** What is on now. */
  tracks(): { readonly audio: MediaStreamTrack | null; readonly video: MediaStreamTrack | null };
}

export type Stage = "queued" | "connecting" | "delay" | "upload" | "download" | "devices";

export type Outcome =
  | { readonly kind: "report"; readonly report: ConnectionReport }
  | { readonly kind: "busy" | "unavailable" | "failed" | "cancelled" };

export interface TestOptions {
  line: TestLine;
  signal: AbortSignal;
  /** With `queued`: the place in the queue, 1 is next. */
  onStage(stage: Stage, place: number): void;
  create?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** No path within this time is no path. */
export const CONNECT_WITHIN_MS = 7_000;
/** From one's turn to the verdict. What does not fit any more is left out. */
export const DONE_WITHIN_MS = 14_000;
/** From the server's answer to a path, where the answer was late. */
const PATH_WITHIN_MS = 4_000;
/** What measuring needs at the least. */
const MEASURED_WITHIN_MS = 4_000;
const DELAY_MS = 2_200;
const BURST_MS = 1_800;
const DEVICES_MS = 1_800;
const PROBE_EVERY_MS = 10;
const ANSWER_WITHIN_MS = 3_000;
const PROBE_BYTES = 12;
const BURST_MESSAGE_BYTES = 1_100;
const MAX_BURST_MESSAGES = 1_363;
/** What DTLS, SCTP and their headers add to each message of a burst. */
const WIRE_BYTES = BURST_MESSAGE_BYTES + 65;
/** So much waits in the page's own queue: what is sent late would count as the link's slowness. */
const BUFFERED_BYTES = 16 * 1024;
/** From here on trains of a few messages are timed instead of one burst, and so many make a train. */
const LOSSY_PERCENT = 1.5;
const TRAIN = 4;
const UNRELIABLE: RTCDataChannelInit = { ordered: false, maxRetransmits: 0 };

/** Never rejects. The server is told of the end, whatever it is. */
export async function testConnection(options: TestOptions): Promise<Outcome> {
  const { line, signal } = options;
  const test = new Test(options);
  try {
    return await test.run();
  } catch {
    return { kind: signal.aborted ? "cancelled" : "failed" };
  } finally {
    test.close();
    line.listen(null);
    line.send({ t: "endtest" });
  }
}

class Over extends Error {}

class Test {
  readonly #options: TestOptions;
  readonly #figures: Figures = {};
  readonly #steps: TestStep[] = [];
  #wake: () => void = () => undefined;
  #pc: RTCPeerConnection | null = null;
  #senders: { audio: RTCRtpSender; video: RTCRtpSender } | null = null;
  #channels: { probe: RTCDataChannel; burst: RTCDataChannel; control: RTCDataChannel } | null =
    null;
  #beganMs = 0;
  /** It was connected; "failed" means dead from then on. */
  #live = false;
  #sent = 0;
  #roundTrips: number[] = [];
  /** How long what is still to do should take, ms. */
  readonly #parts = [DELAY_MS, BURST_MS, BURST_MS, DEVICES_MS];
  #said: { readonly [key: string]: unknown }[] = [];

  constructor(options: TestOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#wake());
  }

  async run(): Promise<Outcome> {
    const ice = await this.#turn();
    if (typeof ice === "string") return { kind: ice };
    this.#beganMs = performance.now();
    this.#options.onStage("connecting", 0);
    const connected = await this.#connect(ice);
    this.#live = connected === "connected";
    if (connected === "late") return { kind: "failed" };
    if (connected === "blocked") return { kind: "report", report: BLOCKED };
    try {
      await this.#measure();
    } catch (error) {
      // The path died under way, or its time was up: what was measured counts.
      if (this.#options.signal.aborted || this.#figures.rtt_ms === undefined) throw error;
    }
    // The channels opened, and nothing came through them.
    if (this.#figures.rtt_ms == null) return { kind: "report", report: BLOCKED };
    return { kind: "report", report: { ...judge(this.#figures), ...this.#figures } };
  }

  close(): void {
    const pc = this.#pc;
    this.#pc = null;
    if (pc === null) return;
    pc.onicecandidate = pc.onconnectionstatechange = null;
    pc.close();
  }

  // -- until one's turn --------------------------------------------------------------------------

  /** The servers, once it is one's turn; or why there is none. */
  async #turn(): Promise<Ice | "busy" | "unavailable" | "failed"> {
    const { line } = this.#options;
    line.listen((step) => {
      this.#steps.push(step);
      this.#wake();
    });
    if (!line.send({ t: "begintest" })) return "failed";
    for (;;) {
      const step = await this.#step();
      if (step.at === "ready" && step.ice) return step.ice;
      if (step.at === "queued") this.#options.onStage("queued", step.place ?? 1);
      else if (step.at === "busy" || step.at === "unavailable") return step.at;
      else return "failed";
    }
  }

  async #step(): Promise<TestStep> {
    await this.#until(() => this.#steps.length > 0, Number.POSITIVE_INFINITY);
    return this.#steps.shift() as TestStep;
  }

  // -- the connection ----------------------------------------------------------------------------

  async #connect(ice: Ice): Promise<"connected" | "blocked" | "late"> {
    const create = this.#options.create ?? ((with_) => new RTCPeerConnection(with_));
    const pc = create({
      iceServers: ice.servers as RTCIceServer[],
      iceTransportPolicy: ice.relay_only ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.#pc = pc;
    pc.onicecandidate = ({ candidate }) => {
      if (candidate === null) return;
      this.#options.line.send({ t: "signaltest", candidates: [candidate.toJSON() as never] });
    };
    pc.onconnectionstatechange = () => this.#wake();
    this.#channels = {
      control: pc.createDataChannel("control"),
      probe: pc.createDataChannel("probe", UNRELIABLE),
      burst: pc.createDataChannel("burst", UNRELIABLE),
    };
    const channels = Object.values(this.#channels);
    for (const channel of channels) {
      channel.binaryType = "arraybuffer";
      channel.onopen = channel.onclose = () => this.#wake();
    }
    const sender = (kind: "audio" | "video") =>
      pc.addTransceiver(kind, { direction: "sendonly" }).sender;
    this.#senders = { audio: sender("audio"), video: sender("video") };
    this.#channels.control.onmessage = ({ data }) => {
      this.#said.push(JSON.parse(data));
      this.#wake();
    };
    this.#channels.probe.onmessage = ({ data }) => {
      this.#roundTrips.push(performance.now() - new DataView(data).getFloat64(4));
    };
    await pc.setLocalDescription();
    const { sdp } = pc.localDescription as RTCSessionDescription;
    this.#options.line.send({ t: "signaltest", description: { type: "offer", sdp } });
    await this.#until(
      () => this.#steps.some(({ at }) => at === "answered"),
      CONNECT_WITHIN_MS - this.#tookMs(),
    );
    const answer = this.#steps.find(({ at }) => at === "answered")?.description;
    // The server may have looked for its own addresses for long: the path has time of its own, as far as there is any.
    const most = Math.min(PATH_WITHIN_MS, this.#leftMs() - MEASURED_WITHIN_MS);
    const withinMs = Math.max(CONNECT_WITHIN_MS - this.#tookMs(), most);
    if (answer) {
      await pc.setRemoteDescription(answer as Required<Description> as RTCSessionDescriptionInit);
      const open = () => channels.every((channel) => channel.readyState === "open");
      await this.#until(() => open() || pc.connectionState === "failed", withinMs);
      if (open()) return "connected";
    }
    const tried = pc.connectionState === "failed" || withinMs >= PATH_WITHIN_MS;
    return answer && tried ? "blocked" : "late";
  }

  // -- measuring ---------------------------------------------------------------------------------

  async #measure(): Promise<void> {
    const tracks = this.#options.line.tracks();
    if (tracks.audio !== null) await this.#senders?.audio.replaceTrack(tracks.audio);
    this.#options.onStage("delay", 0);
    await this.#probe();
    const route = await this.#route();
    if (route !== null) this.#figures.route = route;
    this.#options.onStage("upload", 0);
    await this.#upload();
    this.#options.onStage("download", 0);
    await this.#download();
    this.#options.onStage("devices", 0);
    await this.#devices();
  }

  async #probe(): Promise<void> {
    const probe = this.#channels?.probe;
    const untilMs = performance.now() + this.#share();
    while (performance.now() < untilMs && probe?.readyState === "open") {
      const message = new DataView(new ArrayBuffer(PROBE_BYTES));
      message.setUint32(0, this.#sent++);
      message.setFloat64(4, performance.now());
      probe.send(message);
      await this.#pause(PROBE_EVERY_MS);
    }
    const roundTrip = median(this.#roundTrips) ?? 500;
    await this.#pause(Math.min(1_000, 1.5 * roundTrip + 50));
    const heard = await this.#ask({ do: "heard" }, "heard");
    const arrived = heard === null ? null : Number(heard.probes);
    this.#figures.rtt_ms = whole(median(this.#roundTrips));
    this.#figures.jitter_ms = whole(jitterOf(this.#roundTrips));
    if (arrived === null) {
      this.#figures.loss_up_percent = null;
      return;
    }
    this.#figures.loss_up_percent = lossOf(this.#sent, arrived);
    this.#figures.loss_down_percent = lossOf(arrived, this.#roundTrips.length);
  }

  async #upload(): Promise<void> {
    const burst = this.#channels?.burst;
    if (burst === undefined) return;
    const message = new Uint8Array(BURST_MESSAGE_BYTES);
    const untilMs = performance.now() + this.#share();
    const everyMs = this.#everyMs();
    burst.bufferedAmountLowThreshold = BUFFERED_BYTES / 2;
    burst.onbufferedamountlow = () => this.#wake();
    this.#figures.up_kbps = null;
    let sent = 0;
    const send = () => {
      burst.send(message);
      sent++;
    };
    while (performance.now() < untilMs && sent < MAX_BURST_MESSAGES - TRAIN) {
      if (everyMs > 0) {
        message[0] = (message[0] ?? 0) + 1;
        for (let i = 0; i < TRAIN; i++) send();
        await this.#pause(everyMs);
      } else {
        while (burst.bufferedAmount < BUFFERED_BYTES && sent < MAX_BURST_MESSAGES) send();
        await this.#until(() => burst.bufferedAmount < BUFFERED_BYTES, PROBE_EVERY_MS);
      }
    }
    const arrived = await this.#ask({ do: "up" }, "up");
    const at = ((arrived?.at ?? []) as number[]).map((tenths) => tenths / 10);
    this.#keepRate("up_kbps", at, (arrived?.trains ?? []) as number[]);
  }

  async #download(): Promise<void> {
    const burst = this.#channels?.burst;
    if (burst === undefined) return;
    const at: number[] = [];
    const trains: number[] = [];
    burst.onmessage = ({ data }) => {
      at.push(performance.now());
      trains.push(new DataView(data).getUint8(0));
    };
    this.#figures.down_kbps = null;
    const ms = Math.round(this.#share());
    const question = { do: "down", ms, every_ms: this.#everyMs() };
    await this.#ask(question, "down", ms + ANSWER_WITHIN_MS);
    burst.onmessage = null;
    this.#keepRate("down_kbps", at, trains);
  }

  /** Over a lossy way few trains arrive whole: what they do not tell is not known, and the losses say enough. */
  #keepRate(figure: "up_kbps" | "down_kbps", atMs: number[], trains: number[]): void {
    const lossy = this.#everyMs() > 0;
    const rate = lossy ? rateOfTrains(atMs, trains, WIRE_BYTES) : rateOf(atMs, WIRE_BYTES);
    if (rate === null && lossy) delete this.#figures[figure];
    else this.#figures[figure] = rate;
  }

  /** Over a lossy way, a pause between trains that outlasts the round trip; 0: a burst without pauses. */
  #everyMs(): number {
    const { loss_up_percent: up, loss_down_percent: down, rtt_ms: roundTrip } = this.#figures;
    const lossy = Math.max(up ?? 0, down ?? 0) >= LOSSY_PERCENT;
    return lossy ? Math.round(Math.max(50, 1.3 * (roundTrip ?? 0))) : 0;
  }

  async #devices(): Promise<void> {
    const { audio, video } = this.#options.line.tracks();
    const camera = this.#senders?.video;
    if (video !== null && camera !== undefined) {
      const ms = this.#share();
      await camera.replaceTrack(video);
      await this.#pause(ms / 3);
      const first = await outbound(camera);
      await this.#pause((ms * 2) / 3);
      const last = await outbound(camera);
      if (first !== null && last !== null && last.frames > first.frames) {
        this.#figures.camera_width = last.width;
        this.#figures.camera_height = last.height;
        const tookS = (last.atMs - first.atMs) / 1000;
        this.#figures.camera_fps = Math.round((last.frames - first.frames) / tookS);
      }
    }
    if (audio === null) return;
    const heard = await this.#ask({ do: "heard" }, "heard");
    if (heard !== null) this.#figures.microphone_heard = heard.microphone === true;
  }

  /** How the packets travel: whichever end goes through a TURN server, the path does. */
  async #route(): Promise<Route | null> {
    const report = await this.#pc?.getStats();
    if (report === undefined) return null;
    const all = new Map<string, Record<string, unknown>>(report as never);
    const transport = [...all.values()].find(({ type }) => type === "transport");
    const chosen = all.get(String(transport?.selectedCandidatePairId));
    const pair =
      chosen ??
      [...all.values()].find((x) => x.type === "candidate-pair" && x.nominated === true) ??
      {};
    const kinds = [pair.localCandidateId, pair.remoteCandidateId].map(
      (id) => all.get(String(id))?.candidateType,
    );
    if (kinds.includes("relay")) return "relayed";
    if (kinds[0] === undefined) return null;
    return kinds[0] === "host" ? "direct" : "reflexive";
  }

  // -- waiting -----------------------------------------------------------------------------------

  async #ask(
    question: { do: string; ms?: number; every_ms?: number },
    answer: string,
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<{ readonly [key: string]: unknown } | null> {
    this.#said = [];
    this.#channels?.control.send(JSON.stringify(question));
    const find = () => this.#said.find(({ did }) => did === answer);
    await this.#until(() => find() !== undefined, Math.min(withinMs, this.#leftMs()));
    return find() ?? null;
  }

  #tookMs(): number {
    return performance.now() - this.#beganMs;
  }

  #leftMs(): number {
    return DONE_WITHIN_MS - this.#tookMs();
  }

  /** The next part's time, or less of it where connecting took long or answers do. */
  #share(): number {
    const left = this.#parts.reduce((sum, ms) => sum + ms, 0);
    const answers = 300 + 4 * (median(this.#roundTrips) ?? 200);
    return Math.max(0, (this.#parts.shift() ?? 0) * Math.min(1, (this.#leftMs() - answers) / left));
  }

  #pause(ms: number): Promise<void> {
    return this.#until(() => false, ms);
  }

  /** Until the condition holds, at most so long. Throws when it is over, whatever was waited for. */
  async #until(condition: () => boolean, withinMs: number): Promise<void> {
    const endsMs = performance.now() + withinMs;
    for (;;) {
      this.#check();
      if (condition()) return;
      const leftMs = endsMs - performance.now();
      if (leftMs <= 0) return;
      await new Promise<void>((wake) => {
        this.#wake = wake;
        if (leftMs < Number.POSITIVE_INFINITY) setTimeout(wake, leftMs);
      });
    }
  }

  #check(): void {
    const at = this.#pc?.connectionState;
    const dead = at === "closed" || (this.#live && at === "failed");
    const over = this.#beganMs > 0 && this.#steps.some(({ at }) => at === "over");
    const late = this.#beganMs > 0 && this.#leftMs() <= 0;
    if (this.#options.signal.aborted || dead || over || late) throw new Over();
  }
}

interface Encoded {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly atMs: number;
}

/** What the encoder has made of the camera so far. */
async function outbound(sender: RTCRtpSender): Promise<Encoded | null> {
  for (const entry of (await sender.getStats()).values()) {
    if (entry.type !== "outbound-rtp" || typeof entry.frameWidth !== "number") continue;
    const { framesEncoded, frameWidth, frameHeight, timestamp } = entry;
    return { frames: framesEncoded, width: frameWidth, height: frameHeight, atMs: timestamp };
  }
  return null;
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

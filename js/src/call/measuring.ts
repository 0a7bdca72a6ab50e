// What this page measures of its own person while in the call: when they spoke, and how their connections were.
// Told to the server every few seconds, for the record: times and figures alone, never a sound.
import type { Figures, Measured, Stretch } from "../protocol/types.ts";
import { CLOSES_AT, OPENS_AT } from "./level.ts";
import type { Local } from "./local.ts";
import { median } from "./median.ts";
import type { Peer } from "./peer.ts";
import { type Sample, sampleOf } from "./quality.ts";

const LISTEN_EVERY_MS = 50;
const VOICE_EVERY_MS = 5_000;
const QUALITY_EVERY_MS = 10_000;
/** A shorter silence belongs to what is being said (Heldner & Edlund 2010, J. Phonetics 38: pauses from 180–200 ms). */
const PAUSE_MS = 200;
/** Somebody who goes on talking is told of in parts: a page that closes loses no more than this. */
const LONGEST_MS = 15_000;
/** How much sound one look at the level takes in. */
const WINDOW_MS = 43;
/** The protocol's limits. */
const MAX_BACK_MS = 60_000;
const MAX_SPANS = 64;

/** Loudness, look by look → when somebody spoke. Pure. */
export class Utterances {
  #from: number | null = null;
  #last = 0;
  #done: { from: number; to: number }[] = [];

  hear(level: number, nowMs: number): void {
    if (level >= (this.#from === null ? OPENS_AT : CLOSES_AT)) {
      this.#from ??= nowMs - WINDOW_MS;
      this.#last = nowMs;
    }
    if (this.#from === null) return;
    if (nowMs - this.#last >= PAUSE_MS) this.end();
    else if (nowMs - this.#from >= LONGEST_MS) {
      this.end();
      this.#from = nowMs;
    }
  }

  /** Nothing more of what is being said is heard. */
  end(): void {
    if (this.#from !== null) this.#done.push({ from: this.#from, to: this.#last });
    this.#from = null;
  }

  /** What ended and was not yet told, counted back from now. It stays until `told`. */
  read(nowMs: number): Stretch[] {
    this.#done = this.#done.filter(({ to }) => nowMs - to < MAX_BACK_MS).slice(-MAX_SPANS);
    const back = (ms: number) => Math.min(MAX_BACK_MS, Math.max(0, Math.round(nowMs - ms)));
    return this.#done.map(({ from, to }) => ({ from_back_ms: back(from), to_back_ms: back(to) }));
  }

  told(): void {
    this.#done = [];
  }
}

/** Two looks at the same connections → the figures of the time between. Pure. */
export function figuresOf(
  before: ReadonlyMap<string, Sample>,
  now: ReadonlyMap<string, Sample>,
  overMs: number,
): Figures {
  let [received, lost, bytesIn, bytesOut] = [0, 0, 0, 0];
  for (const [id, sample] of now) {
    const known = before.get(id);
    // Counters that went back are those of a new connection to the same person.
    const earlier =
      known && sample.received >= known.received && sample.bytesIn >= known.bytesIn
        ? known
        : undefined;
    received += sample.received - (earlier?.received ?? 0);
    lost += Math.max(0, sample.lost - (earlier?.lost ?? 0));
    bytesIn += sample.bytesIn - (earlier?.bytesIn ?? 0);
    bytesOut += sample.bytesOut - (earlier?.bytesOut ?? 0);
  }
  const rtt = median([...now.values()].map((sample) => sample.rttMs));
  const jitter = median([...now.values()].map((sample) => sample.jitterMs));
  const kbps = (bytes: number) => tenths(Math.max(0, bytes * 8) / overMs);
  return {
    over_ms: Math.min(MAX_BACK_MS, Math.round(overMs)),
    ...(rtt === null ? {} : { rtt_ms: Math.min(MAX_BACK_MS, tenths(rtt)) }),
    ...(jitter === null ? {} : { jitter_ms: Math.min(MAX_BACK_MS, tenths(jitter)) }),
    ...(received + lost > 0 ? { loss: Math.round((lost / (received + lost)) * 1e4) / 1e4 } : {}),
    ...(now.size > 0 ? { kbps_in: kbps(bytesIn), kbps_out: kbps(bytesOut) } : {}),
  };
}

export interface MeasuringOptions {
  local: { readonly state: Pick<Local["state"], "microphone">; readonly meter: Local["meter"] };
  peers(): ReadonlyMap<string, Pick<Peer, "stats">>;
  /** Whether the session is live: before that nothing is recorded. */
  live(): boolean;
  /** False: not sent. */
  send(message: Measured): boolean;
  now?: () => number;
}

export class Measuring {
  readonly #options: MeasuringOptions;
  readonly #now: () => number;
  #utterances = new Utterances();
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Whether the record knows that this page listens. */
  #announced = false;
  #voiceMs = 0;
  #qualityMs = 0;
  #samples: ReadonlyMap<string, Sample> = new Map();

  constructor(options: MeasuringOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  start(): void {
    this.stop();
    this.#utterances = new Utterances();
    this.#announced = false;
    this.#samples = new Map();
    this.#voiceMs = this.#qualityMs = this.#now();
    this.#timer = setInterval(() => this.#listen(), LISTEN_EVERY_MS);
  }

  /** Tells what is left, as far as the connection is still there. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#utterances.end();
    this.#tellVoice();
  }

  #listen(): void {
    const { meter, state } = this.#options.local;
    const now = this.#now();
    if (meter.works) this.#utterances.hear(state.microphone.on ? meter.level() : 0, now);
    if (now - this.#voiceMs >= VOICE_EVERY_MS) {
      this.#voiceMs = now;
      this.#tellVoice();
    }
    if (now - this.#qualityMs >= QUALITY_EVERY_MS) {
      const over = now - this.#qualityMs;
      this.#qualityMs = now;
      void this.#tellQuality(over);
    }
  }

  #tellVoice(): void {
    const voice = this.#utterances.read(this.#now());
    if (!this.#options.live()) {
      this.#utterances.told();
      return;
    }
    if (voice.length === 0 && (this.#announced || !this.#options.local.meter.works)) return;
    if (!this.#options.send({ t: "measured", voice })) return;
    this.#utterances.told();
    this.#announced = true;
  }

  async #tellQuality(overMs: number): Promise<void> {
    const samples = new Map<string, Sample>();
    for (const [id, peer] of this.#options.peers()) {
      const report = await peer.stats();
      const sample = report === null ? null : sampleOf(report.values());
      // Nothing came yet: no connection of which to tell.
      if (sample !== null && (sample.rttMs !== null || sample.received > 0))
        samples.set(id, sample);
    }
    if (this.#timer === undefined || samples.size === 0) return;
    this.#options.send({ t: "measured", quality: figuresOf(this.#samples, samples, overMs) });
    this.#samples = samples;
  }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

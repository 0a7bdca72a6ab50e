// How good a connection is, from what the browser measured. `grade` and `sampleOf` are pure.
import type { Peer } from "./peer.ts";

export type Grade = "good" | "fair" | "poor" | "unknown";

export interface Quality {
  readonly grade: Grade;
  /** Round trip, ms; null where nothing was measured. */
  readonly rttMs: number | null;
  /** Lost packets since the last look, 0 to 1. */
  readonly loss: number | null;
  /** The path goes through a relay server. */
  readonly relayed: boolean;
}

export interface Sample {
  readonly rttMs: number | null;
  /** Interarrival jitter of what is received, ms. */
  readonly jitterMs: number | null;
  readonly received: number;
  readonly lost: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly relayed: boolean;
}

interface Entry {
  readonly type: string;
  readonly id: string;
  readonly state?: string;
  readonly nominated?: boolean;
  readonly selected?: boolean;
  readonly selectedCandidatePairId?: string;
  readonly currentRoundTripTime?: number;
  readonly localCandidateId?: string;
  readonly candidateType?: string;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly jitter?: number;
  readonly bytesReceived?: number;
  readonly bytesSent?: number;
}

export function sampleOf(report: Iterable<unknown>): Sample {
  const entries = [...report] as Entry[];
  const pair = pairInUse(entries);
  const inbound = entries.filter((entry) => entry.type === "inbound-rtp");
  const sum = (key: "packetsReceived" | "packetsLost") =>
    inbound.reduce((total, entry) => total + (entry[key] ?? 0), 0);
  const seconds = pair?.currentRoundTripTime;
  const jitters = inbound.flatMap(({ jitter }) => (jitter === undefined ? [] : [jitter]));
  return {
    rttMs: seconds === undefined ? null : Math.round(seconds * 1_000),
    jitterMs: jitters.length === 0 ? null : Math.max(...jitters) * 1_000,
    received: sum("packetsReceived"),
    lost: sum("packetsLost"),
    bytesIn: pair?.bytesReceived ?? 0,
    bytesOut: pair?.bytesSent ?? 0,
    relayed: entries.some(
      (entry) => entry.id === pair?.localCandidateId && entry.candidateType === "relay",
    ),
  };
}

/** Several pairs may be nominated; the transport says which one carries the call (Firefox has none, and marks it). */
function pairInUse(entries: readonly Entry[]): Entry | undefined {
  const selected = entries.find((entry) => entry.type === "transport")?.selectedCandidatePairId;
  const pairs = entries.filter((entry) => entry.type === "candidate-pair");
  return (
    pairs.find((pair) => pair.id === selected || pair.selected) ??
    pairs.find((pair) => pair.nominated && pair.state === "succeeded")
  );
}

/** Two samples of one connection, one after the other; the limits are those of a comfortable talk (ITU-T G.114). */
export function grade(before: Sample | null, now: Sample): Quality {
  const lost = now.lost - (before?.lost ?? 0);
  const all = lost + now.received - (before?.received ?? 0);
  const loss = all > 0 ? Math.max(0, lost) / all : null;
  const { rttMs, relayed } = now;
  if (rttMs === null && loss === null) return { grade: "unknown", rttMs, loss, relayed };
  const bad = (rtt: number, part: number) => (rttMs ?? 0) > rtt || (loss ?? 0) > part;
  return {
    grade: bad(400, 0.08) ? "poor" : bad(200, 0.02) ? "fair" : "good",
    rttMs,
    loss,
    relayed,
  };
}

/** Remembers the last look at each connection, for what happened since. */
export class Gauge {
  #samples: ReadonlyMap<string, Sample> = new Map();

  async look(
    peers: ReadonlyMap<string, Pick<Peer, "stats">>,
  ): Promise<ReadonlyMap<string, Quality>> {
    const found = new Map<string, Quality>();
    const samples = new Map<string, Sample>();
    for (const [id, peer] of peers) {
      const report = await peer.stats();
      if (report === null) continue;
      const sample = sampleOf(report.values());
      samples.set(id, sample);
      found.set(id, grade(this.#samples.get(id) ?? null, sample));
    }
    this.#samples = samples;
    return found;
  }
}

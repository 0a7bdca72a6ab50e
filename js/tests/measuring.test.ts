import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { figuresOf, Measuring, Utterances } from "../src/call/measuring.ts";
import { sampleOf } from "../src/call/quality.ts";
import type { Measured } from "../src/protocol/types.ts";

const LOUD = 0.6;

function heard(...stretches: [from: number, to: number][]): Utterances {
  const utterances = new Utterances();
  for (let ms = 0; ms <= 60_000; ms += 50) {
    const loud = stretches.some(([from, to]) => ms >= from && ms < to);
    utterances.hear(loud ? LOUD : 0, ms);
  }
  return utterances;
}

test("what was said is told with its beginning and end", () => {
  const [one, two, ...more] = heard([10_000, 12_000], [15_000, 15_300]).read(60_000);
  expect(more).toEqual([]);
  expect(one).toEqual({ from_back_ms: 50_043, to_back_ms: 48_050 });
  expect(two).toEqual({ from_back_ms: 45_043, to_back_ms: 44_750 });
});

test("a breath does not end an utterance, a pause does", () => {
  expect(heard([1_000, 2_000], [2_100, 3_000]).read(60_000)).toHaveLength(1);
  expect(heard([1_000, 2_000], [2_300, 3_000]).read(60_000)).toHaveLength(2);
});

test("what is being said is not told before it ends, unless it goes on for long", () => {
  const utterances = new Utterances();
  for (let ms = 0; ms <= 5_000; ms += 50) utterances.hear(LOUD, ms);
  expect(utterances.read(5_000)).toEqual([]);
  for (let ms = 5_050; ms <= 20_000; ms += 50) utterances.hear(LOUD, ms);
  utterances.end();
  const parts = utterances.read(20_000);
  expect(parts).toHaveLength(2);
  expect(parts[0]?.to_back_ms).toBe(parts[1]?.from_back_ms);
});

test("what was told is not told again; what is older than a minute is forgotten", () => {
  const utterances = heard([1_000, 2_000], [30_000, 31_000]);
  expect(utterances.read(70_000)).toHaveLength(1);
  utterances.told();
  expect(utterances.read(70_000)).toEqual([]);
});

const sample = (received: number, lost: number, bytes: number, rtt = 0.02) =>
  sampleOf([
    {
      type: "candidate-pair",
      id: "p",
      state: "succeeded",
      nominated: true,
      currentRoundTripTime: rtt,
      bytesReceived: bytes,
      bytesSent: 2 * bytes,
    },
    {
      type: "inbound-rtp",
      id: "i",
      packetsReceived: received,
      packetsLost: lost,
      jitter: 0.0125,
    },
  ]);

test("figures are those of the time between two looks, over all connections", () => {
  const before = new Map([["a", sample(1_000, 50, 100_000)]]);
  const now = new Map([
    ["a", sample(1_090, 60, 225_000)],
    ["b", sample(100, 0, 0, 0.3)],
  ]);
  expect(figuresOf(before, now, 10_000)).toEqual({
    over_ms: 10_000,
    rtt_ms: 160,
    jitter_ms: 12.5,
    loss: 0.05,
    kbps_in: 100,
    kbps_out: 200,
  });
  const anew = new Map([["a", sample(100, 4, 10_000)]]);
  expect(figuresOf(before, anew, 10_000)).toMatchObject({ loss: 0.0385, kbps_in: 8 });
  expect(figuresOf(new Map(), new Map(), 10_000)).toEqual({ over_ms: 10_000 });
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function page() {
  const sent: Measured[] = [];
  const now = {
    on: true,
    level: 0,
    works: true,
    open: true,
    live: true,
    stats: new Map<string, unknown>([["p", { type: "inbound-rtp", id: "i", packetsReceived: 5 }]]),
  };
  const meter = {
    level: () => now.level,
    get works() {
      return now.works;
    },
  };
  const local = {
    meter,
    get state() {
      return { microphone: { on: now.on } };
    },
  };
  const measuring = new Measuring({
    local: local as never,
    peers: () => new Map([["p", { stats: async () => now.stats as never }]]),
    live: () => now.live,
    send: (message) => now.open && sent.push(message) > 0,
    now: () => Date.now(),
  });
  measuring.start();
  const voices = () => sent.flatMap(({ voice }) => (voice ? [voice.length] : []));
  const qualities = () => sent.flatMap(({ quality }) => (quality ? [quality] : []));
  return { now, measuring, sent, voices, qualities };
}

test("that somebody listens is told once, what is said every few seconds", async () => {
  const { now, voices, qualities } = page();
  await vi.advanceTimersByTimeAsync(20_100);
  expect(voices()).toEqual([0]);
  expect(qualities()).toHaveLength(2);
  now.level = LOUD;
  await vi.advanceTimersByTimeAsync(1_000);
  now.level = 0;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(voices()).toEqual([0, 1]);
});

test("who listens before the session is live says so once it is", async () => {
  const { now, sent, voices } = page();
  now.live = false;
  now.level = LOUD;
  await vi.advanceTimersByTimeAsync(6_000);
  now.level = 0;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(sent.filter(({ voice }) => voice)).toEqual([]);
  now.live = true;
  await vi.advanceTimersByTimeAsync(5_100);
  expect(voices()).toEqual([0]);
});

test("muted is silent, and without a microphone nothing is claimed", async () => {
  const muted = page();
  muted.now.on = false;
  muted.now.level = LOUD;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(muted.voices()).toEqual([0]);
  const deaf = page();
  deaf.now.works = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(deaf.voices()).toEqual([]);
  deaf.measuring.stop();
  expect(deaf.voices()).toEqual([]);
});

test("what could not be sent is told when the connection is back; the last words when it ends", async () => {
  const { now, measuring, sent, voices } = page();
  now.open = false;
  now.level = LOUD;
  await vi.advanceTimersByTimeAsync(1_000);
  now.level = 0;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent).toEqual([]);
  now.open = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(voices()).toEqual([1]);
  now.level = LOUD;
  await vi.advanceTimersByTimeAsync(1_000);
  measuring.stop();
  expect(voices()).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(voices()).toEqual([1, 1]);
});

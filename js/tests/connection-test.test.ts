import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  CONNECT_WITHIN_MS,
  type Outcome,
  type Stage,
  type TestMessage,
  testConnection,
} from "../src/call/connection-test.ts";
import type { TestStep } from "../src/protocol/types.ts";

const READY: Omit<TestStep, "t"> = {
  at: "ready",
  ice: { t: "ice", servers: [{ urls: ["turn:x"] }], relay_only: true, expires_at_ms: 0 },
};

class FakeChannel {
  readyState = "connecting";
  bufferedAmount = 0;
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  send = vi.fn();
}

/** As much of RTCPeerConnection as a test touches; it connects when told to. */
class FakeConnection {
  connectionState = "new";
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  localDescription = { type: "offer", sdp: "v=0" };
  readonly channels: FakeChannel[] = [];
  readonly close = vi.fn();
  readonly setRemoteDescription = vi.fn(async () => undefined);
  readonly setLocalDescription = vi.fn(async () => undefined);
  constructor(readonly configuration: RTCConfiguration) {}
  createDataChannel() {
    const made = new FakeChannel();
    this.channels.push(made);
    return made;
  }
  addTransceiver() {
    return { sender: { replaceTrack: vi.fn(async () => undefined) } };
  }
}

function start(connected = true) {
  const sent: TestMessage[] = [];
  const stages: [Stage, number][] = [];
  const abort = new AbortController();
  const made: FakeConnection[] = [];
  let hear: ((step: TestStep) => void) | null = null;
  const outcome: Promise<Outcome> = testConnection({
    line: {
      send: (message) => sent.push(message) > 0 && connected,
      listen: (onStep) => {
        hear = onStep;
      },
      tracks: () => ({ audio: null, video: null }),
    },
    signal: abort.signal,
    onStage: (stage, place) => stages.push([stage, place]),
    create: (configuration) => {
      const pc = new FakeConnection(configuration);
      made.push(pc);
      return pc as unknown as RTCPeerConnection;
    },
  });
  const say = async (step: Omit<TestStep, "t">) => {
    hear?.({ t: "teststep", ...step });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { sent, stages, abort, made, outcome, say };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("while others test, the place in the queue is told until it is one's turn", async () => {
  const t = start();
  await t.say({ at: "queued", place: 2 });
  await t.say({ at: "queued", place: 1 });
  expect(t.stages).toEqual([
    ["queued", 2],
    ["queued", 1],
  ]);
  await t.say(READY);
  expect(t.stages.at(-1)).toEqual(["connecting", 0]);
  expect(t.made[0]?.configuration.iceTransportPolicy).toBe("relay");
  expect(t.sent.at(-1)).toEqual({ t: "signaltest", description: { type: "offer", sdp: "v=0" } });
  t.abort.abort();
  expect(await t.outcome).toEqual({ kind: "cancelled" });
});

test.each(["busy", "unavailable"] as const)(
  "%s is the outcome when the server says so",
  async (at) => {
    const t = start();
    await t.say({ at });
    expect(await t.outcome).toEqual({ kind: at });
    expect(t.sent.at(-1)).toEqual({ t: "endtest" });
  },
);

test("without a connection to the server there is no test", async () => {
  expect(await start(false).outcome).toEqual({ kind: "failed" });
});

test("an answer without a path is called blocked, after a while or as soon as the browser knows", async () => {
  const slow = start();
  await slow.say(READY);
  await slow.say({ at: "answered", description: { type: "answer", sdp: "v=0" } });
  await vi.advanceTimersByTimeAsync(CONNECT_WITHIN_MS);
  const blocked = { kind: "report", report: { verdict: "blocked", causes: ["no_path"] } };
  expect(await slow.outcome).toEqual(blocked);
  expect(slow.made[0]?.close).toHaveBeenCalled();

  const quick = start();
  await quick.say(READY);
  await quick.say({ at: "answered", description: { type: "answer", sdp: "v=0" } });
  const [pc] = quick.made;
  if (pc === undefined) throw new Error("no connection");
  pc.connectionState = "failed";
  pc.onconnectionstatechange?.();
  expect(await quick.outcome).toEqual(blocked);
});

test("no answer at all, or an end by the server, is a failure and no verdict", async () => {
  const silent = start();
  await silent.say(READY);
  await vi.advanceTimersByTimeAsync(CONNECT_WITHIN_MS);
  expect(await silent.outcome).toEqual({ kind: "failed" });
  const ended = start();
  await ended.say(READY);
  await ended.say({ at: "over" });
  expect(await ended.outcome).toEqual({ kind: "failed" });
});

test("a cancelled test closes its connection and tells the server", async () => {
  const t = start();
  await t.say(READY);
  t.abort.abort();
  expect(await t.outcome).toEqual({ kind: "cancelled" });
  expect(t.made[0]?.close).toHaveBeenCalled();
  expect(t.sent.at(-1)).toEqual({ t: "endtest" });
});

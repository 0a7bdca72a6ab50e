import { expect, test } from "vitest";
import { Gauge, grade, sampleOf } from "../src/call/quality.ts";

const report = (rtt: number, received: number, lost: number, candidateType = "host") => [
  {
    type: "candidate-pair",
    id: "p",
    state: "succeeded",
    nominated: true,
    currentRoundTripTime: rtt,
    localCandidateId: "l",
  },
  { type: "local-candidate", id: "l", candidateType },
  { type: "inbound-rtp", id: "i", packetsReceived: received, packetsLost: lost },
];

test.each([
  [0.03, 0, "good"],
  [0.25, 0, "fair"],
  [0.03, 5, "fair"],
  [0.5, 0, "poor"],
  [0.03, 20, "poor"],
] as const)("a round trip of %f s and %i of 100 packets lost is %s", (rtt, lost, expected) => {
  const before = sampleOf(report(rtt, 1_000, 50));
  const now = sampleOf(report(rtt, 1_100 - lost, 50 + lost));
  expect(grade(before, now).grade).toBe(expected);
});

test("what was lost long ago no longer counts", () => {
  const before = sampleOf(report(0.02, 100, 900));
  expect(grade(before, sampleOf(report(0.02, 1_100, 900))).grade).toBe("good");
});

test("without a measurement nothing is claimed", () => {
  expect(grade(null, sampleOf([])).grade).toBe("unknown");
});

test("a relayed path is named", () => {
  expect(sampleOf(report(0.02, 1, 0, "relay")).relayed).toBe(true);
  expect(sampleOf(report(0.02, 1, 0)).relayed).toBe(false);
});

test("of several nominated paths the one in use counts", () => {
  const idle = { type: "candidate-pair", id: "q", state: "succeeded", nominated: true };
  const transport = { type: "transport", id: "t", selectedCandidatePairId: "p" };
  expect(sampleOf([idle, ...report(0.25, 1, 0)]).rttMs).toBeNull();
  expect(sampleOf([idle, ...report(0.25, 1, 0), transport]).rttMs).toBe(250);
  const marked = report(0.25, 1, 0).map((entry) => ({ ...entry, selected: entry.id === "p" }));
  expect(sampleOf([idle, ...marked]).rttMs).toBe(250);
});

test("each look counts from the one before, and a closed connection is left out", async () => {
  const gauge = new Gauge();
  const reports = [report(0.02, 100, 100), report(0.02, 200, 100)];
  const peer = { stats: async () => new Map((reports.shift() ?? []).map((e) => [e.id, e])) };
  const closed = { stats: async () => null };
  const peers = new Map<string, { stats: () => Promise<unknown> }>();
  peers.set("a", peer).set("b", closed);

  expect((await gauge.look(peers as never)).get("a")?.grade).toBe("poor");
  const second = await gauge.look(peers as never);
  expect(second.get("a")?.grade).toBe("good");
  expect(second.has("b")).toBe(false);
});

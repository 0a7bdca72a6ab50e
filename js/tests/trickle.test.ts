import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FIRST_TRICKLE_MS, MAX_BATCH, TRICKLE_MS, Trickle } from "../src/call/trickle.ts";
import type { Candidate } from "../src/protocol/types.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  const sent: (readonly Candidate[])[] = [];
  const trickle = new Trickle((candidates) => sent.push(candidates));
  const add = (candidate: string) =>
    trickle.add({
      toJSON: () => ({ candidate, sdpMid: "0", sdpMLineIndex: 0 }),
    } as RTCIceCandidate);
  return { trickle, sent, add };
}

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("the first candidate goes at once, the others in batches, and the end of them is an empty one", async () => {
  const { trickle, sent, add } = start();
  add("c1");
  expect(sent).toEqual([[{ candidate: "c1", sdpMid: "0", sdpMLineIndex: 0 }]]);
  add("c2");
  add("c3");
  expect(sent).toHaveLength(1);
  await wait(FIRST_TRICKLE_MS);
  expect(sent[1]).toHaveLength(2);
  add("c4");
  await wait(TRICKLE_MS - 1);
  expect(sent).toHaveLength(2);
  await wait(1);
  expect(sent[2]).toHaveLength(1);
  for (let n = 0; n < MAX_BATCH; n++) add(`d${n}`);
  expect(sent[3]).toHaveLength(MAX_BATCH);
  trickle.add(null);
  expect(sent[4]).toEqual([{ candidate: "" }]);
});

test("what is left goes before another description, whose first goes at once again", () => {
  const { trickle, sent, add } = start();
  add("c1");
  add("c2");
  trickle.turn();
  expect(sent).toHaveLength(2);
  add("d1");
  expect(sent).toHaveLength(3);
});

test("a way that no other accepts is not told", () => {
  const { sent, add } = start();
  add("candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0");
  expect(sent).toHaveLength(0);
  add("candidate:2 1 udp 2122260223 192.0.2.1 50000 typ host generation 0");
  expect(sent).toHaveLength(1);
});

test("a closed one says nothing any more", async () => {
  const { trickle, sent, add } = start();
  add("c1");
  add("c2");
  trickle.close();
  await wait(TRICKLE_MS);
  expect(sent).toHaveLength(1);
});

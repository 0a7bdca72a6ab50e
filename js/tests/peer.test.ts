import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  CONNECT_LATE_MS,
  CONNECT_WITHIN_MS,
  REPEAT_AFTER_MS,
  RESTART_AFTER_MS,
  RESTART_LATE_MS,
} from "../src/call/peer.ts";
import { MIC, quiet, start } from "./fake-connection.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the answering side puts its tracks on what the offer made", async () => {
  const { pc, peer, sent } = start({ offers: false });
  expect(pc.transceivers).toHaveLength(0);
  peer.receive({ type: "offer", sdp: "x" }, []);
  await quiet();
  expect(pc.transceivers.map((one) => one.direction)).toEqual(["sendrecv", "sendrecv"]);
  expect(pc.transceivers[0]?.sender.replaceTrack).toHaveBeenCalledWith(MIC);
  expect(sent.at(-1)?.description?.type).toBe("answer");
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

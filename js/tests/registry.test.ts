import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { borrow, LINGER_MS, OtherVersion, REGISTRY } from "../src/call/registry.ts";
import { ROOM_API, type RoomCall } from "../src/call/room.ts";

function fakeCall(api = ROOM_API) {
  return { api, close: vi.fn<() => void>() } as unknown as RoomCall & { close(): void };
}

beforeEach(() => {
  vi.useFakeTimers();
  delete (globalThis as { [REGISTRY]?: unknown })[REGISTRY];
});
afterEach(() => void vi.useRealTimers());

test("two views of one session share one call", () => {
  const make = vi.fn(() => fakeCall());
  expect(borrow("s", make).call).toBe(borrow("s", make).call);
  expect(make).toHaveBeenCalledOnce();
});

test("another session is another call", () => {
  expect(borrow("s1", () => fakeCall()).call).not.toBe(borrow("s2", () => fakeCall()).call);
});

test("running the cell again within the linger time finds the same call", () => {
  const call = fakeCall();
  const first = borrow("s", () => call);
  first.release();
  vi.advanceTimersByTime(LINGER_MS - 1);
  expect(borrow("s", () => fakeCall()).call).toBe(call);
  vi.advanceTimersByTime(LINGER_MS * 2);
  expect(call.close).not.toHaveBeenCalled();
});

test("the call closes when nobody has borrowed it for the linger time", () => {
  const call = fakeCall();
  borrow("s", () => call).release();
  vi.advanceTimersByTime(LINGER_MS);
  expect(call.close).toHaveBeenCalledOnce();
  expect(borrow("s", () => fakeCall()).call).not.toBe(call);
});

test("giving back twice counts once", () => {
  const call = fakeCall();
  const first = borrow("s", () => call);
  borrow("s", () => call);
  first.release();
  first.release();
  vi.advanceTimersByTime(LINGER_MS * 2);
  expect(call.close).not.toHaveBeenCalled();
});

test("a copy of the module that was loaded later uses the earlier copy's call", async () => {
  const call = fakeCall();
  borrow("s", () => call);
  vi.resetModules();
  const later = await import("../src/call/registry.ts");
  expect(later.borrow).not.toBe(borrow);
  expect(later.borrow("s", () => fakeCall()).call).toBe(call);
});

test("a call of another version is not used, and the page says so", () => {
  borrow("s", () => fakeCall());
  const entries = (globalThis as unknown as { [REGISTRY]: Map<string, { call: { api: number } }> })[
    REGISTRY
  ];
  const entry = entries.get("s");
  if (entry !== undefined) entry.call.api = ROOM_API + 1;
  expect(() => borrow("s", () => fakeCall())).toThrow(OtherVersion);
});

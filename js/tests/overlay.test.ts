import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { person, rows, source, state } from "../gallery/rows.ts";
import type { CallState, RoomCall } from "../src/call/room.ts";
import { en } from "../src/strings/en.ts";
import { openRoom } from "../src/ui/context.ts";
import { overlayOf } from "../src/ui/overlay.ts";

beforeEach(() => {
  vi.stubGlobal("navigator", { mediaDevices: { getDisplayMedia: () => undefined } });
});
afterEach(() => vi.unstubAllGlobals());

function room(more: Partial<CallState> = {}, asked: ("microphone" | "camera")[] = []) {
  const me = person("me", { you: true, asked });
  const now = state({ rows: rows([me, person("b")]), ...more });
  const call = { read: () => now, subscribe: () => () => undefined } as unknown as RoomCall;
  const [made, stop] = openRoom(call, () => en, false);
  stop();
  return made;
}

test("nothing lies over a room where nothing is asked", () => {
  expect(overlayOf(room(), "session")).toBeNull();
});

test("a provider's question is shown, the microphone's before the camera's", () => {
  expect(overlayOf(room({}, ["camera"]), "session")).toBe("askedCamera");
  expect(overlayOf(room({}, ["camera", "microphone"]), "session")).toBe("askedMicrophone");
});

test("what is on, or opening, was answered and is not asked again", () => {
  const local = state({}).local;
  const on = { ...local, microphone: source({ on: true }) };
  const opening = { ...local, microphone: source({ opening: true }) };
  expect(overlayOf(room({ local: on }, ["microphone"]), "session")).toBeNull();
  expect(overlayOf(room({ local: opening }, ["microphone"]), "session")).toBeNull();
});

test("what was declined is not asked again while the server has not heard of it", () => {
  const declined = new Set(["microphone"] as const);
  expect(overlayOf(room({ declined }, ["microphone"]), "session")).toBeNull();
  expect(overlayOf(room({ declined }, ["camera", "microphone"]), "session")).toBe("askedCamera");
});

test("what somebody is about to do goes before what they are asked", () => {
  const one = room({}, ["microphone"]);
  one.page.devices.value = true;
  expect(overlayOf(one, "session")).toBe("askedMicrophone");
  one.page.stage.sharing.value = true;
  expect(overlayOf(one, "session")).toBe("share");
  one.page.stage.removing.value = "b";
  expect(overlayOf(one, "session")).toBe("remove");
  one.page.ending.value = true;
  expect(overlayOf(one, "session")).toBe("end");
});

test("who went away is not asked about any more", () => {
  const one = room();
  one.page.stage.removing.value = "gone";
  expect(overlayOf(one, "session")).toBeNull();
});

test("a paused person sees no question of the session", () => {
  expect(overlayOf(room({}, ["microphone"]), "paused")).toBeNull();
});

test("a phone that cannot share is never asked whether to", () => {
  vi.stubGlobal("navigator", { mediaDevices: {} });
  const one = room();
  one.page.stage.sharing.value = true;
  expect(overlayOf(one, "session")).toBeNull();
});

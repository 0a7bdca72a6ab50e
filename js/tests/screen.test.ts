import { expect, test } from "vitest";
import { person, rows, state } from "../gallery/rows.ts";
import type { Phase } from "../src/protocol/types.ts";
import { screenOf } from "../src/ui/screen.ts";

const me = (phase: Phase) => rows([person("me", { you: true, phase })]);

test.each([
  ["preparing", "preparation"],
  ["waiting", "waiting"],
  ["paused", "paused"],
  ["admitted", "session"],
  ["declined", "declined"],
  ["removed", "removed"],
  ["left", "left"],
] as const)("a client who is %s sees %s", (phase, screen) => {
  expect(screenOf(state({ rows: me(phase) }))).toBe(screen);
});

test("a lost connection changes no screen: the call goes on", () => {
  expect(screenOf(state({ rows: me("admitted"), link: { at: "lost", sinceMs: 0 } }))).toBe(
    "session",
  );
});

test("before the first rows the page says that it connects", () => {
  expect(screenOf(state({ link: { at: "connecting" } }))).toBe("connecting");
});

test("a page without a link asks for it", () => {
  expect(screenOf(state({ known: false, link: { at: "connecting" } }))).toBe("openAgain");
});

test("leaving shows at once, before the server knows", () => {
  expect(screenOf(state({ rows: me("admitted"), leaving: true }))).toBe("left");
});

test("an ended session is ended, whoever left it and however that was learnt", () => {
  const ended = rows([person("me", { you: true, phase: "left" })], { phase: "ended" });
  expect(screenOf(state({ rows: ended, leaving: true }))).toBe("ended");
  const link = { at: "closed", code: "SESSION_ENDED", message: null, durationMs: 1 } as const;
  expect(screenOf(state({ link }))).toBe("ended");
});

test.each([
  ["LINK_UNKNOWN", "linkProblem"],
  ["LINK_EXPIRED", "linkProblem"],
  ["LINK_REVOKED", "linkProblem"],
  ["RESUME_UNKNOWN", "openAgain"],
  ["RESUME_REUSED", "otherTab"],
  ["SEAT_TAKEN", "moved"],
  ["REMOVED", "removed"],
  ["UNKNOWN_SESSION", "refused"],
  [null, "refused"],
] as const)("closed with %s shows %s", (code, screen) => {
  const link = { at: "closed", code, message: null, durationMs: null } as const;
  expect(screenOf(state({ link, rows: me("admitted") }))).toBe(screen);
});

test("a provider stays in the lobby until this view holds the call", () => {
  const desk = state({ door: "host", rows: me("admitted") });
  expect(screenOf(desk)).toBe("session");
  expect(screenOf({ ...desk, rows: { ...me("admitted"), seat: "elsewhere" } })).toBe("lobby");
  expect(screenOf({ ...desk, rows: me("invited") })).toBe("lobby");
  expect(screenOf({ ...desk, entering: true })).toBe("lobby");
  expect(screenOf({ ...desk, leaving: true })).toBe("lobby");
});

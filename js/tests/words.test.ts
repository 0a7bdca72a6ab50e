import { expect, test } from "vitest";
import { line, NOW, person, rows, session, source, state } from "../gallery/rows.ts";
import { problemOf } from "../src/call/devices.ts";
import { en } from "../src/strings/en.ts";
import { pick } from "../src/strings/index.ts";
import { announcements, minutesLeft } from "../src/ui/announcements.ts";
import {
  audienceOf,
  audiences,
  authorOf,
  chosenOf,
  fromOthers,
  readersOf,
} from "../src/ui/chat-lines.ts";
import { initialsOf, labelOf, nameOf, shortName } from "../src/ui/names.ts";
import { clock } from "../src/ui/StageHead.tsx";

test("durations are words with the right plural", () => {
  expect(en.duration(20_000)).toBe("less than a minute");
  expect(en.duration(60_000)).toBe("1 minute");
  expect(en.duration(48 * 60_000)).toBe("48 minutes");
  expect(en.duration(3_600_000)).toBe("1 hour");
  expect(en.duration(3_660_000 + 3_600_000)).toBe("2 hours 1 minute");
});

test("the elapsed time reads like a clock", () => {
  expect(clock(761_000)).toBe("12:41");
  expect(clock(3_761_000)).toBe("1:02:41");
  expect(clock(-5)).toBe("00:00");
});

test("an unknown language falls back to English", () => {
  expect(pick(["xx-YY", "de"])).toBe(en);
  expect(pick(["en-GB"])).toBe(en);
});

test("every device failure has a sentence with a remedy", () => {
  for (const name of ["NotAllowedError", "NotFoundError", "NotReadableError", "Odd"]) {
    const error = Object.assign(new Error("x"), { name });
    expect(en.problem("camera", problemOf(error))).toMatch(/camera.+\. .+|camera.+ and try again/);
  }
  expect(en.problem("both", "insecure")).toContain("https");
  expect(
    problemOf(Object.assign(new Error("Permission denied by system"), { name: "NotAllowedError" })),
  ).toBe("system");
  expect(problemOf(null)).toBe("unknown");
});

test("staff see a code where there is no name, clients see a role", () => {
  expect(nameOf(person("p", { code: "P07" }), en)).toBe("Client P07");
  expect(shortName(person("p", { code: "P07" }), en)).toBe("P07");
  expect(nameOf(person("p"), en)).toBe("Client");
  expect(nameOf(person("p", { role: "provider" }), en)).toBe("Your provider");
  expect(labelOf(person("p", { name: "Ana", you: true }), en)).toBe("Ana (you)");
  expect(labelOf(person("p", { you: true }), en)).toBe("You");
});

test("initials stand in for a picture, whole graphemes only", () => {
  expect(initialsOf(person("p", { name: "Ana María Ruiz" }), en)).toBe("AR");
  expect(initialsOf(person("p", { code: "P07" }), en)).toBe("P07");
  expect(initialsOf(person("p", { name: "👩‍🚀 x" }), en)).toBe("👩‍🚀X");
});

test("a client in the session writes to everyone, a waiting one only to the waiting room", () => {
  const inside = rows([person("me", { you: true })]);
  const waits = rows([person("me", { you: true, phase: "waiting" })]);
  expect(audiences(inside, false, en).map(({ to }) => to)).toEqual(["everyone"]);
  expect(audiences(waits, false, en).map(({ to }) => to)).toEqual(["waiting"]);
});

test("a provider writes to rooms and to each person who is there", () => {
  const people = rows([
    person("t", { you: true, role: "provider" }),
    person("a", { code: "P07" }),
    person("b", { code: "P08", phase: "waiting" }),
    person("c", { code: "P09", phase: "left" }),
  ]);
  expect(audiences(people, true, en).map(({ to }) => to)).toEqual([
    "everyone",
    "waiting",
    "a",
    "b",
  ]);
});

test("a supervisor writes to staff alone", () => {
  const people = rows([person("s", { you: true, role: "supervisor" })]);
  expect(audiences(people, false, en).map(({ to }) => to)).toEqual(["staff"]);
});

test("a line says who wrote it and, to staff, for whom", () => {
  const people = rows([person("t", { you: true, role: "provider" }), person("a", { code: "P07" })]);
  const said = line("1", { person: "a", role: "client", to: "waiting" });
  expect(authorOf(said, people, en)).toBe("Client P07");
  expect(audienceOf(said, people, en)).toBe("to the waiting room");
  const client = rows([person("a", { you: true })]);
  expect(audienceOf(line("2", { to: "everyone" }), client, en)).toBeNull();
  expect(authorOf(line("2", {}), client, en)).toBe("Your provider");
});

test("a line's author bears the name that they bear now, not the one that was taken back", () => {
  const people = rows([person("t", { you: true, role: "provider" }), person("a", { code: "P07" })]);
  const said = line("1", { person: "a", role: "client", name: "Dr. Reed" });
  expect(authorOf(said, people, en)).toBe("Client P07");
  expect(authorOf(said, rows([person("t", { you: true })]), en)).toBe("Dr. Reed");
});

test("own and earlier lines are not unread", () => {
  expect(fromOthers([line("1", {}), line("2", { own: true }), line("3", { earlier: true })])).toBe(
    1,
  );
});

test("joins, leaves, waiting people and messages are announced once", () => {
  const ana = person("a", { name: "Ana" });
  const desk = person("t", { role: "provider", you: true });
  const before = state({ door: "host", rows: rows([desk, { ...ana, phase: "waiting" }]) });
  const after = state({
    door: "host",
    rows: rows([desk, ana, person("b", { code: "P08", phase: "waiting" })]),
    chat: [line("1", { person: "a", name: "Ana", text: "Hi" })],
  });
  expect(announcements(before, after, false, en)).toEqual([
    "Ana joined the session.",
    "Client P08 is waiting.",
    "Message from Ana: Hi",
  ]);
  expect(announcements(after, after, false, en)).toEqual([]);
  expect(announcements(before, after, true, en)).not.toContain("Message from Ana: Hi");
  expect(announcements(after, before, false, en)).toContain("Ana left the session.");
});

test("being muted by the provider is announced", () => {
  const before = state({});
  const forced = source({ had: true, forcedOff: true });
  const after = { ...before, local: { ...before.local, microphone: forced } };
  expect(announcements(before, after, false, en)).toEqual(["Your provider muted you."]);
});

test("a waiting client hears nothing about the people in the session", () => {
  const me = person("me", { you: true, phase: "waiting" });
  const before = state({ rows: rows([me], session({ startedAtMs: NOW })) });
  const after = state({ rows: rows([me, person("a", { name: "Ana" })]) });
  expect(announcements(before, after, false, en)).toEqual([]);
});

test("a screen reader hears who shares, who is paused and what is said, as far as it is wanted", () => {
  const me = person("me", { you: true, name: "Ana" });
  const ben = { name: "Ben", publications: [] };
  const before = state({ rows: rows([me, person("b", ben)]) });
  const shares = person("b", { ...ben, publications: [{ source: "screen", muted: false }] });
  const said = [{ id: "1", person: "b", name: "Ben", text: "Look at this", cameMs: 0 }];
  const after = state({ rows: rows([me, shares]), captions: said });
  expect(announcements(before, after, false, en)).toEqual([
    "Ben shares a screen.",
    "Ben says: Look at this",
  ]);
  expect(announcements(before, after, false, en, "important")).toEqual([]);
  const paused = state({ rows: rows([me, person("b", { ...ben, phase: "paused" })]) });
  expect(announcements(before, paused, false, en)).toEqual(["Ben is paused."]);
  const forced = { ...before.local, microphone: source({ forcedOff: true }) };
  expect(announcements(before, { ...before, local: forced }, false, en, "important")).toEqual([
    "Your provider muted you.",
  ]);
  expect(announcements(before, { ...before, local: forced }, false, en, "none")).toEqual([]);
});

test("in a group it is said who reads a message, in a talk of two it goes without saying", () => {
  const me = person("me", { you: true });
  const group = rows([me], { kind: "group" });
  expect(readersOf("everyone", group, en)).toBe("Everyone in the session reads this.");
  expect(readersOf("waiting", group, en)).toBe(en.chat.groupNote);
  expect(readersOf("staff", group, en)).toBeNull();
  expect(readersOf("everyone", rows([me]), en)).toBeNull();
});

test("a draft keeps the readers it was begun for; with nothing written the situation decides", () => {
  const [all, ana] = [
    { to: "everyone", label: "Everyone" },
    { to: "a", label: "Ana" },
  ];
  expect(chosenOf([all, ana], "", null, null)).toBe(all);
  expect(chosenOf([all, ana], "", null, "a")).toBe(ana);
  expect(chosenOf([ana, all], "Hello", "everyone", null)).toBe(all);
  expect(chosenOf([all, { to: "b", label: "Ben" }], "Only for you", "a", "a")).toBeNull();
  expect(chosenOf([all, { to: "b", label: "Ben" }], "  ", "a", "a")).toBe(all);
  expect(chosenOf([{ to: "waiting", label: "" }], "Hello", "everyone", null)?.to).toBe("waiting");
  expect(chosenOf([], "Hello", null, null)).toBeNull();
});

test("a warning about the time is read out once, and true at any moment", () => {
  const me = person("me", { you: true });
  const warned = { endsAtMs: Date.now() + 350_000, warnedMin: 10 };
  const before = state({ rows: rows([me], session({ ...warned, warnedMin: null })) });
  const after = state({ rows: rows([me], session(warned)) });
  expect(announcements(before, after, false, en)).toEqual(["This session ends in 6 minutes."]);
  expect(announcements(after, after, false, en)).toEqual([]);
  expect(minutesLeft(1_000, 0)).toBe(1);
  expect(minutesLeft(600_000, 0)).toBe(10);
});

import { expect, test } from "vitest";
import type { PersonRow, Snapshot } from "../src/protocol/types.ts";
import { applyChange, fromSnapshot, isOn, ownRow, waiting } from "../src/store/rows.ts";

const row = (id: string, more: Partial<PersonRow> = {}): PersonRow => ({
  id,
  role: "client",
  phase: "waiting",
  ...more,
});

const snapshot = (...people: PersonRow[]): Snapshot => ({
  t: "snapshot",
  epoch: "e",
  seq: 1,
  session: { id: "s", kind: "individual", phase: "open" },
  people,
  you: { person: "me", seat: "here" },
});

test("what the wire leaves out has its default", () => {
  const rows = fromSnapshot(snapshot(row("p")));
  expect(rows.people.get("p")).toMatchObject({
    name: null,
    connected: false,
    publications: [],
    link: null,
  });
  expect(rows.session).toMatchObject({ recorded: true, title: null, providerPresent: false });
});

test("a changed row replaces the whole row, so what is left out is gone", () => {
  const rows = fromSnapshot(snapshot(row("p", { name: "Ana", reason: "x" })));
  const next = applyChange(rows, { t: "change", seq: 2, people: [row("p", { name: "Ana" })] });
  expect(next.people.get("p")?.reason).toBeNull();
  expect(rows.people.get("p")?.reason).toBe("x");
});

test("rows that are gone disappear, new ones come last", () => {
  const rows = fromSnapshot(snapshot(row("a"), row("b")));
  const next = applyChange(rows, { t: "change", seq: 2, people: [row("c")], gone: ["a"] });
  expect([...next.people.keys()]).toEqual(["b", "c"]);
});

test("session and seat change only when they are told", () => {
  const rows = fromSnapshot(snapshot(row("me", { you: true })));
  const same = applyChange(rows, { t: "change", seq: 2 });
  expect(same.session).toBe(rows.session);
  expect(same.seat).toBe("here");
  const next = applyChange(rows, {
    t: "change",
    seq: 2,
    session: { id: "s", kind: "individual", phase: "ended", duration_ms: 5 },
    you: { person: "me", seat: "elsewhere" },
  });
  expect(next.session.durationMs).toBe(5);
  expect(next.seat).toBe("elsewhere");
  expect(ownRow(next)?.id).toBe("me");
});

test("a seat of a word unknown to this page counts as none", () => {
  const start = snapshot();
  const rows = fromSnapshot({ ...start, you: { person: "me", seat: "somewhere" } });
  expect(rows.seat).toBe("none");
});

test("who has waited longest comes first, and oneself is not in the list", () => {
  const rows = fromSnapshot(
    snapshot(
      row("late", { since_ms: 30 }),
      row("early", { since_ms: 10 }),
      row("me", { since_ms: 1, you: true }),
      row("in", { phase: "admitted" }),
    ),
  );
  expect(waiting(rows).map((person) => person.id)).toEqual(["early", "late"]);
});

test("a source is on only if it is offered and not muted", () => {
  const rows = fromSnapshot(
    snapshot(row("p", { publications: [{ source: "camera", muted: true }] })),
  );
  const person = rows.people.get("p");
  expect(person && isOn(person, "camera")).toBe(false);
  expect(person && isOn(person, "microphone")).toBe(false);
});

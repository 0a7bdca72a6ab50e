// Plain questions about chat: who wrote a line, who reads a draft, what is unread. No component here.
import type { ChatLine } from "../call/room.ts";
import { inPhase, isStaff, ownRow, type Person, type Rows } from "../store/rows.ts";
import type { Strings } from "../strings/index.ts";
import { nameOf } from "./names.ts";

export interface Audience {
  readonly to: string;
  readonly label: string;
}

export function authorOf(line: ChatLine, rows: Rows | null, t: Strings): string {
  if (line.own) return t.person.you;
  // The name borne now first: the one borne then may have been taken back.
  const person = rows?.people.get(line.person);
  if (person !== undefined) return nameOf(person, t);
  if (line.name !== null) return line.name;
  return line.role === "provider" ? t.person.yourProvider : t.person.plain[line.role];
}

/** `to the waiting room`, or nothing where it goes without saying. */
export function audienceOf(line: ChatLine, rows: Rows | null, t: Strings): string | null {
  const me = rows === null ? null : ownRow(rows);
  if (me === null) return null;
  if (line.to === me.id) return t.chat.toYou;
  if (line.to === "staff") return t.chat.toStaff;
  if (!isStaff(me)) return null;
  if (line.to === "everyone") return t.chat.toEveryone;
  if (line.to === "waiting") return t.chat.toWaiting;
  const person = rows?.people.get(line.to);
  return person === undefined ? null : t.chat.toPerson(nameOf(person, t));
}

/** Whom this person can write to now, the likeliest first. Empty: nobody. The server has the last word. */
export function audiences(rows: Rows, desk: boolean, t: Strings): Audience[] {
  const me = ownRow(rows);
  if (me === null) return [];
  const everyone = { to: "everyone", label: t.chat.everyone };
  const waiting = { to: "waiting", label: t.chat.waitingRoom };
  const staff = { to: "staff", label: t.chat.staff };
  if (me.role === "client") return [me.phase === "admitted" ? everyone : waiting];
  if (me.role === "supervisor") return [staff];
  if (!desk && me.phase !== "admitted") return [];
  const others = [...rows.people.values()].filter((person) => !person.you);
  const rooms =
    inPhase(rows, "admitted").some((person) => !person.you) || inPhase(rows, "waiting").length === 0
      ? [everyone, waiting]
      : [waiting, everyone];
  return [
    ...rooms,
    ...(others.some((person) => isStaff(person)) ? [staff] : []),
    ...others.filter(isPresent).map((person) => ({ to: person.id, label: nameOf(person, t) })),
  ];
}

/**
 * Who reads the draft. A draft that was begun keeps its readers: when they are gone, somebody has to be chosen (null),
 * and nobody else gets to read it by accident. Who has no choice writes to whomever they can.
 */
export function chosenOf(
  options: readonly Audience[],
  draft: string,
  begunFor: string | null,
  wanted: string | null,
): Audience | null {
  const [first = null, ...more] = options;
  if (more.length === 0) return first;
  const of = (to: string | null) => options.find((option) => option.to === to);
  if (draft.trim() !== "" && begunFor !== null) return of(begunFor) ?? null;
  return of(wanted) ?? first;
}

/** Who reads what a waiting person writes, said above the box: there is no choice to say it. */
export function audienceNote(rows: Rows, t: Strings): string {
  return rows.session.kind === "individual" ? t.chat.privateNote : t.chat.groupNote;
}

/** The public notice of a group, above the box: who reads what is written to `to`. Individual sessions need none. */
export function readersOf(to: string, rows: Rows | null, t: Strings): string | null {
  if (rows?.session.kind !== "group") return null;
  if (to === "everyone") return t.room.everyoneReads;
  return to === "waiting" ? t.chat.groupNote : null;
}

/** What counts for the unread badge. */
export function fromOthers(chat: readonly ChatLine[]): number {
  return chat.filter((line) => !line.own && !line.earlier).length;
}

function isPresent(person: Person): boolean {
  return ["preparing", "waiting", "admitted", "paused"].includes(person.phase);
}

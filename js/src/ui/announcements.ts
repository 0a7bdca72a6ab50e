// What a screen reader is told when the state changes. Pure: two states in, sentences out.
import type { CallState } from "../call/room.ts";
import { ownRow, type Person, sharer } from "../store/rows.ts";
import type { Verbosity } from "../store/stage.ts";
import type { Strings } from "../strings/index.ts";
import { captionName } from "./caption-name.ts";
import { authorOf } from "./chat-lines.ts";
import { nameOf } from "./names.ts";

/** `important`: only what concerns this person. */
export function announcements(
  before: CallState,
  after: CallState,
  chatOpen: boolean,
  t: Strings,
  verbosity: Verbosity = "all",
): string[] {
  if (verbosity === "none") return [];
  const said: string[] = [];
  if (before.link.at === "lost" && after.link.at === "open") said.push(t.announce.back);
  if (verbosity === "all") said.push(...ofPeople(before, after, t), ...captions(before, after, t));
  for (const device of ["microphone", "camera"] as const) {
    if (!before.local[device].forcedOff && after.local[device].forcedOff) {
      said.push(
        device === "microphone" ? t.announce.mutedByProvider : t.announce.videoStoppedByProvider,
      );
    }
  }
  const { warnedMin = null, endsAtMs = null } = after.rows?.session ?? {};
  if (warnedMin !== null && endsAtMs !== null && warnedMin !== before.rows?.session.warnedMin) {
    said.push(t.room.endsIn(minutesLeft(endsAtMs, Date.now() + after.clockOffsetMs)));
  }
  if (!chatOpen && before.chat !== after.chat) {
    const known = new Set(before.chat.map((line) => line.id));
    for (const line of after.chat) {
      if (line.own || line.earlier || known.has(line.id)) continue;
      said.push(t.announce.message(authorOf(line, after.rows, t), line.text));
    }
  }
  return said;
}

/** Whole minutes until then, at least one. */
export function minutesLeft(endsAtMs: number, nowMs: number): number {
  return Math.max(1, Math.round((endsAtMs - nowMs) / 60_000));
}

function captions(before: CallState, after: CallState, t: Strings): string[] {
  if (before.captions === after.captions) return [];
  const known = new Set(before.captions.map((line) => line.id));
  return after.captions
    .filter((line) => !known.has(line.id))
    .map((line) => t.room.say.caption(captionName(line, after.rows, t), line.text));
}

function ofPeople(before: CallState, after: CallState, t: Strings): string[] {
  if (before.rows === null || after.rows === null || before.rows === after.rows) return [];
  const me = ownRow(after.rows);
  if (me === null || (me.phase !== "admitted" && after.door === "guest")) return [];
  const said: string[] = [];
  const was = before.rows.people;
  const is = after.rows.people;
  const inside = (person: Person | undefined): boolean => person?.phase === "admitted";
  for (const person of is.values()) {
    if (person.you) continue;
    const earlier = was.get(person.id);
    if (inside(person) && !inside(earlier)) said.push(t.announce.joined(nameOf(person, t)));
    if (!inside(person) && inside(earlier)) {
      const words = person.phase === "paused" ? t.room.say.paused : t.announce.left;
      said.push(words(nameOf(person, t)));
    }
    if (person.phase === "waiting" && earlier?.phase !== "waiting") {
      said.push(t.announce.waits(nameOf(person, t)));
    }
  }
  for (const person of was.values()) {
    if (inside(person) && !is.has(person.id)) said.push(t.announce.left(nameOf(person, t)));
  }
  const shared = sharer(before.rows);
  const shares = sharer(after.rows);
  if (shares?.id !== shared?.id) {
    if (shared !== null && !shared.you) said.push(t.room.say.sharesNoMore(nameOf(shared, t)));
    if (shares !== null && !shares.you) said.push(t.room.say.shares(nameOf(shares, t)));
  }
  return said;
}

// What the room looks like at a moment: the state of a call that nobody is in. Pure.
import type { CallState, ChatLine, Remote } from "../call/room.ts";
import type { Role } from "../protocol/types.ts";
import type { Person, Rows } from "../store/rows.ts";
import type { Recording } from "./recording.ts";
import { countUntil, holds } from "./spans.ts";
import { READ_ONLY } from "./stand-in.ts";

/** Who looks on: somebody of the staff who never was in the session. */
export const REVIEWER = "reviewer";

const reviewer: Person = {
  id: REVIEWER,
  role: "supervisor",
  phase: "left",
  you: true,
  name: null,
  code: null,
  connected: false,
  sinceMs: null,
  camera: null,
  microphone: null,
  simulated: false,
  revoked: false,
  verified: false,
  reason: null,
  place: null,
  publications: [],
  asked: [],
  connection: null,
  inCall: false,
  link: null,
};

/** Answers for one recording; equal moments are the same object, so that nothing is drawn twice. */
export class Moments {
  readonly #recording: Recording;
  readonly #chat: readonly ChatLine[];
  readonly #chatTimes: Float64Array;
  #last: { key: string; state: CallState } | null = null;
  #seen: { rows: Rows; mine: Rows } | null = null;
  #lines: readonly ChatLine[] = [];

  constructor(recording: Recording, message: (characters: number) => string) {
    this.#recording = recording;
    const timed = chatOf(recording, message);
    this.#chat = timed.map(([, line]) => line);
    this.#chatTimes = Float64Array.from(timed, ([t]) => t);
  }

  at(t: number): CallState {
    const { film, people } = this.#recording;
    const speaking = people.filter(({ id }) => this.#is(id, "speaking", "yes", t));
    const poor = people.filter(({ id }) => this.#is(id, "quality", "poor", t));
    const count = countUntil(this.#chatTimes, t);
    const ids = (list: readonly Person[]) => list.map(({ id }) => id).join(" ");
    const key = `${film.indexAt(t)}|${ids(speaking)}|${ids(poor)}|${count}`;
    if (this.#last?.key === key) return this.#last.state;
    const rows = film.rowsAt(t);
    if (this.#lines.length !== count) this.#lines = this.#chat.slice(0, count);
    const troubled = new Set(poor.map(({ id }) => id));
    const state: CallState = {
      ...READ_ONLY,
      rows: rows === null ? null : this.#mine(rows),
      chat: this.#lines,
      speaking: new Set(speaking.map(({ id }) => id)),
      remotes: new Map(
        [...(rows?.people.values() ?? [])]
          .filter((person) => person.connected)
          .map((person): [string, Remote] => [
            person.id,
            { state: troubled.has(person.id) ? "trouble" : "connected", video: null },
          ]),
      ),
    };
    this.#last = { key, state };
    return state;
  }

  #is(person: string, kind: "speaking" | "quality", value: string, t: number): boolean {
    return holds(this.#recording.lane(person, kind, value), t);
  }

  /** The provider's rows as a reviewer looks at them: nobody in them is oneself. */
  #mine(rows: Rows): Rows {
    if (this.#seen?.rows === rows) return this.#seen.mine;
    const people = new Map<string, Person>([[REVIEWER, reviewer]]);
    for (const person of rows.people.values()) {
      people.set(
        person.id,
        person.you ? { ...person, you: false, inCall: person.phase === "admitted" } : person,
      );
    }
    const mine: Rows = { ...rows, people, me: REVIEWER, seat: "none", endpoint: null };
    this.#seen = { rows, mine };
    return mine;
  }
}

/** Every message with its time. The text is in a record only where the session kept it and it was asked for. */
function chatOf(
  recording: Recording,
  message: (characters: number) => string,
): [number, ChatLine][] {
  const lines: [number, ChatLine][] = [];
  const open = new Map<string, number>();
  for (const { event, t_ms, n, person, details } of recording.events) {
    if (person == null) continue;
    if (event === "ChatSent") {
      open.set(person, lines.length);
      const role: Role = recording.person(person)?.role ?? "client";
      lines.push([
        t_ms,
        {
          id: String(n),
          person,
          to: String(details?.to ?? "everyone"),
          text: message(Number(details?.characters ?? 0)),
          atMs: recording.wallAt(t_ms),
          name: null,
          role,
          earlier: true,
          own: false,
        },
      ]);
    } else if (event === "ChatKept" && typeof details?.text === "string") {
      const at = lines[open.get(person) ?? -1];
      if (at !== undefined) at[1] = { ...at[1], text: details.text };
    }
  }
  return lines;
}

// What the server told this viewer, as rows. Applies messages, and answers plain questions about rows.
// No domain rules (who may do what is the server's), and nothing that only this page knows.
import type {
  Change,
  ConnectionReport,
  EndCause,
  LinkRow,
  PersonRow,
  Phase,
  PublicationRow,
  Role,
  SessionRow,
  Share,
  Snapshot,
  Source,
  You,
} from "../protocol/types.ts";

/** A `PersonRow` with the defaults that the wire leaves out. */
export interface Person {
  readonly id: string;
  readonly role: Role;
  readonly phase: Phase;
  readonly you: boolean;
  readonly name: string | null;
  readonly code: string | null;
  readonly connected: boolean;
  readonly sinceMs: number | null;
  readonly camera: boolean | null;
  readonly microphone: boolean | null;
  readonly simulated: boolean;
  readonly revoked: boolean;
  /** Staff are told: a provider verified who this client is. */
  readonly verified: boolean;
  readonly reason: string | null;
  /** One's own place in the queue while waiting, 1 is next; null where the session does not show it. */
  readonly place: number | null;
  /** What the last connection test found; oneself and staff are told. */
  readonly connection: ConnectionReport | null;
  readonly publications: readonly PublicationRow[];
  /** What a provider asked this person to switch on, and no answer yet. On one's own row, and on staff's rows. */
  readonly asked: readonly Source[];
  readonly inCall: boolean;
  readonly link: LinkRow | null;
}

/** A `SessionRow` with its defaults. */
export interface Session {
  readonly id: string;
  readonly kind: SessionRow["kind"];
  readonly phase: SessionRow["phase"];
  readonly title: string | null;
  readonly startedAtMs: number | null;
  readonly durationMs: number | null;
  readonly recorded: boolean;
  readonly providerName: string | null;
  readonly providerPresent: boolean;
  /** UTC ms for which a provider promised to be there, told to who waits and to staff; may have passed. */
  readonly expectedAtMs: number | null;
  /** Who may share a screen. */
  readonly share: Share;
  /** The text of chat is kept in the record, and everybody is told so. */
  readonly chatKept: boolean;
  /** UTC ms at which the session ends by itself; null: no such time, or not for this viewer. */
  readonly endsAtMs: number | null;
  /** The last warning given, minutes before the end. */
  readonly warnedMin: number | null;
  readonly endCause: EndCause | null;
}

export type Seat = "here" | "elsewhere" | "none";

export interface Rows {
  readonly session: Session;
  /** In the server's order; new people come last. */
  readonly people: ReadonlyMap<string, Person>;
  readonly me: string;
  readonly seat: Seat;
  /** One's own address in the call; another one is another stint. */
  readonly endpoint: string | null;
  /** BCP 47 tag from one's invitation; null follows the browser. */
  readonly language: string | null;
}

export function fromSnapshot(snapshot: Snapshot): Rows {
  return {
    session: sessionOf(snapshot.session),
    people: new Map(snapshot.people.map((row) => [row.id, personOf(row)])),
    ...youOf(snapshot.you),
  };
}

export function applyChange(rows: Rows, change: Change): Rows {
  const people = new Map(rows.people);
  for (const row of change.people ?? []) people.set(row.id, personOf(row));
  for (const id of change.gone ?? []) people.delete(id);
  return {
    ...rows,
    people,
    ...(change.session ? { session: sessionOf(change.session) } : {}),
    ...(change.you ? youOf(change.you) : {}),
  };
}

export function ownRow(rows: Rows): Person | null {
  return rows.people.get(rows.me) ?? null;
}

export function isStaff(person: Person): boolean {
  return person.role !== "client";
}

export function inPhase(rows: Rows, ...phases: readonly Phase[]): Person[] {
  return [...rows.people.values()].filter((person) => phases.includes(person.phase));
}

/** Who waits, the longest wait first. */
export function waiting(rows: Rows): Person[] {
  return inPhase(rows, "waiting")
    .filter((person) => !person.you)
    .sort((a, b) => (a.sinceMs ?? 0) - (b.sinceMs ?? 0));
}

export function publication(person: Person, source: Source): PublicationRow | null {
  return person.publications.find((row) => row.source === source) ?? null;
}

/** Receivers show and play only this, whatever arrives. */
export function isOn(person: Person, source: Source): boolean {
  return publication(person, source)?.muted === false;
}

/** Whose screen is shared now; at most one. */
export function sharer(rows: Rows): Person | null {
  for (const person of rows.people.values()) if (isOn(person, "screen")) return person;
  return null;
}

function personOf(row: PersonRow): Person {
  return {
    id: row.id,
    role: row.role,
    phase: row.phase,
    you: row.you ?? false,
    name: row.name ?? null,
    code: row.code ?? null,
    connected: row.connected ?? false,
    sinceMs: row.since_ms ?? null,
    camera: row.camera ?? null,
    microphone: row.microphone ?? null,
    simulated: row.simulated ?? false,
    revoked: row.revoked ?? false,
    verified: row.verified ?? false,
    reason: row.reason ?? null,
    place: row.place ?? null,
    connection: row.connection ?? null,
    publications: row.publications ?? [],
    asked: row.asked ?? [],
    inCall: row.in_call ?? false,
    link: row.link ?? null,
  };
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    kind: row.kind,
    phase: row.phase,
    title: row.title ?? null,
    startedAtMs: row.started_at_ms ?? null,
    durationMs: row.duration_ms ?? null,
    recorded: row.recorded ?? true,
    providerName: row.provider_name ?? null,
    providerPresent: row.provider_present ?? false,
    expectedAtMs: row.expected_at_ms ?? null,
    share: row.share ?? "all",
    chatKept: row.chat_kept ?? false,
    endsAtMs: row.ends_at_ms ?? null,
    warnedMin: row.warned_min ?? null,
    endCause: row.end_cause ?? null,
  };
}

function youOf(you: You): Pick<Rows, "me" | "seat" | "endpoint" | "language"> {
  const seat = you.seat === "here" || you.seat === "elsewhere" ? you.seat : "none";
  return {
    me: you.person,
    seat,
    endpoint: you.endpoint ?? null,
    language: you.language ?? null,
  };
}

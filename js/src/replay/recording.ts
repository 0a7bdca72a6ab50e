// A replay's document, made ready for asking: people, lanes, events, marks, and the wall clock. Pure; no domain rules:
// what held when was folded in Python.
import type {
  ReplayCheck,
  ReplayComment,
  ReplayData,
  ReplayEvent,
  ReplayPhase,
  ReplayTalk,
} from "../protocol/types.ts";
import type { Person } from "../store/rows.ts";
import { Film } from "./film.ts";
import { countUntil, decode, type Spans } from "./spans.ts";

/** The version of the document that this page can show (`protocol/replay.py`). */
export const VERSION = 1;

export type LaneKind =
  | "phase"
  | "connected"
  | "microphone"
  | "camera"
  | "screen"
  | "speaking"
  | "quality";

const NOTHING: Spans = new Float64Array(0);

export class Recording {
  readonly session: string;
  readonly endMs: number;
  readonly ended: boolean;
  readonly names: boolean;
  readonly film: Film;
  readonly events: readonly ReplayEvent[];
  readonly eventTimes: Float64Array;
  /** Marks that label nothing: what "next marker" goes to. */
  readonly marks: readonly ReplayEvent[];
  readonly phases: readonly ReplayPhase[];
  readonly labels: Readonly<Record<string, string>>;
  readonly talk: ReplayTalk | null;
  readonly check: ReplayCheck | null;
  readonly comments: readonly ReplayComment[];
  /** Whoever was in the session's rows at the end, in their order. */
  readonly people: readonly Person[];
  readonly #lanes = new Map<string, Spans>();
  readonly #clockTimes: Float64Array;
  readonly #clockWalls: Float64Array;

  constructor(data: ReplayData) {
    this.session = data.session;
    this.endMs = Math.max(0, data.end_ms);
    this.ended = data.ended;
    this.names = data.names;
    this.film = new Film(data.frames);
    this.events = data.events;
    this.eventTimes = Float64Array.from(data.events, (event) => event.t_ms);
    this.marks = data.events.filter((event) => event.event === "MarkPlaced" && !isLabel(event));
    this.phases = data.phases ?? [];
    this.labels = data.labels ?? {};
    this.talk = data.talk ?? null;
    this.check = data.check ?? null;
    this.comments = data.comments ?? [];
    for (const { person, kind, value, spans } of data.lanes) {
      this.#lanes.set(`${person} ${kind} ${value}`, decode(spans));
    }
    this.#clockTimes = Float64Array.from(data.clock.filter((_, i) => i % 2 === 0));
    this.#clockWalls = Float64Array.from(data.clock.filter((_, i) => i % 2 === 1));
    const last = this.film.rowsAt(Number.POSITIVE_INFINITY);
    this.people = [...(last?.people.values() ?? [])];
  }

  lane(person: string, kind: LaneKind, value: string): Spans {
    return this.#lanes.get(`${person} ${kind} ${value}`) ?? NOTHING;
  }

  /** UTC ms at a moment. */
  wallAt(t: number): number {
    const i = Math.max(0, countUntil(this.#clockTimes, t) - 1);
    return (this.#clockWalls[i] ?? 0) + t - (this.#clockTimes[i] ?? 0);
  }

  person(id: string | null | undefined): Person | null {
    return this.people.find((one) => one.id === id) ?? null;
  }

  phaseAt(t: number): ReplayPhase | null {
    return this.phases.find((phase) => phase.from_ms <= t && t < phase.to_ms) ?? null;
  }
}

/** Marks that name a phase, a study, a site or a condition are about the session, not about a moment. */
function isLabel(event: ReplayEvent): boolean {
  return /^(phase|study|site|condition)\s*:/i.test(String(event.details?.label ?? ""));
}

// How the components of a replay reach its record, its store, its words and its acts.
import { effect, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ReplayComment, ReplayEvent } from "../../protocol/types.ts";
import { chosen } from "../../replay/filters.ts";
import { Moments } from "../../replay/moment.ts";
import { advance, clamp, FASTEST, jump, rangeOf, SLOWEST, SPEEDS } from "../../replay/playback.ts";
import type { Recording } from "../../replay/recording.ts";
import { noCall } from "../../replay/stand-in.ts";
import { pageStore } from "../../store/page.ts";
import type { ReplayStore } from "../../store/replay.ts";
import type { Strings } from "../../strings/index.ts";
import type { Words } from "../../strings/replay/en.ts";
import { wordsFor } from "../../strings/replay/index.ts";
import type { Room } from "../context.ts";
import { nameOf } from "../names.ts";
import { clock } from "../StageHead.tsx";
import { Silhouette } from "./Silhouette.tsx";

export interface ReplayRoom {
  readonly recording: Recording;
  readonly store: ReplayStore;
  /** What the room's own components read. */
  readonly room: Room;
  readonly w: Words;
  /** Keeps a comment; rejects if it could not be kept. */
  readonly keep: (comment: ReplayComment) => Promise<void>;
  /** A page by itself, without a kernel. */
  readonly offline: boolean;
}

const Context = createContext<ReplayRoom | null>(null);
export const ReplayProvider = Context.Provider;

export function useReplay(): ReplayRoom {
  const replay = useContext(Context);
  if (replay === null) throw new Error("useReplay outside of a replay");
  return replay;
}

interface Parts {
  recording: Recording;
  store: ReplayStore;
  t: Strings;
  embedded: boolean;
  keep: (comment: ReplayComment) => Promise<void>;
}

/** A replay for one view, and what undoes it. */
export function openReplay({
  recording,
  store,
  t,
  embedded,
  keep,
}: Parts): [ReplayRoom, () => void] {
  const w = wordsFor(t);
  const moments = new Moments(recording, w.message);
  const state = signal(moments.at(store.time.peek()));
  const page = pageStore(0, false, false);
  const stop = effect(() => {
    const time = store.time.value;
    state.value = moments.at(time);
    // Whole seconds: what counts them need not be drawn more often.
    page.nowMs.value = Math.floor(recording.wallAt(time) / 1_000) * 1_000;
  });
  const unloop = effect(() => {
    if (store.range.value === null) store.looping.value = false;
  });
  const call = noCall(() => state.peek());
  const silhouette = (initials: string) => <Silhouette initials={initials} />;
  const room: Room = { call, state, page, t, embedded, silhouette };
  const end = () => {
    stop();
    unloop();
  };
  return [{ recording, store, room, w, keep, offline: !embedded }, end];
}

/** Lets time go on while the replay plays. Returns what stops it for good. */
export function run({ recording, store }: Pick<ReplayRoom, "recording" | "store">): () => void {
  let frame = 0;
  let before: number | null = null;
  const tick = (now: number) => {
    const passed = before === null ? 0 : now - before;
    before = now;
    const next = advance(store.time.peek(), passed, {
      speed: store.speed.peek(),
      endMs: recording.endMs,
      loop: store.looping.peek() ? store.range.peek() : null,
    });
    store.time.value = next.time;
    if (next.playing) frame = requestAnimationFrame(tick);
    else store.playing.value = false;
  };
  const stop = effect(() => {
    cancelAnimationFrame(frame);
    before = null;
    if (store.playing.value) frame = requestAnimationFrame(tick);
    else store.time.value = clamp(store.time.peek(), recording.endMs);
  });
  return () => {
    stop();
    cancelAnimationFrame(frame);
  };
}

// -- acts ------------------------------------------------------------------------------------------

export function seek({ recording, store }: ReplayRoom, time: number): void {
  store.time.value = clamp(time, recording.endMs);
}

export function toggle({ recording, store }: ReplayRoom): void {
  const atEnd = store.time.peek() >= recording.endMs && recording.endMs > 0;
  if (!store.playing.peek() && atEnd && !(store.looping.peek() && store.range.peek())) {
    store.time.value = 0;
  }
  store.playing.value = !store.playing.peek();
}

/** The next slower (-1) or faster (1) of the usual speeds. */
export function pace({ store }: ReplayRoom, by: 1 | -1): void {
  store.speed.value = jump(SPEEDS, store.speed.peek(), by) ?? (by === 1 ? FASTEST : SLOWEST);
}

/** To the next or previous of the listed events, or marks; says where that is. */
export function jumpTo(replay: ReplayRoom, what: "event" | "marker", by: 1 | -1): void {
  const { recording, store, w } = replay;
  const events = what === "marker" ? recording.marks : listed(replay);
  const at = jump(
    events.map((event) => event.t_ms),
    Math.round(store.time.peek()),
    by,
  );
  if (at === null) {
    store.said.value = w.noMore;
    return;
  }
  seek(replay, at);
  const there = events.filter((event) => event.t_ms === at);
  store.said.value = w.at(w.spoken(at), there.map((event) => sentence(replay, event)).join(". "));
}

/** One end of the range is here; the other stays, or is that of the session. */
export function mark({ recording, store }: ReplayRoom, end: "from" | "to"): void {
  const here = Math.round(store.time.peek());
  const range = store.range.peek();
  const other =
    end === "from"
      ? range !== null && range.to > here
        ? range.to
        : recording.endMs
      : range !== null && range.from < here
        ? range.from
        : 0;
  const next = rangeOf(here, other, recording.endMs);
  if (next !== null) store.range.value = next;
}

export function unmark({ store }: ReplayRoom): void {
  store.range.value = null;
  store.looping.value = false;
}

// -- words -----------------------------------------------------------------------------------------

/** The events that pass the filter. Subscribes whoever renders it. */
export function listed(replay: ReplayRoom): ReplayEvent[] {
  return chosen(replay.recording.events, replay.store.filter.value, (event) =>
    sentence(replay, event),
  );
}

export function sentence({ recording, room, w }: ReplayRoom, event: ReplayEvent): string {
  const name = (id: string | null | undefined): string => {
    const person = recording.person(id);
    return person === null ? "" : nameOf(person, room.t);
  };
  const who = name(event.person);
  const by = event.actor == null || event.actor === event.person ? "" : name(event.actor);
  const say = w.say[event.event];
  if (say === undefined) return w.other(event.event, who);
  return say(who, by === "" ? null : by, event.details ?? {});
}

/** `12:41` or `1:02:41`, as long as the session's end is. */
export function stamp(time: number, endMs: number): string {
  const words = clock(time);
  return endMs >= 3_600_000 && time < 3_600_000 ? `0:${words}` : words;
}

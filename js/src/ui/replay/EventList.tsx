// What was recorded, in sentences: filtered, searched, and each a way to its moment. One tab stop, arrows within.
import { effect } from "@preact/signals";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import type { ReplayEvent } from "../../protocol/types.ts";
import { GROUPS, type Group } from "../../replay/filters.ts";
import { countUntil } from "../../replay/spans.ts";
import { nameOf } from "../names.ts";
import { listed, seek, sentence, stamp, useReplay } from "./context.tsx";

/** Events that are in the page at once; more are asked for. */
const PAGE = 300;

export function EventList() {
  const replay = useReplay();
  const { recording, store, w } = replay;
  const filter = store.filter.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filter is read within
  const events = useMemo(() => listed(replay), [replay, filter]);
  const times = useMemo(() => events.map((event) => event.t_ms), [events]);
  const [first, setFirst] = useState(() => firstFor(countUntil(times, store.time.peek())));
  useEffect(() => {
    // Another filter, another list: it opens where the time is, and follows whenever the time goes elsewhere.
    const follow = () => setFirst(firstFor(countUntil(times, store.time.peek())));
    follow();
    return store.time.subscribe(follow);
  }, [times, store]);
  const from = Math.max(0, Math.min(first, firstFor(events.length)));
  const shown = events.slice(from, from + PAGE);
  const later = Math.max(0, events.length - from - PAGE);
  return (
    <>
      <Filters />
      <p class="muted small found" role="status">
        {w.found(events.length, recording.events.length)}
      </p>
      {events.length === 0 && <p class="muted">{w.noneFound}</p>}
      {from > 0 && (
        <button
          type="button"
          class="button button-small button-wide"
          onClick={() => setFirst(Math.max(0, from - PAGE))}
        >
          {w.earlier(from)}
        </button>
      )}
      {events.length > 0 && <Rows events={shown} untilMs={times[from + PAGE] ?? null} />}
      {later > 0 && (
        <button
          type="button"
          class="button button-small button-wide"
          onClick={() => setFirst(from + PAGE)}
        >
          {w.later(later)}
        </button>
      )}
    </>
  );
}

function firstFor(index: number): number {
  return Math.floor(Math.max(0, index - 1) / PAGE) * PAGE;
}

interface RowsProps {
  events: readonly ReplayEvent[];
  /** When the first event after these happened; null: there is none. */
  untilMs: number | null;
}

function Rows({ events, untilMs }: RowsProps) {
  const replay = useReplay();
  const { recording, store, w } = replay;
  const list = useRef<HTMLUListElement>(null);
  const times = useMemo(() => events.map((event) => event.t_ms), [events]);
  useEffect(
    // By hand: while it plays, only two rows change, and not the list.
    () =>
      effect(() => {
        const time = store.time.value;
        const now = untilMs !== null && time >= untilMs ? -1 : countUntil(times, time) - 1;
        const before = list.current?.querySelector<HTMLElement>("[aria-current]");
        const after = now < 0 ? null : (buttons(list.current)[now] ?? null);
        if (before === after) return;
        before?.removeAttribute("aria-current");
        after?.setAttribute("aria-current", "true");
        const inside = list.current?.contains(document.activeElement) ?? false;
        if (!inside) {
          setStop(list.current, after ?? buttons(list.current)[0] ?? null);
          reveal(after);
        }
      }),
    [times, store, untilMs],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const all = buttons(list.current);
    const index = all.indexOf(document.activeElement as HTMLElement);
    const to = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: Math.min(all.length - 1, index + 10),
      PageUp: Math.max(0, index - 10),
      Home: 0,
      End: all.length - 1,
    }[event.key];
    const next = to === undefined ? undefined : all[to];
    if (next === undefined) return;
    event.preventDefault();
    setStop(list.current, next);
    next.focus();
  };
  return (
    // A list without bullets is still a list to VoiceOver.
    // biome-ignore lint/a11y/noRedundantRoles: see above
    <ul ref={list} role="list" class="replay-events" aria-label={w.events} onKeyDown={onKeyDown}>
      {events.map((event, i) => (
        <li key={event.n}>
          <button
            type="button"
            class="replay-event"
            tabIndex={i === 0 ? 0 : -1}
            onClick={(click) => {
              setStop(list.current, click.currentTarget);
              seek(replay, event.t_ms);
            }}
          >
            <span class="event-time">{stamp(event.t_ms, recording.endMs)}</span>{" "}
            <bdi>{sentence(replay, event)}</bdi>
          </button>
        </li>
      ))}
    </ul>
  );
}

function buttons(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>(".replay-event") ?? [])];
}

function setStop(list: HTMLElement | null, stop: HTMLElement | null): void {
  for (const one of list?.querySelectorAll<HTMLElement>('.replay-event[tabindex="0"]') ?? []) {
    one.tabIndex = -1;
  }
  if (stop !== null) stop.tabIndex = 0;
}

/** Into view within the list's own box: the page around it stays where it is. */
function reveal(row: HTMLElement | null): void {
  const box = row?.closest<HTMLElement>(".replay-events");
  if (row === null || box == null || box.scrollHeight <= box.clientHeight) return;
  const at = row.getBoundingClientRect();
  const around = box.getBoundingClientRect();
  if (at.top < around.top) box.scrollTop -= around.top - at.top + 8;
  else if (at.bottom > around.bottom) box.scrollTop += at.bottom - around.bottom + 8;
}

function Filters() {
  const { recording, room, store, w } = useReplay();
  const filter = store.filter.value;
  const id = useId();
  const flip = (group: Group) => {
    const groups = new Set(filter.groups);
    if (!groups.delete(group)) groups.add(group);
    store.filter.value = { ...filter, groups };
  };
  return (
    <div class="replay-filters">
      <input
        type="search"
        class="input"
        aria-label={w.search}
        placeholder={w.search}
        value={filter.query}
        onInput={(event) => {
          store.filter.value = { ...filter, query: event.currentTarget.value };
        }}
      />
      <label class="unseen" for={`${id}-person`}>
        {w.person}
      </label>
      <select
        id={`${id}-person`}
        class="input select"
        value={filter.person ?? ""}
        onChange={(event) => {
          const { value } = event.currentTarget;
          store.filter.value = { ...filter, person: value === "" ? null : value };
        }}
      >
        <option value="">{w.everybody}</option>
        {recording.people.map((person) => (
          <option key={person.id} value={person.id}>
            {nameOf(person, room.t)}
          </option>
        ))}
      </select>
      <fieldset class="replay-groups">
        <legend class="unseen">{w.show}</legend>
        {GROUPS.map((group) => (
          <label key={group} class="group-choice">
            <input
              type="checkbox"
              checked={filter.groups.has(group)}
              onChange={() => flip(group)}
            />
            {w.groups[group]}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

// A lane a person, phases above, markers below, and a line for now. Drawn once: only the line moves. Its boxes are
// drawings; what they tell is in each lane's words, and the slider is the control.
import { useMemo, useRef } from "preact/hooks";
import { rangeOf } from "../../replay/playback.ts";
import { path, type Spans, total } from "../../replay/spans.ts";
import type { Person } from "../../store/rows.ts";
import { nameOf, shortName } from "../names.ts";
import { type ReplayRoom, seek, useReplay } from "./context.tsx";

/** Units of a lane's width. */
const WIDTH = 4_000;
const HEIGHT = 40;
const FINGER_MOVES_PX = 8;

interface Strip {
  readonly key: keyof ReplayRoom["w"]["lanes"];
  readonly kind: Parameters<ReplayRoom["recording"]["lane"]>[1];
  readonly values: readonly string[];
  readonly top: number;
  readonly bottom: number;
}

/** Upper part: where the person was, and their voice upon it. Lower part: a thin strip for each thing that held. */
const STRIPS: readonly Strip[] = [
  { key: "waiting", kind: "phase", values: ["waiting"], top: 4, bottom: 24 },
  { key: "admitted", kind: "phase", values: ["admitted"], top: 4, bottom: 24 },
  { key: "paused", kind: "phase", values: ["paused"], top: 4, bottom: 24 },
  { key: "speaking", kind: "speaking", values: ["yes"], top: 7, bottom: 21 },
  { key: "muted", kind: "microphone", values: ["muted"], top: 26, bottom: 29 },
  { key: "camera", kind: "camera", values: ["on"], top: 30, bottom: 33 },
  { key: "screen", kind: "screen", values: ["on", "muted"], top: 34, bottom: 37 },
  { key: "poor", kind: "quality", values: ["poor"], top: 37, bottom: 40 },
];

export function Timeline() {
  const replay = useReplay();
  const { recording, store, w } = replay;
  const field = useRef<HTMLDivElement>(null);
  const from = useRef<number | null>(null);
  /** Where a finger was put down, until it moves along the time: before that it may be about to scroll. */
  const finger = useRef<number | null>(null);
  const lanes = useMemo(() => <Lanes replay={replay} />, [replay]);
  const timeAt = (event: PointerEvent): number => {
    const box = field.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return store.time.peek();
    return Math.round(((event.clientX - box.left) / box.width) * recording.endMs);
  };
  const inField = ({ clientX, clientY }: PointerEvent): boolean => {
    const box = field.current?.getBoundingClientRect();
    if (box === undefined) return false;
    const { left, right, top, bottom } = box;
    return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
  };
  const move = (event: PointerEvent) => {
    if (from.current === null) return;
    if (finger.current !== null && Math.abs(event.clientX - finger.current) < FINGER_MOVES_PX)
      return;
    finger.current = null;
    const here = timeAt(event);
    if (event.shiftKey) store.range.value = rangeOf(from.current, here, recording.endMs);
    else seek(replay, here);
  };
  return (
    <div
      class="timeline"
      onPointerDown={(event) => {
        if (event.button !== 0 || !inField(event)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = timeAt(event);
        finger.current = event.pointerType === "touch" ? event.clientX : null;
        move(event);
      }}
      onPointerMove={move}
      onPointerUp={(event) => {
        finger.current = null;
        move(event);
        from.current = null;
      }}
      onPointerCancel={() => {
        from.current = finger.current = null;
      }}
    >
      <div class="timeline-lanes">
        <div class="timeline-inner">
          {lanes}
          <div class="timeline-field" ref={field} aria-hidden="true">
            <RangeShade />
            <Playhead />
          </div>
        </div>
      </div>
      <ul class="legend" aria-label={w.legend}>
        {STRIPS.map(({ key }) => (
          <li key={key}>
            <span class={`swatch lane-${key}`} aria-hidden="true" />
            {w.lanes[key]}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Lanes({ replay }: { replay: ReplayRoom }) {
  const { recording, room, w } = replay;
  const { phases, marks, endMs } = recording;
  const left = (t: number) => `${(100 * t) / Math.max(1, endMs)}%`;
  const came = recording.people.filter(
    ({ id, phase }) =>
      phase !== "invited" || STRIPS.some((strip) => spansOf(replay, id, strip).length > 0),
  );
  return (
    // A list without bullets is still a list to VoiceOver.
    // biome-ignore lint/a11y/noRedundantRoles: see above
    <ul role="list" aria-label={w.timeline}>
      {phases.length > 0 && (
        <li class="lane">
          <span class="lane-name">{w.phases}</span>
          <span class="lane-field">
            {phases.map((phase, i) => (
              <span
                key={`${phase.from_ms} ${phase.name}`}
                class={`study-phase study-phase-${i % 3}`}
                style={{ left: left(phase.from_ms), width: left(phase.to_ms - phase.from_ms) }}
              >
                <bdi>{phase.name}</bdi>
                <span class="unseen">, {w.spoken(phase.to_ms - phase.from_ms)}. </span>
              </span>
            ))}
          </span>
        </li>
      )}
      {came.map((person) => (
        <li key={person.id} class={`lane lane-of-${person.role}`}>
          <span class="lane-name" title={nameOf(person, room.t)}>
            <bdi>{shortName(person, room.t)}</bdi>
          </span>
          <span class="lane-field">
            <svg
              viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
              preserveAspectRatio="none"
              aria-hidden="true"
              focusable="false"
            >
              <rect class="lane-ground" x="0" y="4" width={WIDTH} height="20" />
              {STRIPS.map((strip) =>
                strip.values.map((value) => (
                  <path
                    key={`${strip.key} ${value}`}
                    class={`lane-${strip.key}`}
                    d={path(
                      recording.lane(person.id, strip.kind, value),
                      endMs,
                      WIDTH,
                      strip.top,
                      strip.bottom,
                    )}
                  />
                )),
              )}
            </svg>
            <span class="unseen">{inWords(replay, person)}</span>
          </span>
        </li>
      ))}
      {marks.length > 0 && (
        <li class="lane lane-marks">
          <span class="lane-name">{w.markers}</span>
          <span class="lane-field">
            {marks.map((event, i) => (
              <span
                key={event.n}
                class="marker"
                // No word lies over the next one.
                style={{
                  left: `min(${left(event.t_ms)}, 100% - 8px)`,
                  maxWidth: `max(13px, ${left((marks[i + 1]?.t_ms ?? endMs) - event.t_ms)})`,
                }}
              >
                <span aria-hidden="true">▾</span>
                <bdi>{String(event.details?.label ?? "")}</bdi>
                <span class="unseen">, {w.spoken(event.t_ms)}. </span>
              </span>
            ))}
          </span>
        </li>
      )}
    </ul>
  );
}

function spansOf({ recording }: ReplayRoom, person: string, strip: Strip): Spans {
  for (const value of strip.values) {
    const spans = recording.lane(person, strip.kind, value);
    if (spans.length > 0) return spans;
  }
  return new Float64Array(0);
}

/** `waiting 2 minutes, in session 46 minutes, speaking 20 minutes 3 seconds`. */
function inWords(replay: ReplayRoom, person: Person): string {
  const { w } = replay;
  const said = STRIPS.map((strip) => [strip.key, total(spansOf(replay, person.id, strip))] as const)
    .filter(([, ms]) => ms > 0)
    .map(([key, ms]) => w.lasted(w.lanes[key], w.spoken(ms)));
  return said.length > 0 ? said.join(", ") : w.never;
}

function Playhead() {
  const { recording, store } = useReplay();
  const at = (100 * store.time.value) / Math.max(1, recording.endMs);
  return <span class="playhead" style={{ left: `${at}%` }} />;
}

function RangeShade() {
  const { recording, store } = useReplay();
  const range = store.range.value;
  if (range === null) return null;
  const share = 100 / Math.max(1, recording.endMs);
  return (
    <span
      class="range-shade"
      style={{ left: `${range.from * share}%`, width: `${(range.to - range.from) * share}%` }}
    />
  );
}

// Where the replay is in time and how it goes on: play, the slider, speed, jumps, and a range to repeat.
import {
  ArrowLeftToLine,
  ArrowRightToLine,
  FlagTriangleRight,
  type LucideIcon,
  Pause,
  Play,
  Repeat,
  SkipBack,
  SkipForward,
  X,
} from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { FASTEST, SLOWEST, SPEEDS } from "../../replay/playback.ts";
import { useFocusPassed } from "../focus.ts";
import { shortName } from "../names.ts";
import { jumpTo, mark, seek, stamp, toggle, unmark, useReplay } from "./context.tsx";

export function Playback() {
  const { w } = useReplay();
  return (
    <div class="playback" role="group" aria-label={w.playback}>
      <div class="playback-row">
        <PlayButton />
        <Position />
        <Speed />
        <Jumps />
        <RangeControls />
        <span class="spring" />
        <TalkShare />
      </div>
      <Slider />
    </div>
  );
}

function PlayButton() {
  const replay = useReplay();
  const { store, w } = replay;
  const playing = store.playing.value;
  const Icon = playing ? Pause : Play;
  return (
    <button
      type="button"
      class="button button-primary play"
      aria-label={playing ? w.pause : w.play}
      title={playing ? w.pause : w.play}
      onClick={() => toggle(replay)}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}

/** `12:41 / 48:20`; the slider says it in words. */
function Position() {
  const { recording, store } = useReplay();
  const { endMs } = recording;
  return (
    <span class="position" aria-hidden="true">
      <strong>{stamp(store.time.value, endMs)}</strong>
      <span class="muted"> / {stamp(endMs, endMs)}</span>
    </span>
  );
}

function Speed() {
  const { store, w } = useReplay();
  const id = useId();
  const speed = store.speed.value;
  const choices = SPEEDS.some((one) => one === speed)
    ? [...SPEEDS]
    : [...SPEEDS, speed].sort((a, b) => a - b);
  return (
    <span class="speed">
      <label class="unseen" for={id}>
        {w.speed}
      </label>
      <select
        id={id}
        class="input select"
        title={w.speed}
        value={String(speed)}
        onChange={(event) => {
          const chosen = Number(event.currentTarget.value);
          store.speed.value = Math.min(FASTEST, Math.max(SLOWEST, chosen));
        }}
      >
        {choices.map((one) => (
          <option key={one} value={String(one)}>
            {w.times(one)}
          </option>
        ))}
      </select>
    </span>
  );
}

function Jumps() {
  const replay = useReplay();
  const { recording, w } = replay;
  return (
    <span class="key-group">
      <Key icon={SkipBack} label={w.previousEvent} act={() => jumpTo(replay, "event", -1)} />
      <Key icon={SkipForward} label={w.nextEvent} act={() => jumpTo(replay, "event", 1)} />
      {recording.marks.length > 0 && (
        <>
          <Key
            icon={FlagTriangleRight}
            label={w.previousMarker}
            mirrored
            act={() => jumpTo(replay, "marker", -1)}
          />
          <Key
            icon={FlagTriangleRight}
            label={w.nextMarker}
            act={() => jumpTo(replay, "marker", 1)}
          />
        </>
      )}
    </span>
  );
}

function RangeControls() {
  const replay = useReplay();
  const { recording, store, w } = replay;
  const range = store.range.value;
  const { endMs } = recording;
  return (
    <span class="key-group">
      <Key icon={ArrowLeftToLine} label={w.rangeStart} act={() => mark(replay, "from")} />
      <Key icon={ArrowRightToLine} label={w.rangeEnd} act={() => mark(replay, "to")} />
      {range !== null && (
        <Going>
          <Key
            icon={Repeat}
            label={w.loop}
            pressed={store.looping.value}
            act={() => {
              store.looping.value = !store.looping.peek();
            }}
          />
          <Key icon={X} label={w.clearRange} act={() => unmark(replay)} />
          <span class="small range-words">
            {w.range(stamp(range.from, endMs), stamp(range.to, endMs))}
          </span>
        </Going>
      )}
    </span>
  );
}

/** What goes away with the range; the focus does not go with it. */
function Going({ children }: { children: ComponentChildren }) {
  const root = useFocusPassed<HTMLSpanElement>();
  return (
    <span ref={root} class="key-group">
      {children}
    </span>
  );
}

interface KeyProps {
  icon: LucideIcon;
  label: string;
  act: () => void;
  pressed?: boolean;
  mirrored?: boolean;
}

function Key({ icon: Icon, label, act, pressed, mirrored = false }: KeyProps) {
  return (
    <button
      type="button"
      class={mirrored ? "icon-button key mirrored" : "icon-button key"}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={act}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}

/** `Talk share P07 58% · T1 36% · silence 6%`, of the live session; silence only where it is known. */
function TalkShare() {
  const { recording, room, w } = useReplay();
  const { talk, people } = recording;
  if (talk === null || talk.live_ms <= 0) return null;
  const said = people
    .filter(({ id }) => talk.people[id] !== undefined)
    .map(
      (one) => `${shortName(one, room.t)} ${w.share((talk.people[one.id] ?? 0) / talk.live_ms)}`,
    );
  if (talk.silence_ms !== null)
    said.push(`${w.silence} ${w.share(talk.silence_ms / talk.live_ms)}`);
  return (
    <span class="muted small talk-share">
      {w.talk} {said.join(" · ")}
    </span>
  );
}

function Slider() {
  const replay = useReplay();
  const { recording, store, w } = replay;
  const { endMs } = recording;
  const time = Math.round(store.time.value);
  return (
    <div class="time-line">
      <input
        type="range"
        class="time-slider"
        aria-label={w.time}
        min={0}
        max={Math.max(1, endMs)}
        step={1}
        value={time}
        aria-valuetext={w.timeOf(w.spoken(time), w.spoken(endMs))}
        onInput={(event) => seek(replay, Number(event.currentTarget.value))}
      />
    </div>
  );
}

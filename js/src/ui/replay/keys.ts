// Single keys for going about in time. Fields, menus and buttons keep their own.
import { FASTEST, SLOWEST } from "../../replay/playback.ts";
import { jumpTo, mark, pace, type ReplayRoom, seek, toggle } from "./context.tsx";

export function onKey(replay: ReplayRoom, event: KeyboardEvent): void {
  const { store, recording } = replay;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const { key, target } = event;
  if (!(target instanceof HTMLElement) || isBusy(target, key)) return;
  // The slider moves by its keys even where single ones are switched off.
  if (!store.keys.peek() && !(isMove(key) && target.closest("[type=range]") !== null)) return;
  const time = store.time.peek();
  const act = {
    " ": () => toggle(replay),
    ArrowLeft: () => seek(replay, time - 1_000),
    ArrowRight: () => seek(replay, time + 1_000),
    // Elsewhere they scroll.
    ...(target.closest("[type=range]") === null
      ? {}
      : {
          ArrowDown: () => seek(replay, time - 1_000),
          ArrowUp: () => seek(replay, time + 1_000),
        }),
    PageUp: () => seek(replay, time - 10_000),
    PageDown: () => seek(replay, time + 10_000),
    Home: () => seek(replay, 0),
    End: () => seek(replay, recording.endMs),
    n: () => jumpTo(replay, "event", 1),
    p: () => jumpTo(replay, "event", -1),
    m: () => jumpTo(replay, "marker", event.shiftKey ? -1 : 1),
    "[": () => mark(replay, "from"),
    "]": () => mark(replay, "to"),
    l: () => {
      store.looping.value = store.range.peek() !== null && !store.looping.peek();
    },
    "+": () => store.speed.peek() < FASTEST && pace(replay, 1),
    "-": () => store.speed.peek() > SLOWEST && pace(replay, -1),
  }[key.length === 1 ? key.toLowerCase() : key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

/** What has the focus needs this key for itself. */
function isBusy(target: HTMLElement, key: string): boolean {
  if (target.closest("textarea, select, input:not([type=range])") !== null) return true;
  if (isMove(key)) return target.closest("[role=tablist], [role=log], .replay-events") !== null;
  return key === " " && target.closest("button, summary") !== null;
}

function isMove(key: string): boolean {
  return /^(Arrow|Page|Home|End)/.test(key);
}

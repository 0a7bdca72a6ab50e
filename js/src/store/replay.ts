// What only this page knows of a replay: where time is, how it goes on, what is filtered and open. The record itself
// lives in `replay/recording.ts`, and never changes.
import { type Signal, signal } from "@preact/signals";
import type { ReplayComment } from "../protocol/types.ts";
import { EVERYTHING, type Filter } from "../replay/filters.ts";
import type { Range } from "../replay/playback.ts";

export const PANELS = ["events", "attendees", "chat", "comments"] as const;
export type ReplayPanel = (typeof PANELS)[number];

export interface ReplayStore {
  /** ms since the session opened; whole while it does not play. */
  readonly time: Signal<number>;
  readonly playing: Signal<boolean>;
  /** Times real time, 0.5–16. */
  readonly speed: Signal<number>;
  readonly range: Signal<Range | null>;
  readonly looping: Signal<boolean>;
  readonly filter: Signal<Filter>;
  readonly panel: Signal<ReplayPanel>;
  readonly comments: Signal<readonly ReplayComment[]>;
  readonly commenting: Signal<string>;
  /** What a screen reader is told about a jump. */
  readonly said: Signal<string>;
  /** Whether single keys control the replay. */
  readonly keys: Signal<boolean>;
}

export function replayStore(comments: readonly ReplayComment[]): ReplayStore {
  return {
    time: signal(0),
    playing: signal(false),
    speed: signal(1),
    range: signal(null),
    looping: signal(false),
    filter: signal(EVERYTHING),
    panel: signal("events"),
    comments: signal(comments),
    commenting: signal(""),
    said: signal(""),
    keys: signal(true),
  };
}

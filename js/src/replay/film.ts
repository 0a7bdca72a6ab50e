// The provider's rows at any moment: frames as a live view got them, applied by the same `store/rows.ts`.
// Keeps nothing but the last answer, and folds at most the changes since a keyframe.
import type { ReplayFrame, Snapshot } from "../protocol/types.ts";
import { applyChange, fromSnapshot, type Rows } from "../store/rows.ts";
import { countUntil } from "./spans.ts";

export class Film {
  readonly #frames: readonly ReplayFrame[];
  readonly #times: Float64Array;
  /** Indices of the snapshots. */
  readonly #keys: readonly number[];
  #last: { index: number; rows: Rows } | null = null;

  constructor(frames: readonly ReplayFrame[]) {
    this.#frames = frames;
    this.#times = Float64Array.from(frames, (frame) => frame.t_ms);
    this.#keys = frames.flatMap((frame, i) => (isSnapshot(frame) ? [i] : []));
  }

  /** The frame that shows a moment, once everything of that moment had happened; -1: there are none. */
  indexAt(t: number): number {
    return Math.max(countUntil(this.#times, t) - 1, Math.min(0, this.#frames.length - 1));
  }

  /** The same object as before, if the same frame shows it. */
  rowsAt(t: number): Rows | null {
    const index = this.indexAt(t);
    if (this.#last?.index === index) return this.#last.rows;
    const key = this.#keys[countUntil(this.#keys, index) - 1];
    if (key === undefined) return null;
    const near = this.#last !== null && this.#last.index >= key && this.#last.index < index;
    let at = near && this.#last !== null ? this.#last.index : key;
    let rows =
      near && this.#last !== null
        ? this.#last.rows
        : fromSnapshot(this.#frames[key]?.message as Snapshot);
    while (at < index) {
      at += 1;
      const frame = this.#frames[at] as ReplayFrame;
      rows = isSnapshot(frame)
        ? fromSnapshot(frame.message)
        : applyChange(rows, frame.message as Exclude<ReplayFrame["message"], Snapshot>);
    }
    this.#last = { index, rows };
    return rows;
  }
}

function isSnapshot(frame: ReplayFrame): frame is ReplayFrame & { message: Snapshot } {
  return frame.message.t === "snapshot";
}

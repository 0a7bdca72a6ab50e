// How large and how often: steps down when frames cost more time than there is, up again when they cost little.
// Pure; the clock is an argument.

export interface Level {
  /** Greatest height of the picture, px. */
  readonly height: number;
  /** Frames per second that are tried. */
  readonly fps: number;
}

/** Resolution goes first, then the rate. */
export const LEVELS: readonly Level[] = [
  { height: 720, fps: 30 },
  { height: 540, fps: 30 },
  { height: 360, fps: 30 },
  { height: 360, fps: 20 },
  { height: 360, fps: 12 },
  { height: 270, fps: 8 },
];
/** Below this the last level is no picture of a person any more. */
export const MIN_FPS = 2;
/** The first frames carry the compiling of shaders. */
const WARM_UP_FRAMES = 3;
const WINDOW_MS = 2_000;
const WINDOW_FRAMES = 5;
/** How many bad windows in a row the last level is given. */
const LAST_CHANCES = 4;
/** A step up must leave this much room, or it would be taken back at once. */
const ROOMY = 0.5;
const FAR_TOO_MUCH = 2;
const PATIENCE_WINDOWS = 5;
const MAX_PATIENCE_WINDOWS = 80;

export class Budget {
  #at: number;
  #skip = WARM_UP_FRAMES;
  #costs: number[] = [];
  #sinceMs: number | null = null;
  #bad = 0;
  #good = 0;
  #patience = PATIENCE_WINDOWS;
  #wentUp = false;

  /** `cores`: processors of the machine; few of them begin a step lower. */
  constructor(cores: number) {
    this.#at = cores <= 4 ? 1 : 0;
  }

  get level(): Level {
    return LEVELS[this.#at] as Level;
  }

  /** The time for one frame, ms. */
  get everyMs(): number {
    return 1_000 / this.level.fps;
  }

  /** Call after each frame with what it took. False: the machine cannot keep up at all. */
  took(costMs: number, nowMs: number): boolean {
    if (this.#skip > 0) {
      this.#skip--;
      return true;
    }
    this.#sinceMs ??= nowMs - costMs;
    this.#costs.push(costMs);
    if (nowMs - this.#sinceMs < WINDOW_MS || this.#costs.length < WINDOW_FRAMES) return true;
    const costs = this.#costs.sort((a, b) => a - b);
    const cost = costs[costs.length >> 1] ?? 0;
    this.#costs = [];
    this.#sinceMs = nowMs;
    return this.#judge(cost);
  }

  #judge(costMs: number): boolean {
    const last = this.#at === LEVELS.length - 1;
    if (last && costMs > 1_000 / MIN_FPS) {
      this.#bad++;
      return this.#bad < LAST_CHANCES;
    }
    this.#bad = 0;
    if (!last && costMs > this.everyMs) {
      // A step up that had to be taken back is not tried again so soon.
      if (this.#wentUp) this.#patience = Math.min(this.#patience * 2, MAX_PATIENCE_WINDOWS);
      // Where it is far too much, one step at a time would only take longer.
      do this.#move(1);
      while (this.#at < LEVELS.length - 1 && costMs > FAR_TOO_MUCH * this.everyMs);
      return true;
    }
    this.#good++;
    const upper = LEVELS[this.#at - 1];
    if (upper === undefined || this.#good < this.#patience) return true;
    const growth = (upper.height / this.level.height) ** 2;
    if (costMs * growth <= ROOMY * (1_000 / upper.fps)) this.#move(-1);
    return true;
  }

  #move(by: 1 | -1): void {
    this.#at += by;
    this.#wentUp = by < 0;
    this.#good = 0;
    this.#skip = 1;
    this.#sinceMs = null;
  }
}

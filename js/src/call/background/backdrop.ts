// The one gate between a camera and everybody else, the person's own preview included: what passes is the camera
// itself when no background is chosen, and otherwise a canvas that is black until the effect has drawn on it.
// The effect is loaded when it is first needed (`effect.ts`, from the folder of the effect's files).
import {
  type Background,
  type BackgroundProblem,
  type BackgroundState,
  PICTURES,
  type PictureName,
  type PictureProblem,
} from "./choices.ts";
import type { Effect } from "./effect.ts";
import type { Scene } from "./messages.ts";
import type { OwnPicture } from "./own-picture.ts";

export type EffectModule = typeof import("./effect.ts");

export interface BackdropOptions {
  /** Address of the effect's files, ends with a slash. */
  folder: string;
  choice: Background;
  onChange(): void;
  /** The picture cannot go on: the camera must be let go. */
  onStopped(): void;
  load?: (folder: string) => Promise<EffectModule>;
}

/** How long the effect is kept for another camera, ms. */
const KEPT_FOR_MS = 20_000;
/** Until the camera's own size is known, px. */
const FIRST_SIZE = { width: 640, height: 360 };

interface Covered {
  readonly raw: MediaStreamTrack;
  /** What is shown instead; the raw track itself without an effect. */
  readonly shown: MediaStreamTrack;
  /** The copy of the camera that the effect is to get; while it is here, nobody else stops it. */
  source?: MediaStreamTrack;
}

export class Backdrop {
  readonly #options: BackdropOptions;
  #state: BackgroundState;
  #covered: Covered | null = null;
  #effect: Effect | null = null;
  #own: OwnPicture | null = null;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(options: BackdropOptions) {
    this.#options = options;
    this.#state = { choice: options.choice, phase: "off", problem: null, ownUrl: null };
  }

  get state(): BackgroundState {
    return this.#state;
  }

  /** A camera was opened: what may be seen of it. It may be called again for the same camera after another choice. */
  cover(raw: MediaStreamTrack): MediaStreamTrack {
    const { choice } = this.#state;
    if (choice === "none") {
      this.uncover();
      raw.enabled = true;
      this.#covered = { raw, shown: raw };
      this.#set({ phase: "off", problem: null });
      return raw;
    }
    const before = this.#covered;
    if (before?.raw === raw && before.shown !== raw) {
      // Frames of the former background hide the room as well: they stay until the new one is there.
      this.#effect?.show(this.#scene());
      return before.shown;
    }
    this.uncover();
    const source = raw.clone();
    // At once, for whoever is still being sent the camera itself.
    raw.enabled = false;
    const sheet = blackCanvas();
    if (sheet === null) {
      source.stop();
      this.#set({ phase: "stopped", problem: "unsupported" });
      queueMicrotask(() => this.#options.onStopped());
      return raw; // switched off above
    }
    const { context, track } = sheet;
    this.#covered = { raw, shown: track, source };
    this.#set({ phase: "starting", problem: null });
    void this.#begin(source, context, track);
    return track;
  }

  /** The camera is gone, or about to go. */
  uncover(): void {
    const covered = this.#covered;
    this.#covered = null;
    if (covered === null || covered.shown === covered.raw) return;
    covered.shown.stop();
    covered.source?.stop();
    this.#effect?.rest();
    this.#set({ phase: "off" });
    clearTimeout(this.#linger);
    if (this.#effect !== null) this.#linger = setTimeout(() => this.#drop(), KEPT_FOR_MS);
  }

  /** Takes a choice. After it, `cover` the camera again. */
  choose(choice: Background): void {
    this.#set({ choice: choice === "own" && this.#own === null ? "blur" : choice, problem: null });
    if (choice === "none") this.#drop();
  }

  /** Reads the person's own picture. After `null` it can be chosen. */
  async take(file: Blob): Promise<PictureProblem | null> {
    let module: EffectModule;
    try {
      module = await this.#load();
    } catch {
      return "unavailable";
    }
    const read = await module.readPicture(file);
    if (typeof read === "string") return read;
    this.#forget();
    this.#own = read;
    this.#set({ ownUrl: read.thumbUrl });
    return null;
  }

  /** The person knows, and wants the camera off. */
  settle(): void {
    if (this.#state.problem !== null) this.#set({ problem: null, phase: "off" });
  }

  close(): void {
    this.uncover();
    this.#drop();
    this.#forget();
  }

  async #begin(
    source: MediaStreamTrack,
    context: CanvasRenderingContext2D,
    track: MediaStreamTrack,
  ): Promise<void> {
    clearTimeout(this.#linger);
    let module: EffectModule;
    try {
      module = await this.#load();
    } catch {
      source.stop();
      if (this.#covered?.shown === track) this.#stopped("missing");
      return;
    }
    // Meanwhile there may be another camera, or none.
    if (this.#covered?.shown !== track) {
      source.stop();
      return;
    }
    this.#effect ??= new module.Effect(this.#options.folder, this.#scene(), {
      onShown: () => this.#set({ phase: "on" }),
      onStopped: (problem) => this.#stopped(problem),
    });
    this.#effect.show(this.#scene());
    delete this.#covered.source; // the effect's from here on
    this.#effect.start(source, context);
  }

  #stopped(problem: BackgroundProblem): void {
    this.#effect = null;
    this.uncover();
    this.#set({ phase: "stopped", problem });
    this.#options.onStopped();
  }

  #scene(): Scene {
    const { choice } = this.#state;
    if (choice === "own" && this.#own !== null) return { kind: "own", picture: this.#own.picture };
    if (PICTURES.includes(choice as PictureName)) return { kind: "picture", name: choice };
    return { kind: "blur", strength: choice === "light" ? "light" : "full" };
  }

  #load(): Promise<EffectModule> {
    const { folder, load = fetchModule } = this.#options;
    return load(folder);
  }

  #drop(): void {
    clearTimeout(this.#linger);
    this.#effect?.close();
    this.#effect = null;
  }

  #forget(): void {
    if (this.#own === null) return;
    URL.revokeObjectURL(this.#own.thumbUrl);
    this.#own.picture.close();
    this.#own = null;
  }

  #set(change: Partial<BackgroundState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onChange();
  }
}

let tries = 0;

/** Browsers remember a module that could not be fetched, so another try needs another address. */
async function fetchModule(folder: string): Promise<EffectModule> {
  const again = tries > 0 ? `?again=${tries}` : "";
  try {
    return (await import(/* @vite-ignore */ `${folder}effect.js${again}`)) as EffectModule;
  } catch (error) {
    tries++;
    throw error;
  }
}

function blackCanvas(): { context: CanvasRenderingContext2D; track: MediaStreamTrack } | null {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, FIRST_SIZE);
  const context = canvas.getContext("2d", { alpha: false });
  context?.fillRect(0, 0, canvas.width, canvas.height);
  const track = canvas.captureStream?.().getVideoTracks()[0];
  return context === null || track === undefined ? null : { context, track };
}

// The effect on the page's side: takes frames of the camera, lets the worker put another background behind, and
// draws what comes back, and only that. Loaded when a background is chosen, from beside the worker.
import { Budget } from "./budget.ts";
import type { BackgroundProblem } from "./choices.ts";
import { Grabber } from "./grab.ts";
import type { FromWorker, Scene, ToWorker } from "./messages.ts";

export { readPicture } from "./own-picture.ts";

/** The files may be 2 MB on a slow line. */
const LOAD_WITHIN_MS = 60_000;
/** A frame that takes longer is not coming. */
const FRAME_WITHIN_MS = 8_000;
/** What was lost in use is begun again by itself, but not over and over. */
const AGAIN_ONCE_IN_MS = 30_000;

interface Events {
  /** The first composed frame of this camera, with this background, is drawn. */
  onShown(): void;
  /** There will be no more frames. */
  onStopped(problem: BackgroundProblem): void;
}

/** One camera's frames on their way through. */
interface Run {
  readonly video: HTMLVideoElement;
  readonly source: MediaStreamTrack;
  readonly target: CanvasRenderingContext2D;
  shown: boolean;
}

export class Effect {
  readonly #folder: string;
  readonly #events: Events;
  readonly #grabber = new Grabber();
  #scene: Scene;
  #worker: Worker | null = null;
  #run: Run | null = null;
  #budget = new Budget(navigator.hardwareConcurrency ?? 4);
  /** Grows with every frame; what comes back under an older number than the run's first is thrown away. */
  #id = 0;
  #firstId = 0;
  #sentMs: number | null = null;
  #due = false;
  #lostMs: number | null = null;
  #watchdog: ReturnType<typeof setTimeout> | undefined;

  /** `folder`: address of the effect's files, ends with a slash. */
  constructor(folder: string, scene: Scene, events: Events) {
    this.#folder = folder;
    this.#scene = scene;
    this.#events = events;
  }

  /** Height of the picture and frames per second that are tried now. */
  get level() {
    return this.#budget.level;
  }

  /** Begins with a camera. `source` belongs to the effect from here on; nothing is drawn before the first composed frame. */
  start(source: MediaStreamTrack, target: CanvasRenderingContext2D): void {
    this.rest();
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([source]);
    void video.play().catch(() => undefined);
    this.#run = { video, source, target, shown: false };
    this.#firstId = this.#id + 1;
    if (this.#worker === null) this.#open();
    else if (this.#due) void this.#next();
  }

  /** Another background, from the next frame on. */
  show(scene: Scene): void {
    this.#scene = scene;
    this.#tell({ t: "scene", scene });
  }

  /** The camera is gone. The worker stays, for the next one. */
  rest(): void {
    if (this.#run === null) return;
    this.#run.source.stop();
    this.#run.video.srcObject = null;
    this.#run = null;
    this.#grabber.rest();
  }

  close(): void {
    this.rest();
    clearTimeout(this.#watchdog);
    this.#worker?.terminate();
    this.#worker = null;
    this.#due = false;
    this.#sentMs = null;
  }

  #open(): void {
    let worker: Worker;
    try {
      if (typeof OffscreenCanvas === "undefined") throw new Error("no OffscreenCanvas");
      worker = new Worker(addressOf(`${this.#folder}worker.js`) as string);
    } catch {
      this.#fail("unsupported");
      return;
    }
    this.#worker = worker;
    this.#due = false;
    this.#sentMs = null;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (worker === this.#worker) void this.#receive(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker === this.#worker) this.#fail("missing");
    };
    this.#watch(LOAD_WITHIN_MS, "missing");
    this.#tell({ t: "scene", scene: this.#scene });
  }

  #receive(message: FromWorker): Promise<void> | void {
    switch (message.t) {
      case "due":
        clearTimeout(this.#watchdog);
        this.#due = true;
        return this.#next();
      case "composed":
        this.#draw(message.id, message.picture);
        return;
      case "failed":
        if (message.problem === "lost") this.#again();
        else this.#fail(message.problem);
    }
  }

  /** Sends the camera's present frame, once the worker has asked for it. */
  async #next(): Promise<void> {
    const run = this.#run;
    if (run === null || !this.#due) return;
    this.#due = false;
    const startedMs = performance.now();
    const picture = await this.#grabber.grab(run.video, this.#budget.level.height);
    if (run !== this.#run || picture === null) {
      picture?.close();
      this.#tell({ t: "nothing" });
      return;
    }
    this.#sentMs = startedMs;
    this.#id++;
    this.#watch(FRAME_WITHIN_MS, "slow");
    const { everyMs } = this.#budget;
    this.#tell({ t: "frame", id: this.#id, picture, everyMs }, [picture]);
  }

  #draw(id: number, picture: ImageBitmap): void {
    const run = this.#run;
    if (run !== null && id >= this.#firstId) {
      const { canvas } = run.target;
      if (canvas.width !== picture.width) canvas.width = picture.width;
      if (canvas.height !== picture.height) canvas.height = picture.height;
      run.target.drawImage(picture, 0, 0);
      if (!run.shown) {
        run.shown = true;
        this.#events.onShown();
      }
    }
    picture.close();
    const nowMs = performance.now();
    const keepsUp = this.#sentMs === null || this.#budget.took(nowMs - this.#sentMs, nowMs);
    this.#sentMs = null;
    if (!keepsUp) this.#fail("slow");
  }

  /** Black, and from the start: the worker with all that it held is gone. */
  #again(): void {
    const nowMs = performance.now();
    const run = this.#run;
    const recently = this.#lostMs !== null && nowMs - this.#lostMs < AGAIN_ONCE_IN_MS;
    if (recently) {
      this.#fail("lost");
      return;
    }
    this.#lostMs = nowMs;
    this.#worker?.terminate();
    this.#worker = null;
    this.#firstId = this.#id + 1;
    if (run === null) return;
    blacken(run.target);
    run.shown = false;
    this.#open();
  }

  #fail(problem: BackgroundProblem): void {
    if (this.#run !== null) blacken(this.#run.target);
    this.close();
    this.#events.onStopped(problem);
  }

  #watch(withinMs: number, problem: BackgroundProblem): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#fail(problem), withinMs);
  }

  #tell(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }
}

/** Nothing of what was drawn stays. */
function blacken(context: CanvasRenderingContext2D): void {
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
}

interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

let policy: ReturnType<Policies["createPolicy"]> | undefined;

/**
 * The one script address that this page makes: the effect's worker, on the page's own origin. The policy of
 * Trusted Types passes nothing else. Where a page has none of them (JupyterLab), the address is plain text.
 */
function addressOf(url: string): unknown {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  const checked = (text: string) => {
    const { origin, pathname } = new URL(text, location.href);
    if (origin !== location.origin || !pathname.endsWith("/assets/background/worker.js")) {
      throw new TypeError("not the worker of the background effect");
    }
    return text;
  };
  if (trustedTypes === undefined) return checked(url);
  policy ??= trustedTypes.createPolicy("telehealth-background", { createScriptURL: checked });
  return policy.createScriptURL(url);
}

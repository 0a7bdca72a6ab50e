// The effect's worker: takes a frame, finds the person, puts another background behind, gives the frame back.
// One frame at a time. It also keeps the time between frames, which a hidden page cannot.
import { Composer, type Drawable } from "./compose.ts";
import type { FromWorker, Scene, ToWorker } from "./messages.ts";
import { scope } from "./scope.ts";
import { Segmenter, Unusable } from "./segmenter.ts";

/** Between two questions for a frame when there was none, ms. */
const ASK_AGAIN_MS = 40;

type Background = Parameters<Composer["compose"]>[2];

const fetchFile = fetch.bind(globalThis);
let background: Promise<Background> = Promise.resolve("full");
/** What stands behind the person now; null: nothing is here yet. */
let shown: Background | null = null;
let over = false;

function say(message: FromWorker, transfer: Transferable[] = []): void {
  if (!over) scope.postMessage(message, transfer);
}

function fail(error: unknown): void {
  say({ t: "failed", problem: error instanceof Unusable ? error.problem : "lost" });
  over = true;
}

async function read(scene: Scene): Promise<Background> {
  if (scene.kind === "blur") return scene.strength;
  if (scene.kind === "own") return scene.picture;
  const answer = await fetchFile(`${scene.name}.jpg`).catch(() => null);
  if (answer?.ok !== true) throw new Unusable("missing");
  try {
    return (await createImageBitmap(await answer.blob())) satisfies Drawable;
  } catch {
    throw new Unusable("damaged");
  }
}

async function start(): Promise<void> {
  const segmenter = await Segmenter.open(() => fail(new Unusable("lost")));
  const composer = new Composer();
  scope.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
    const startedMs = performance.now();
    if (data.t === "scene") {
      change(data.scene);
      return;
    }
    if (data.t === "nothing") {
      setTimeout(() => say({ t: "due" }), ASK_AGAIN_MS);
      return;
    }
    try {
      const mask = await segmenter.find(data.picture);
      const picture = composer.compose(data.picture, mask, shown ?? (await background));
      mask.close();
      say({ t: "composed", id: data.id, picture }, [picture]);
    } catch (error) {
      fail(error);
    } finally {
      data.picture.close();
    }
    const leftMs = data.everyMs - (performance.now() - startedMs);
    setTimeout(() => say({ t: "due" }), Math.max(0, leftMs));
  };
  // A picture that is still on its way is no slow machine.
  await background.catch(() => undefined);
  say({ t: "due" });
}

/** The former background hides the room until the new one is here. */
function change(scene: Scene): void {
  const next = read(scene);
  background = next;
  next.then(
    (ready) => {
      if (background === next) shown = ready;
    },
    (error: unknown) => {
      if (background === next) fail(error);
    },
  );
}

scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.t === "scene") change(data.scene);
};
start().catch(fail);

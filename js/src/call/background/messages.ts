// What the page and the effect's worker say to each other. Types only.
import type { BackgroundProblem } from "./choices.ts";

/** What stands behind the person. `name` is a picture's file without its ending. */
export type Scene =
  | { readonly kind: "blur"; readonly strength: "light" | "full" }
  | { readonly kind: "picture"; readonly name: string }
  | { readonly kind: "own"; readonly picture: ImageBitmap };

export type ToWorker =
  | { readonly t: "scene"; readonly scene: Scene }
  | {
      readonly t: "frame";
      readonly id: number;
      readonly picture: ImageBitmap;
      /** Time from one frame to the next, ms. */
      readonly everyMs: number;
    }
  /** There is no frame yet; ask again. */
  | { readonly t: "nothing" };

export type FromWorker =
  /** The next frame may come. The worker keeps the time, since a hidden page's timers are slowed down. */
  | { readonly t: "due" }
  | { readonly t: "composed"; readonly id: number; readonly picture: ImageBitmap }
  | { readonly t: "failed"; readonly problem: BackgroundProblem };

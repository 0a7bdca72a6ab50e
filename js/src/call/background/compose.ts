// Puts one frame together: the person as the mask says, on a blur of the frame or on a picture. Runs in the worker.
// Nothing is kept from one frame to the next, so nothing can leave a trail.
import { sharpen } from "./mask.ts";

export type Drawable = ImageBitmap | OffscreenCanvas;

/** The background is halved until it is no higher than this, px, then drawn large again. */
const BLUR_HEIGHTS = { light: 48, full: 14 } as const;

export class Composer {
  readonly #out = sheet();
  readonly #mask = sheet(true);
  readonly #steps: Sheet[] = [];

  /** `mask`: its alpha says how sure it is that a pixel is the person. The result is the caller's to close. */
  compose(
    frame: ImageBitmap,
    mask: Drawable,
    background: Drawable | keyof typeof BLUR_HEIGHTS,
  ): ImageBitmap {
    const { width, height } = frame;
    const out = this.#out;
    resize(out, width, height);
    out.globalCompositeOperation = "copy";
    out.drawImage(this.#edged(mask), 0, 0, width, height);
    out.globalCompositeOperation = "source-in";
    out.drawImage(frame, 0, 0, width, height);
    out.globalCompositeOperation = "destination-over";
    if (typeof background === "string") {
      const blurred = this.#blurred(frame, BLUR_HEIGHTS[background]);
      out.drawImage(blurred, 0, 0, width, height);
    } else {
      cover(out, background, width, height);
    }
    return out.canvas.transferToImageBitmap();
  }

  #edged(mask: Drawable): OffscreenCanvas {
    const sheet = this.#mask;
    resize(sheet, mask.width, mask.height);
    sheet.globalCompositeOperation = "copy";
    sheet.drawImage(mask, 0, 0);
    const pixels = sheet.getImageData(0, 0, mask.width, mask.height);
    sharpen(pixels.data);
    sheet.putImageData(pixels, 0, 0);
    return sheet.canvas;
  }

  /** Down by halves and up by doubles: as smooth as a wide blur, at a fraction of its cost. */
  #blurred(frame: ImageBitmap, lowest: number): OffscreenCanvas {
    let { width, height } = frame;
    let from: Drawable = frame;
    let depth = 0;
    while (depth === 0 || height > lowest) {
      width = Math.max(1, Math.round(width / 2));
      height = Math.max(1, Math.round(height / 2));
      from = this.#step(depth, from, width, height);
      depth++;
    }
    for (let up = depth - 2; up >= 0; up--) {
      const { canvas } = this.#steps[up] as Sheet;
      from = this.#step(up, from, canvas.width, canvas.height);
    }
    return (this.#steps[0] as Sheet).canvas;
  }

  #step(index: number, from: Drawable, width: number, height: number): OffscreenCanvas {
    this.#steps[index] ??= sheet();
    const step = this.#steps[index];
    resize(step, width, height);
    step.globalCompositeOperation = "copy";
    step.drawImage(from, 0, 0, width, height);
    return step.canvas;
  }
}

type Sheet = OffscreenCanvasRenderingContext2D;

function sheet(read = false): Sheet {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: read });
  if (context === null) throw new Error("no 2d canvas");
  return context;
}

function resize(sheet: Sheet, width: number, height: number): void {
  if (sheet.canvas.width !== width) sheet.canvas.width = width;
  if (sheet.canvas.height !== height) sheet.canvas.height = height;
  sheet.imageSmoothingQuality = "medium";
}

/** All of the sheet, nothing stretched, the middle of the picture in the middle. */
function cover(sheet: Sheet, picture: Drawable, width: number, height: number): void {
  const scale = Math.max(width / picture.width, height / picture.height);
  const w = picture.width * scale;
  const h = picture.height * scale;
  sheet.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h);
}

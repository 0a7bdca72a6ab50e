// A picture of the person's own as background: what is taken, and what is refused before anything is decoded.
// It stays in this page: nothing is uploaded, nothing is kept.
import type { PictureProblem } from "./choices.ts";

export const MAX_BYTES = 10 * 1024 * 1024;
export const MAX_SIDE_PX = 12_000;
const MAX_PIXELS = 50_000_000;
/** No camera's picture is larger than what is shown here, so neither is the background. */
const KEPT_HEIGHT_PX = 1_080;
const THUMB_HEIGHT_PX = 90;

export interface OwnPicture {
  readonly picture: ImageBitmap;
  /** An object address of a small copy; the caller revokes it. */
  readonly thumbUrl: string;
}

/** Reads a file of the person's. Never throws. */
export async function readPicture(file: Blob): Promise<OwnPicture | PictureProblem> {
  if (file.size > MAX_BYTES) return "heavy";
  try {
    const refused = examine(new Uint8Array(await file.arrayBuffer()));
    if (refused !== null) return refused;
    const whole = await createImageBitmap(file);
    const picture = await lowered(whole, KEPT_HEIGHT_PX);
    if (picture !== whole) whole.close();
    return { picture, thumbUrl: await thumb(picture) };
  } catch {
    return "unreadable";
  }
}

/** By its bytes, not by its name: why it is not taken, or `null`. */
export function examine(bytes: Uint8Array): PictureProblem | null {
  if (isDrawing(bytes)) return "drawing";
  const size = sizeOf(bytes);
  if (size === null) return "format";
  const [width, height] = size;
  if (width === 0 || height === 0) return "unreadable";
  const huge = width > MAX_SIDE_PX || height > MAX_SIDE_PX || width * height > MAX_PIXELS;
  return huge ? "huge" : null;
}

/** SVG and its kin are programs, not pictures. */
function isDrawing(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 1_024)).trimStart().toLowerCase();
  return start.startsWith("<") && /<(\?xml|!doctype|!--|svg|html|script)/.test(start);
}

/** Width and height as the header says, px; `null` for anything but PNG, JPEG and WebP. */
export function sizeOf(bytes: Uint8Array): [number, number] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number, length: number) =>
    String.fromCharCode(...bytes.subarray(at, at + length));
  try {
    if (word(0, 8) === "\x89PNG\r\n\x1a\n") return [view.getUint32(16), view.getUint32(20)];
    if (word(0, 2) === "\xff\xd8") return jpegSize(view);
    if (word(0, 4) === "RIFF" && word(8, 4) === "WEBP") return webpSize(view, word(12, 4));
  } catch {
    return [0, 0]; // cut off before its size
  }
  return null;
}

/** Marker by marker to the frame header (ITU T.81, B.2.2). */
function jpegSize(view: DataView): [number, number] {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return [0, 0];
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    const tables = marker === 0xc4 || marker === 0xc8 || marker === 0xcc;
    if (marker >= 0xc0 && marker <= 0xcf && !tables) {
      return [view.getUint16(at + 7), view.getUint16(at + 5)];
    }
    at += 2 + view.getUint16(at + 2);
  }
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function webpSize(view: DataView, kind: string): [number, number] {
  const three = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (kind === "VP8X") return [three(24) + 1, three(27) + 1];
  if (kind === "VP8 ") {
    return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  }
  if (kind !== "VP8L") return [0, 0];
  const bits = view.getUint32(21, true);
  return [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
}

async function lowered(picture: ImageBitmap, highest: number): Promise<ImageBitmap> {
  const side = Math.min(picture.width, picture.height);
  if (side <= highest) return picture;
  const scale = highest / side;
  return createImageBitmap(picture, {
    resizeWidth: Math.max(1, Math.round(picture.width * scale)),
    resizeHeight: Math.max(1, Math.round(picture.height * scale)),
    resizeQuality: "high",
  });
}

async function thumb(picture: ImageBitmap): Promise<string> {
  const scale = THUMB_HEIGHT_PX / picture.height;
  const width = Math.max(1, Math.round(picture.width * scale));
  const sheet = new OffscreenCanvas(width, THUMB_HEIGHT_PX);
  sheet.getContext("2d")?.drawImage(picture, 0, 0, width, THUMB_HEIGHT_PX);
  return URL.createObjectURL(await sheet.convertToBlob({ type: "image/jpeg", quality: 0.8 }));
}

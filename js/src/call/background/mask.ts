// The edge between a person and what is behind: soft, but with nothing of the room in what is called background.
// Pure; only the alpha of a mask is touched.

/** Less sure than this is background, more sure than that is the person; between them it fades. */
const ROOM_BELOW = 0.35;
const PERSON_ABOVE = 0.85;

/** New alpha for each old one, 0 to 255. */
export const EDGE: Uint8ClampedArray = Uint8ClampedArray.from({ length: 256 }, (_, alpha) => {
  const along = (alpha / 255 - ROOM_BELOW) / (PERSON_ABOVE - ROOM_BELOW);
  const t = Math.min(1, Math.max(0, along));
  return Math.round(255 * t * t * (3 - 2 * t));
});

/** `rgba`: uint8, four values a pixel, not premultiplied; changed in place. */
export function sharpen(rgba: Uint8ClampedArray): void {
  for (let i = 3; i < rgba.length; i += 4) rgba[i] = EDGE[rgba[i] as number] as number;
}

// Captions as this page has them: the last few, in memory alone. Pure.
import type { Caption } from "../protocol/types.ts";

export const CAPTIONS_KEPT = 3;
/** How long a caption stays in sight after it came, in ms of this page's clock. */
export const CAPTION_SHOWN_MS = 9_000;

export interface CaptionLine {
  readonly id: string;
  readonly person: string;
  readonly name: string | null;
  readonly text: string;
  /** When it came, by this page's clock. */
  readonly cameMs: number;
}

export function addCaption(
  captions: readonly CaptionLine[],
  { id, person, name, text }: Caption,
  nowMs: number,
): readonly CaptionLine[] {
  if (captions.some((line) => line.id === id)) return captions;
  const line = { id, person, name: name ?? null, text, cameMs: nowMs };
  return [...captions, line].slice(-CAPTIONS_KEPT);
}

export function shown(captions: readonly CaptionLine[], nowMs: number): readonly CaptionLine[] {
  return captions.filter((line) => nowMs - line.cameMs < CAPTION_SHOWN_MS);
}

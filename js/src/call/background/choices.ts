// What can stand behind a person. The words for it are in the catalogue, the pictures in js/backgrounds.

export const PICTURES = ["wall", "books", "window", "plants", "hills", "sea"] as const;
export type PictureName = (typeof PICTURES)[number];

/** `none` shows the room, `own` is a picture of the person's that never leaves this page. */
export type Background = "none" | "light" | "blur" | PictureName | "own";

/** Why a chosen background cannot be had. The camera is off then, until the person says what to do. */
export type BackgroundProblem =
  /** The browser lacks what the effect needs. */
  | "unsupported"
  /** A file of it could not be fetched. */
  | "missing"
  /** A file of it is not what was shipped. */
  | "damaged"
  /** The machine cannot keep up, also with the smallest picture. */
  | "slow"
  /** It failed in use, and again after another try. */
  | "lost";

/** Why a picture of the person's own is not taken. */
export type PictureProblem = "format" | "drawing" | "heavy" | "huge" | "unreadable" | "unavailable";

/** Where a background stands: `starting` and `stopped` show nothing at all. */
export type BackgroundPhase = "off" | "starting" | "on" | "stopped";

export interface BackgroundState {
  readonly choice: Background;
  readonly phase: BackgroundPhase;
  readonly problem: BackgroundProblem | null;
  /** A small copy of the person's own picture, for this page alone. */
  readonly ownUrl: string | null;
}

const ALL: readonly string[] = ["none", "light", "blur", ...PICTURES];

/** What was remembered. One's own picture is forgotten with its page; a blur, and not the room, takes its place. */
export function recalled(kept: string | undefined): Background {
  if (kept === "own") return "blur";
  return kept !== undefined && ALL.includes(kept) ? (kept as Background) : "none";
}

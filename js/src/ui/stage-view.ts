// Which tiles there are, and which of them takes the stage. Pure: rows and the person's own choice in, keys out.
import { inPhase, isOn, type Person, type Rows } from "../store/rows.ts";

export interface StageTile {
  /** The person's id; with `:screen` it is what they share. */
  readonly key: string;
  readonly person: Person;
  readonly kind: "camera" | "screen";
}

/** What this person chose to see. */
export interface Choice {
  /** The tile on the stage; `null`: as it comes; `""`: all alike. */
  readonly enlarged: string | null;
  /** While somebody else's screen is shared: the tile on the stage; `null`: that screen; `""`: all alike. */
  readonly overShare: string | null;
  readonly view: "grid" | "speaker";
  readonly selfHidden: boolean;
}

export const AS_IT_COMES: Choice = {
  enlarged: null,
  overShare: null,
  view: "grid",
  selfHidden: false,
};

/** Providers first, then clients in the order of their coming, oneself last. Observers without a picture are listed, not shown. */
export function tilesOf(rows: Rows, selfHidden: boolean): StageTile[] {
  const rank = (person: Person) => (person.you ? 2 : person.role === "provider" ? 0 : 1);
  const people = inPhase(rows, "admitted")
    .filter((person) => person.you || person.role === "client" || person.inCall)
    .filter((person) => person.role !== "supervisor" || person.publications.length > 0)
    .sort((a, b) => rank(a) - rank(b) || (a.sinceMs ?? 0) - (b.sinceMs ?? 0));
  const screens = people
    .filter((person) => isOn(person, "screen"))
    .map((person) => ({ key: screenKey(person.id), person, kind: "screen" as const }));
  const cameras = people
    .filter((person) => !person.you || !selfHidden)
    .map((person) => ({ key: person.id, person, kind: "camera" as const }));
  return [...screens, ...cameras];
}

export function screenKey(person: string): string {
  return `${person}:screen`;
}

/** The screen of somebody else, which takes the stage. One's own would show itself. */
export function sharedScreen(tiles: readonly StageTile[]): StageTile | null {
  return tiles.find(({ kind, person }) => kind === "screen" && !person.you) ?? null;
}

/** The key of the tile on the stage, or `null`: all alike. */
export function mainOf(
  tiles: readonly StageTile[],
  choice: Choice,
  speaker: string | null,
): string | null {
  const there = (key: string | null) => tiles.some((tile) => tile.key === key);
  const screen = sharedScreen(tiles);
  if (screen !== null) {
    if (choice.overShare === null) return screen.key;
    return there(choice.overShare) ? choice.overShare : null;
  }
  if (there(choice.enlarged)) return choice.enlarged;
  if (choice.view === "speaker" && there(speaker)) return speaker;
  return choice.enlarged === "" ? null : otherOfTwo(tiles);
}

/** Two people: the other one is the picture. */
function otherOfTwo(tiles: readonly StageTile[]): string | null {
  const [other, ...more] = tiles.filter(({ person }) => !person.you);
  return more.length === 0 && tiles.length > 1 ? (other?.key ?? null) : null;
}

/** Whether its menu offers "Shrink": it was enlarged, or took the stage as a shared screen or as the other of two. */
export function isEnlarged(tiles: readonly StageTile[], choice: Choice, key: string): boolean {
  const screen = sharedScreen(tiles);
  if (screen !== null) return (choice.overShare ?? screen.key) === key;
  if (tiles.some((tile) => tile.key === choice.enlarged)) return choice.enlarged === key;
  return choice.enlarged !== "" && otherOfTwo(tiles) === key;
}

/** "Enlarge" or "Shrink", or a double click. */
export function toggled(tiles: readonly StageTile[], choice: Choice, key: string): Choice {
  const screen = sharedScreen(tiles);
  const large = isEnlarged(tiles, choice, key);
  if (screen === null) {
    // What takes the stage by itself is shrunk to all alike, and anything else to what comes by itself.
    if (otherOfTwo(tiles) !== key) return { ...choice, enlarged: large ? null : key };
    return large ? { ...choice, enlarged: "", view: "grid" } : { ...choice, enlarged: null };
  }
  const shrunk = key === screen.key ? "" : null;
  const enlarged = key === screen.key ? null : key;
  return { ...choice, overShare: large ? shrunk : enlarged };
}

/** Who speaks, for the speaker view: stays until somebody else does. Oneself is not shown to oneself. */
export function nextSpeaker(
  before: string | null,
  speaking: ReadonlySet<string>,
  tiles: readonly StageTile[],
): string | null {
  const others = tiles.filter(({ kind, person }) => kind === "camera" && !person.you);
  const there = others.some(({ key }) => key === before);
  if (there && before !== null && speaking.has(before)) return before;
  return others.find(({ key }) => speaking.has(key))?.key ?? (there ? before : null);
}

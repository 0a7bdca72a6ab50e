// The guest page's catalogues: English comes with the page, each other language is a file that is fetched when it is
// spoken. (The widgets, which are one file each, carry them all: `strings/index.ts`.)
import type { Strings } from "../strings/index.ts";
import { bestTag } from "../strings/intl.ts";

const LATER = import.meta.glob<Strings>(
  ["../strings/*.ts", "!../strings/index.ts", "!../strings/intl.ts", "!../strings/en.ts"],
  { import: "default" },
);
const FETCH: ReadonlyMap<string, () => Promise<Strings>> = new Map(
  Object.entries(LATER).map(([path, fetch]) => [tagOf(path), fetch]),
);
const there = new Map<string, Strings>();
const TAGS = ["en", ...FETCH.keys()];
const TRIES = 3;
const RETRY_MS = 1_000;

/** `../strings/pt-BR.ts` → `pt-br` */
export function tagOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1, -3).toLowerCase();
}

/** The languages of this page, best first: the invitation's, which its link tells, then the browser's. */
export function languages(): readonly string[] {
  const invited = new URLSearchParams(location.search).get("lang");
  return invited === null ? navigator.languages : [invited, ...navigator.languages];
}

/** Gets the words of the best of the languages, if they are in a file of their own. Never throws: without them the page speaks English. */
export async function fetchWords(wanted: readonly string[]): Promise<void> {
  const tag = bestTag(wanted, TAGS);
  const fetch = tag === null ? undefined : FETCH.get(tag);
  if (tag === null || fetch === undefined) return;
  for (let left = TRIES; left > 0 && !there.has(tag); left--) {
    try {
      there.set(tag, await fetch());
    } catch {
      if (left > 1) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** The words for these languages, or `null` where that is English, or they are not here yet. */
export function wordsFor(wanted: readonly string[]): Strings | null {
  return there.get(bestTag(wanted, TAGS) ?? "") ?? null;
}

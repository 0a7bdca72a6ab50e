// Which catalogue this page speaks. Languages are added here, one line each; no words live in this file.
import { en } from "./en.ts";

export type Strings = typeof en;

const CATALOGUES: Readonly<Record<string, Strings>> = { en };

/** `languages` as the browser lists them, best first. English where none fits. */
export function pick(languages: readonly string[]): Strings {
  for (const language of languages) {
    const found = CATALOGUES[language] ?? CATALOGUES[language.split("-")[0] ?? ""];
    if (found !== undefined) return found;
  }
  return en;
}

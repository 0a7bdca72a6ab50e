// Which catalogue this page speaks. A language is a file beside this one that exports its words as `default` and is
// named after its tag (`es.ts`, `pt-BR.ts`); no words live in this file.
import { en } from "./en.ts";
import { bestTag } from "./intl.ts";

export type Strings = typeof en;

const FILES = import.meta.glob<Strings>(["./*.ts", "!./index.ts", "!./intl.ts"], {
  eager: true,
  import: "default",
});

const CATALOGUES: ReadonlyMap<string, Strings> = new Map(
  Object.entries(FILES).map(([path, strings]) => [path.slice(2, -3).toLowerCase(), strings]),
);

/** `languages` as the browser lists them, best first. English where none fits. */
export function pick(languages: readonly string[]): Strings {
  return CATALOGUES.get(bestTag(languages, CATALOGUES.keys()) ?? "") ?? en;
}

/** For the `lang` attribute around these words. */
export function languageOf(t: Strings): string {
  return t.language;
}

/** For the `dir` attribute around these words. */
export function directionOf(t: Strings): "ltr" | "rtl" {
  return /^(ar|dv|fa|he|ps|sd|ug|ur|yi)\b/.test(t.language) ? "rtl" : "ltr";
}

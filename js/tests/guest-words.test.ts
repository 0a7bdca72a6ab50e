// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { fetchWords, languages, tagOf, wordsFor } from "../src/shells/words.ts";
import { door as english } from "../src/strings/door/en.ts";
import { door as spanish } from "../src/strings/door/es.ts";
import { en } from "../src/strings/en.ts";
import { es } from "../src/strings/es.ts";
import { bestTag } from "../src/strings/intl.ts";

afterEach(() => vi.unstubAllGlobals());

test("a language's words are there once they were fetched, and English needs no fetching", async () => {
  expect(wordsFor(["es-MX", "en"])).toBeNull();
  await fetchWords(["es-MX", "en"]);
  expect(wordsFor(["es-MX", "en"])).toBe(es);
  await fetchWords(["en-GB", "es"]);
  expect(wordsFor(["en-GB", "es"])).toBeNull();
  await fetchWords(["de"]);
  expect(wordsFor(["de"])).toBeNull();
});

test("the link's language comes before the browser's", () => {
  vi.stubGlobal("navigator", { languages: ["de-AT", "en"] });
  vi.stubGlobal("location", { search: "" });
  expect(languages()).toEqual(["de-AT", "en"]);
  vi.stubGlobal("location", { search: "?lang=es" });
  expect(languages()).toEqual(["es", "de-AT", "en"]);
});

test("a tag fits whole, or by its language", () => {
  expect(bestTag(["pt-BR"], ["pt", "pt-br"])).toBe("pt-br");
  expect(bestTag(["pt-PT", "en"], ["en", "pt"])).toBe("pt");
  expect(bestTag(["", "xx"], ["en"])).toBeNull();
  expect(tagOf("../strings/pt-BR.ts")).toBe("pt-br");
});

test("the door says what the room says in its place", () => {
  for (const [words, room] of [
    [english, en],
    [spanish, es],
  ] as const) {
    const { language, pageTitle, only: _only, ...first } = words;
    expect(room).toMatchObject({ language, pageTitle, preparation: first });
  }
});

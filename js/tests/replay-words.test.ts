import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { en as room } from "../src/strings/en.ts";
import { es as sala } from "../src/strings/es.ts";
import { en, type Words } from "../src/strings/replay/en.ts";
import { es } from "../src/strings/replay/es.ts";
import { wordsFor } from "../src/strings/replay/index.ts";

/** Words that both languages share. */
const SAME = ["en", "es", "+ −", "← →", "[ ]", "L", "N, P"];

type Tree = { readonly [key: string]: unknown };

function sentences(tree: Tree, above = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    const path = above + key;
    if (typeof value === "string") return [[path, value]];
    if (typeof value === "function") return [[path, String(value(...given(path)))]];
    return sentences(value as Tree, `${path}.`);
  });
}

const COUNTED = ["spoken", "number", "share", "verified", "earlier", "later", "message", "times"];

function given(path: string): unknown[] {
  if (path.startsWith("say.")) {
    return [
      "Ana",
      "T1",
      { source: "camera", cause: "x", minutes: 2, characters: 3, label: "a", form: "csv" },
    ];
  }
  if (path === "found") return [2, 5];
  return COUNTED.includes(path) ? [3] : ["Ana", "Bo"];
}

test("everything is said in Spanish, and nothing in English", () => {
  const english = new Map(sentences(en as unknown as Tree));
  const spanish = sentences(es as unknown as Tree);
  expect(spanish.map(([path]) => path).sort()).toEqual([...english.keys()].sort());
  const untouched = spanish.filter(
    ([path, text]) =>
      text === english.get(path) && !SAME.includes(text) && !["number", "speed"].includes(path),
  );
  expect(untouched).toEqual([]);
  expect(spanish.filter(([, text]) => /undefined|NaN|\[object/.test(text))).toEqual([]);
});

test("every event that a record can hold has a sentence in each language", () => {
  const source = readFileSync(
    new URL("../../telehealth_widget/protocol/events.py", import.meta.url),
    "utf8",
  );
  const union = /^AnyEvent = \(([^)]*)\)/m.exec(source)?.[1] ?? "";
  const names = union.match(/\w+/g) ?? [];
  expect(names.length).toBeGreaterThan(25);
  for (const words of [en, es]) expect(names.filter((name) => !(name in words.say))).toEqual([]);
});

test("an event of a newer version is named in plain letters", () => {
  expect(en.other("LampLit", "Client P07")).toBe("lamp lit: Client P07");
});

test("who did it is said where it was somebody else", () => {
  const muted = en.say.MediaMuted as Words["say"][string];
  expect(muted("Client P07", null, { source: "microphone" })).toBe("Client P07 was muted");
  expect(muted("Client P07", "T1", { source: "microphone" })).toBe("Client P07 was muted by T1");
  expect(en.message(42)).toBe("message, 42 characters");
  expect(en.message(1)).toBe("message, 1 character");
});

test("marks that begin a phase say so", () => {
  const placed = en.say.MarkPlaced as Words["say"][string];
  expect(placed("", null, { label: "phase: talk" })).toBe("Phase begins: talk");
  expect(placed("", null, { label: "rupture", note: "here" })).toBe("Marker: rupture (here)");
});

test("times are said in words", () => {
  expect(en.spoken(0)).toBe("0 seconds");
  expect(en.spoken(761_900)).toBe("12 minutes 41 seconds");
  expect(en.spoken(3_661_000)).toBe("1 hour 1 minute 1 second");
  expect(es.spoken(61_000)).toBe("1 minuto 1 segundo");
});

test("the words go with the room's language, or are English", () => {
  expect(wordsFor(room)).toBe(en);
  expect(wordsFor(sala)).toBe(es);
  expect(wordsFor({ ...room, language: "xx" })).toBe(en);
});

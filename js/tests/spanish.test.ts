import { expect, test } from "vitest";
import { en } from "../src/strings/en.ts";
import { es } from "../src/strings/es.ts";
import { directionOf, languageOf, pick } from "../src/strings/index.ts";
import { sentenceOf } from "../src/ui/context.ts";

/** Words that both languages share. */
const SAME = ["Chat"];

type Tree = { readonly [key: string]: unknown };

/** Every sentence of a catalogue by its path; functions are called with `ask`. */
function sentences(
  tree: Tree,
  ask: (path: string, say: Say) => string,
  above = "",
): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    const path = above + key;
    if (typeof value === "string") return [[path, value]];
    if (typeof value === "function") return [[path, ask(path, value as Say)]];
    return sentences(value as Tree, ask, `${path}.`);
  });
}

type Say = (...values: unknown[]) => string;

const MS = [
  "duration",
  "waiting.since",
  "waiting.expected",
  "attendees.waitingFor",
  "dialogs.lasted",
  "room.pausedSince",
];

function sample(path: string, say: Say): string {
  if (path === "problem") return say("camera", "busy");
  if (path === "person.coded") return say("client", "P07");
  if (path === "time") return say(Date.UTC(2026, 0, 5, 14, 5));
  if (MS.includes(path) || path === "attendees.told") return say(7_500_000);
  if (/(place|people|minutes|queued|Paused|endsIn|rtt|loss|figures\.(ms|percent|rate))$/.test(path))
    return say(3);
  if (path === "test.figures.camera") return say(640, 480, 20);
  return say("Ana", "Hola");
}

const english = new Map(sentences(en, sample));
const spanish = sentences(es, sample);

test("everything is said in Spanish, and nothing in English", () => {
  const untouched = spanish.filter(
    ([path, text]) => path !== "time" && text === english.get(path) && !SAME.includes(text),
  );
  expect(untouched).toEqual([]);
  expect(spanish.filter(([, text]) => text.trim() === "")).toEqual([]);
  expect(spanish.filter(([, text]) => /undefined|NaN|\[object/.test(text))).toEqual([]);
});

test("both languages have the same keys", () => {
  const keys = (tree: Tree) =>
    sentences(tree, () => "x")
      .map(([path]) => path)
      .filter((path) => !path.startsWith("refusals."));
  expect(keys(es)).toEqual(expect.arrayContaining(keys(en)));
  expect(keys(en)).toEqual(expect.arrayContaining(keys(es)));
});

test("every trouble with a device is told in Spanish", () => {
  const problems = ["insecure", "unsupported", "frame", "inapp", "blocked", "dismissed"] as const;
  const others = ["system", "missing", "busy", "gone", "unknown"] as const;
  for (const problem of [...problems, ...others]) {
    for (const device of ["camera", "microphone", "both"] as const) {
      expect(es.problem(device, problem)).not.toBe(en.problem(device, problem));
      expect(es.problem(device, problem)).toMatch(/\.$/);
    }
  }
  expect(es.problem("both", "missing")).toMatch(
    /^No se encontró ninguna cámara ni ningún micrófono\./,
  );
});

test("durations, plurals and times are those of the language", () => {
  expect(es.duration(20_000)).toBe("menos de un minuto");
  expect(es.duration(60_000)).toBe("1 minuto");
  expect(es.duration(7_260_000)).toBe("2 horas y 1 minuto");
  expect(es.attendees.people(1)).toBe("1 persona");
  expect(es.attendees.people(1_000)).toBe("1000 personas");
  expect(es.attendees.minutes(5)).toBe("en 5 minutos");
  expect(es.waiting.place(1)).toBe("Usted sigue");
  expect(es.waiting.place(3)).toContain("3");
  expect(es.waiting.expected(290_000)).toContain("5 minutos");
  expect(es.waiting.expected(-1)).toContain("en breve");
  expect(es.time(Date.UTC(2026, 0, 5, 12))).toMatch(/^\d\d:\d\d$/);
  expect(en.time(Date.UTC(2026, 0, 5, 12))).toBe(es.time(Date.UTC(2026, 0, 5, 12)));
});

test("a Spanish browser of any country gets Spanish", () => {
  for (const language of ["es", "es-MX", "es-419", "ES-es"]) expect(pick([language])).toBe(es);
  expect(pick(["de", "es-AR", "en"])).toBe(es);
  expect(pick(["en-US", "es"])).toBe(en);
  expect(languageOf(es)).toBe("es");
  expect(directionOf(es)).toBe("ltr");
});

test("a refusal is told in the person's language, and as the server says it where there is none", () => {
  const refused = { code: "NAME_MISSING", message: "Type your name first." };
  expect(sentenceOf(refused, es)).toBe("Primero escriba su nombre.");
  expect(sentenceOf(refused, en)).toBe("Type your name first.");
  expect(sentenceOf({ code: "GUEST_SETTINGS", message: "Check the port." }, es)).toBe(
    "Check the port.",
  );
  expect(sentenceOf({ code: "NOT_CONNECTED", message: "x" }, es)).toBe(es.link.notConnected);
  expect(sentenceOf(new Error("x"), es)).toBe(es.link.failed);
});

import { expect, test } from "vitest";
import { both, person, rows, silent } from "../gallery/rows.ts";
import {
  AS_IT_COMES,
  isEnlarged,
  mainOf,
  nextSpeaker,
  screenKey,
  tilesOf,
  toggled,
} from "../src/ui/stage-view.ts";

const SCREEN = { source: "screen" as const, muted: false };
const me = (more = {}) => person("me", { you: true, publications: both, ...more });
const doctor = (more = {}) => person("t", { role: "provider", publications: both, ...more });
const ben = (more = {}) => person("b", { publications: silent, ...more });

test("providers come first and oneself last; an observer without a picture is no tile", () => {
  const all = rows([me(), ben(), doctor(), person("s", { role: "supervisor" })]);
  expect(tilesOf(all, false).map(({ key }) => key)).toEqual(["t", "b", "me"]);
});

test("a hidden self view is no tile, and everybody else still is", () => {
  expect(tilesOf(rows([me(), doctor()]), true).map(({ key }) => key)).toEqual(["t"]);
});

test("of two people the other one is the picture, of three nobody is", () => {
  expect(mainOf(tilesOf(rows([me(), doctor()]), false), AS_IT_COMES, null)).toBe("t");
  expect(mainOf(tilesOf(rows([me(), doctor(), ben()]), false), AS_IT_COMES, null)).toBeNull();
});

test("somebody's screen takes the stage, one's own does not show itself there", () => {
  const theirs = tilesOf(rows([me(), doctor({ publications: [...both, SCREEN] }), ben()]), false);
  expect(mainOf(theirs, AS_IT_COMES, null)).toBe(screenKey("t"));
  const own = tilesOf(rows([me({ publications: [...both, SCREEN] }), doctor(), ben()]), false);
  expect(own.map(({ key }) => key)).toContain(screenKey("me"));
  expect(mainOf(own, AS_IT_COMES, null)).toBeNull();
});

test("a muted screen is no tile, whatever arrives", () => {
  const off = { source: "screen" as const, muted: true };
  const all = tilesOf(rows([me(), doctor({ publications: [...both, off] })]), false);
  expect(all.map(({ key }) => key)).toEqual(["t", "me"]);
});

test("a tile is enlarged and shrunk, and the choice outlives a screen that was shared meanwhile", () => {
  const plain = tilesOf(rows([me(), doctor(), ben()]), false);
  const chosen = toggled(plain, AS_IT_COMES, "b");
  expect(mainOf(plain, chosen, null)).toBe("b");
  const shared = tilesOf(rows([me(), doctor({ publications: [...both, SCREEN] }), ben()]), false);
  expect(mainOf(shared, chosen, null)).toBe(screenKey("t"));
  expect(mainOf(shared, toggled(shared, chosen, "me"), null)).toBe("me");
  expect(mainOf(plain, toggled(plain, chosen, "b"), null)).toBeNull();
  expect(mainOf(plain, chosen, null)).toBe("b");
});

test("a screen that took the stage can be shrunk, and is enlarged again", () => {
  const tiles = tilesOf(rows([me(), doctor({ publications: [...both, SCREEN] }), ben()]), false);
  const key = screenKey("t");
  expect(isEnlarged(tiles, AS_IT_COMES, key)).toBe(true);
  const shrunk = toggled(tiles, AS_IT_COMES, key);
  expect(mainOf(tiles, shrunk, null)).toBeNull();
  expect(isEnlarged(tiles, shrunk, key)).toBe(false);
  expect(mainOf(tiles, toggled(tiles, shrunk, key), null)).toBe(key);
});

test("in a talk of two one can look at oneself, and back at the other", () => {
  const two = tilesOf(rows([me(), doctor()]), false);
  const self = toggled(two, AS_IT_COMES, "me");
  expect(mainOf(two, self, null)).toBe("me");
  expect(isEnlarged(two, self, "me")).toBe(true);
  expect(mainOf(two, toggled(two, self, "me"), null)).toBe("t");
});

test("in a talk of two the other one can be shrunk to the size of oneself, and enlarged again", () => {
  const two = tilesOf(rows([me(), doctor()]), false);
  expect(isEnlarged(two, AS_IT_COMES, "t")).toBe(true);
  const alike = toggled(two, { ...AS_IT_COMES, view: "speaker" }, "t");
  expect(mainOf(two, alike, "t")).toBeNull();
  expect(isEnlarged(two, alike, "t")).toBe(false);
  expect(mainOf(two, toggled(two, alike, "t"), null)).toBe("t");
  expect(mainOf(two, toggled(two, alike, "me"), null)).toBe("me");
});

test("who was enlarged and left makes room for what comes by itself", () => {
  const choice = { ...AS_IT_COMES, enlarged: "gone" };
  expect(mainOf(tilesOf(rows([me(), doctor()]), false), choice, null)).toBe("t");
});

test("the speaker view stays with a speaker until another one speaks, and never shows oneself", () => {
  const tiles = tilesOf(rows([me(), doctor(), ben()]), false);
  const view = { ...AS_IT_COMES, view: "speaker" as const };
  expect(nextSpeaker(null, new Set(["me"]), tiles)).toBeNull();
  expect(nextSpeaker(null, new Set(["b"]), tiles)).toBe("b");
  expect(nextSpeaker("b", new Set(), tiles)).toBe("b");
  expect(nextSpeaker("b", new Set(["t", "b"]), tiles)).toBe("b");
  expect(nextSpeaker("b", new Set(["t"]), tiles)).toBe("t");
  expect(mainOf(tiles, view, "t")).toBe("t");
});

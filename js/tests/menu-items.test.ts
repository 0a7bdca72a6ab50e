import { expect, test } from "vitest";
import { both, person, silent } from "../gallery/rows.ts";
import type { Role } from "../src/protocol/types.ts";
import { en } from "../src/strings/en.ts";
import { menuItems } from "../src/ui/menu-items.ts";
import { target } from "../src/ui/TileMenu.tsx";

const viewer = (role: Role) => person("me", { you: true, role, publications: both });
const facts = {
  kind: "camera" as const,
  enlarged: false,
  full: false,
  selfHidden: false,
  own: { microphone: true, camera: true },
};
const labels = (role: Role, of = person("b", { publications: both }), more = {}) =>
  menuItems({ ...facts, me: viewer(role), person: of, ...more }, en).map(({ label }) => label);

test.each(["client", "supervisor"] as const)("a %s may only look at others", (role) => {
  expect(labels(role)).toEqual(["Enlarge", "Fullscreen"]);
});

test("a provider acts on everyone, and only asks for what is off", () => {
  expect(labels("provider")).toEqual([
    "Enlarge",
    "Mute",
    "Stop video",
    "Fullscreen",
    "Pause",
    "Remove",
  ]);
  const off = person("b", { publications: silent });
  expect(labels("provider", off).slice(1, 3)).toEqual(["Ask to unmute", "Ask to start video"]);
});

test("what was asked already is not asked twice", () => {
  const asked = person("b", { publications: silent, asked: ["microphone"] });
  const items = menuItems({ ...facts, me: viewer("provider"), person: asked }, en);
  expect(items.find(({ key }) => key === "askMicrophone")).toMatchObject({
    label: "Asked to unmute",
    disabled: true,
  });
});

test.each(["client", "provider", "supervisor"] as const)(
  "on oneself a %s has all of row 15",
  (role) => {
    const me = viewer(role);
    expect(labels(role, me)).toEqual([
      "Enlarge",
      "Mute",
      "Stop video",
      "Hide self view",
      "Set audio & video",
      "Fullscreen",
    ]);
    const off = { own: { microphone: false, camera: false }, enlarged: true, full: true };
    expect(labels(role, me, off)).toEqual([
      "Shrink",
      "Unmute",
      "Start video",
      "Hide self view",
      "Set audio & video",
      "Exit fullscreen",
    ]);
  },
);

test("who hides the self view finds the way back in the same menu", () => {
  expect(labels("client", viewer("client"), { selfHidden: true })).toContain("Show self view");
});

test("a shared screen can be stopped by its owner and by providers", () => {
  const screen = { kind: "screen" as const };
  expect(labels("client", undefined, screen)).toEqual(["Enlarge", "Fullscreen"]);
  expect(labels("provider", undefined, screen)).toContain("Stop sharing");
  expect(labels("client", viewer("client"), screen)).toContain("Stop sharing");
});

test("arrows wrap, Home and End jump, and a letter finds its item", () => {
  const items = menuItems({ ...facts, me: viewer("provider"), person: person("b") }, en);
  const last = items.length - 1;
  expect(target("ArrowDown", last, items)).toBe(0);
  expect(target("ArrowUp", 0, items)).toBe(last);
  expect(target("Home", 3, items)).toBe(0);
  expect(target("End", 0, items)).toBe(last);
  expect(target("p", 0, items)).toBe(items.findIndex(({ label }) => label === "Pause"));
  expect(target("z", 0, items)).toBeNull();
  expect(target("Enter", 0, items)).toBeNull();
});

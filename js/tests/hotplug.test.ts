import { expect, test } from "vitest";
import type { DeviceLists } from "../src/call/devices.ts";
import { newsOf, sameName } from "../src/call/hotplug.ts";

const of = (...labels: string[]) => labels.map((label) => ({ id: `id-${label}`, label }));
const lists = (more: Partial<DeviceLists> = {}): DeviceLists => ({
  cameras: of("Built-in"),
  microphones: of("Built-in microphone"),
  speakers: [],
  ...more,
});

test("a first list is no news", () => {
  expect(newsOf({ cameras: [], microphones: [], speakers: [] }, lists())).toEqual([]);
});

test("what is plugged in and what is pulled out is named", () => {
  const more = lists({ cameras: of("Built-in", "USB camera") });
  expect(newsOf(lists(), more)).toEqual([
    { kind: "plugged", device: "camera", label: "USB camera" },
  ]);
  expect(newsOf(more, lists())).toEqual([
    { kind: "unplugged", device: "camera", label: "USB camera" },
  ]);
});

test("a headset, microphone and speaker in one, is named once", () => {
  const before = lists({ speakers: of("Built-in speaker") });
  const after = lists({
    microphones: of("Built-in microphone", "Headset"),
    speakers: of("Built-in speaker", "Headset"),
  });
  expect(newsOf(before, after)).toHaveLength(1);
});

test("the system's other choice is a change, not a new device", () => {
  const now = (label: string) => lists({ microphones: [{ id: "default", label }] });
  expect(newsOf(now("Default - Built-in"), now("Default - Headset"))).toEqual([
    { kind: "changed", device: "microphone", label: "Default - Headset" },
  ]);
});

test("a chosen device is found again by its name, if its id is another now", () => {
  const choices = of("Built-in", "USB camera");
  expect(sameName(choices, "old", "USB camera")).toBe("id-USB camera");
  expect(sameName(choices, "id-Built-in", "USB camera")).toBeNull();
  expect(sameName(choices, "old", "Other")).toBeNull();
  expect(sameName(choices, undefined, "USB camera")).toBeNull();
});

import { expect, test } from "vitest";
import { person } from "../gallery/rows.ts";
import { type Actual, Publishing } from "../src/call/publishing.ts";
import type { PublicationRow } from "../src/protocol/types.ts";

const me = (...publications: PublicationRow[]) => person("me", { you: true, publications });
const mic = (muted: boolean): PublicationRow => ({ source: "microphone", muted });
const actual = (microphone: { had: boolean; on: boolean }): Actual => ({
  camera: { had: false, on: false },
  microphone,
});
const ON = actual({ had: true, on: true });
const OFF = actual({ had: true, on: false });

test("what one has is offered, what one has not is not", () => {
  expect(new Publishing().due(me(), ON)).toEqual([
    { do: "Publish", source: "microphone", muted: false },
  ]);
});

test("a device that is off from the start is offered as muted", () => {
  expect(new Publishing().due(me(), OFF)).toEqual([
    { do: "Publish", source: "microphone", muted: true },
  ]);
});

test("nothing is sent twice while an answer is out, or while the rows lag behind it", () => {
  const publishing = new Publishing();
  publishing.due(me(), ON);
  expect(publishing.due(me(), ON)).toEqual([]);
  publishing.settled("microphone");
  expect(publishing.due(me(), ON)).toEqual([]);
});

test("muting is a command of its own, since it must never wait", () => {
  expect(new Publishing().due(me(mic(false)), OFF)).toEqual([
    { do: "SetMuted", source: "microphone", muted: true },
  ]);
});

test("one's own muting is not taken for the provider's", () => {
  const publishing = new Publishing();
  publishing.due(me(mic(false)), OFF);
  // On again before the row arrives.
  expect(publishing.forcedOff(me(mic(false)), me(mic(true)), ON)).toEqual([]);
  publishing.settled("microphone");
  expect(publishing.due(me(mic(true)), ON)).toHaveLength(1);
});

test("a provider's mute is noticed once, and unmuting afterwards is sent", () => {
  const publishing = new Publishing();
  publishing.due(me(), ON);
  publishing.settled("microphone");
  expect(publishing.forcedOff(me(mic(false)), me(mic(true)), ON)).toEqual(["microphone"]);
  expect(publishing.due(me(mic(true)), OFF)).toEqual([]);
  expect(publishing.due(me(mic(true)), ON)).toEqual([
    { do: "Publish", source: "microphone", muted: false },
  ]);
});

test("a mute that came while this page was offline holds", () => {
  const publishing = new Publishing();
  publishing.reset();
  expect(publishing.forcedOff(me(mic(false)), me(mic(true)), ON)).toEqual(["microphone"]);
});

test("an unmute that got lost with the connection is sent again", () => {
  const publishing = new Publishing();
  publishing.due(me(mic(true)), ON);
  publishing.reset();
  expect(publishing.forcedOff(me(mic(true)), me(mic(true)), ON)).toEqual([]);
  expect(publishing.due(me(mic(true)), ON)).toHaveLength(1);
});

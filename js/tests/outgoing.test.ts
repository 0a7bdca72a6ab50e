import { expect, test } from "vitest";
import { line } from "../gallery/rows.ts";
import { arrived, begun, failed, without } from "../src/call/outgoing.ts";

const one = begun([], 1, "everyone", "Hello  there", 0);

test("a message on its way is kept until it is seen to arrive", () => {
  expect(arrived(one, line("x", { own: true, to: "everyone", text: "Hello there" }))).toEqual([]);
  expect(arrived(one, line("x", { own: false, to: "everyone", text: "Hello there" }))).toBe(one);
  expect(arrived(one, line("x", { own: true, to: "staff", text: "Hello there" }))).toBe(one);
});

test("of two equal messages only one arrives at a time", () => {
  const two = begun(one, 2, "everyone", "Hello there", 1);
  const left = arrived(two, line("x", { own: true, to: "everyone", text: "Hello there" }));
  expect(left.map(({ key }) => key)).toEqual([2]);
});

test("a failed message stays with its reason, and trying again clears that", () => {
  const lost = failed(one, 1, { code: "NOT_CONNECTED", message: "" });
  expect(lost[0]?.failed?.code).toBe("NOT_CONNECTED");
  const again = begun(lost, 1, "everyone", "Hello  there", 5);
  expect(again).toHaveLength(1);
  expect(again[0]?.failed).toBeNull();
});

test("giving up removes it, and an unknown key changes nothing", () => {
  expect(without(one, 1)).toEqual([]);
  expect(without(one, 9)).toBe(one);
});

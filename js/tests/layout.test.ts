import { expect, test } from "vitest";
import { arrange, type Box, duet, grid } from "../src/ui/layout.ts";

const SIZES: [number, number][] = [
  [320, 480],
  [360, 640],
  [640, 360],
  [960, 540],
  [1440, 800],
  [3840, 2000],
];

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

test.each(SIZES)("on %d × %d no tile leaves the stage or covers another, up to 25", (w, h) => {
  for (let count = 1; count <= 25; count++) {
    const boxes = grid(count, w, h);
    expect(boxes).toHaveLength(count);
    for (const [index, box] of boxes.entries()) {
      expect(box.width).toBeGreaterThan(0);
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(w + 1);
      expect(box.y + box.height).toBeLessThanOrEqual(h + 1);
      for (const other of boxes.slice(index + 1)) expect(overlap(box, other)).toBe(false);
    }
  }
});

test("all tiles of a grid have one size and keep a picture's shape", () => {
  for (const box of grid(7, 1200, 700)) {
    expect(box.width / box.height).toBeGreaterThan(0.7);
    expect(box.width / box.height).toBeLessThan(1.8);
  }
});

test("four people make two rows of two on a wide stage", () => {
  const boxes = grid(4, 860, 580);
  expect(new Set(boxes.map((box) => box.y)).size).toBe(2);
  expect(new Set(boxes.map((box) => box.x)).size).toBe(2);
});

test("on a phone three people lie one above the other", () => {
  expect(new Set(grid(3, 350, 640).map((box) => box.x)).size).toBe(1);
});

test("a short last row is centred", () => {
  const [first, , third] = grid(3, 900, 560);
  expect(third?.x).toBeGreaterThan(first?.x ?? 0);
});

test.each(SIZES)("on %d × %d the own picture is small, in the corner, and on the stage", (w, h) => {
  const { other, self } = duet(w, h);
  expect(other).toEqual({ x: 0, y: 0, width: w, height: h });
  expect(self.width * self.height).toBeLessThan((w * h) / 6);
  expect(self.x + self.width).toBeLessThanOrEqual(w);
  expect(self.y + self.height).toBeLessThanOrEqual(h);
  expect(self.x).toBeGreaterThan(w / 2);
});

test("nobody needs no tile", () => {
  expect(grid(0, 100, 100)).toEqual([]);
});

test.each(SIZES)(
  "on %d × %d a screen on the stage is covered by nothing, up to 25 people",
  (w, h) => {
    for (let count = 1; count <= 25; count++) {
      const keys = ["screen", ...Array.from({ length: count }, (_, i) => `p${i}`)];
      const places = arrange({ width: w, height: h, keys, main: "screen", clear: true });
      expect(places.map(({ key }) => key).sort()).toEqual([...keys].sort());
      for (const [index, { box }] of places.entries()) {
        expect(box.width).toBeGreaterThan(0);
        expect(box.height).toBeGreaterThan(0);
        expect(box.x + box.width).toBeLessThanOrEqual(w + 1);
        expect(box.y + box.height).toBeLessThanOrEqual(h + 1);
        for (const other of places.slice(index + 1)) expect(overlap(box, other.box)).toBe(false);
      }
      const [stage] = places;
      expect((stage?.box.width ?? 0) * (stage?.box.height ?? 0)).toBeGreaterThan((w * h) / 2);
    }
  },
);

test("a single other tile lies in the corner of an enlarged picture, and nowhere over a screen", () => {
  const wish = { width: 900, height: 560, keys: ["a", "b"], main: "a" };
  const [large, small] = arrange(wish);
  expect(large?.box).toEqual({ x: 0, y: 0, width: 900, height: 560 });
  expect(small?.small).toBe(true);
  const [screen, beside] = arrange({ ...wish, clear: true });
  expect(overlap(screen?.box as Box, beside?.box as Box)).toBe(false);
});

test("an unknown main tile is no reason to lose anybody", () => {
  const places = arrange({ width: 900, height: 560, keys: ["a", "b", "c"], main: "gone" });
  expect(places.map(({ small }) => small)).toEqual([false, false, false]);
});

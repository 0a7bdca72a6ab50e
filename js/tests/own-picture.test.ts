import { expect, test } from "vitest";
import {
  examine,
  MAX_BYTES,
  MAX_SIDE_PX,
  readPicture,
  sizeOf,
} from "../src/call/background/own-picture.ts";

const text = (value: string) => new TextEncoder().encode(value);

function png(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

function jpeg(width: number, height: number): Uint8Array {
  const high = (n: number) => [n >> 8, n & 255];
  // An APP0 of 4 bytes, a Huffman table that is no frame header, then SOF2.
  const start = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc4, 0, 3, 9, 0xff];
  return Uint8Array.of(...start, 0xff, 0xc2, 0, 17, 8, ...high(height), ...high(width), 3, 0, 0);
}

function webp(kind: string, ...rest: number[]): Uint8Array {
  return Uint8Array.of(...text("RIFF"), 0, 0, 0, 0, ...text(`WEBP${kind}`), 0, 0, 0, 0, ...rest);
}

test("the size is read from the header, whatever the kind", () => {
  expect(sizeOf(png(640, 480))).toEqual([640, 480]);
  expect(sizeOf(jpeg(1920, 1080))).toEqual([1920, 1080]);
  expect(sizeOf(webp("VP8X", 0, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0))).toEqual([640, 480]);
  expect(sizeOf(webp("VP8 ", 0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1))).toEqual([640, 480]);
  const bits = 639 | (479 << 14);
  const packed = [bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, bits >> 24];
  expect(sizeOf(webp("VP8L", 0x2f, ...packed))).toEqual([640, 480]);
});

test("an ordinary picture is taken", () => {
  for (const bytes of [png(4_000, 3_000), jpeg(6_000, 4_000)]) expect(examine(bytes)).toBeNull();
});

test("a picture that would fill the memory is refused before it is decoded", () => {
  expect(examine(png(20_000, 10))).toBe("huge");
  expect(examine(png(10, MAX_SIDE_PX + 1))).toBe("huge");
  expect(examine(jpeg(11_000, 11_000))).toBe("huge");
  expect(examine(png(0xffff_ffff, 0xffff_ffff))).toBe("huge");
});

test("a drawing is refused as what it is, with or without a script", () => {
  for (const svg of [
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    '\ufeff  <?xml version="1.0"?><svg/>',
    "<!-- a word --><svg/>",
    "<!DOCTYPE svg><svg/>",
  ]) {
    expect(examine(text(svg))).toBe("drawing");
  }
});

test("what is no picture is refused by its bytes, not by its name", () => {
  for (const bytes of [text("hello"), text("%PDF-1.7"), text("GIF89a"), new Uint8Array(0)]) {
    expect(examine(bytes)).toBe("format");
  }
});

test("a picture that is cut off or empty is unreadable", () => {
  expect(examine(png(640, 480).slice(0, 18))).toBe("unreadable");
  expect(examine(jpeg(640, 480).slice(0, 12))).toBe("unreadable");
  expect(examine(png(0, 480))).toBe("unreadable");
  expect(examine(Uint8Array.of(0xff, 0xd8, 0, 0, 0, 0))).toBe("unreadable");
});

test("a file over ten megabytes is not even read", async () => {
  const read = () => Promise.reject(new Error("was read"));
  const file = { size: MAX_BYTES + 1, arrayBuffer: read } as unknown as Blob;
  expect(await readPicture(file)).toBe("heavy");
});

test("what the browser cannot decode is unreadable, not an error", async () => {
  const file = new Blob([png(640, 480) as Uint8Array<ArrayBuffer>]);
  expect(await readPicture(file)).toBe("unreadable");
});

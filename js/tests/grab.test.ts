import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Grabber } from "../src/call/background/grab.ts";

/** What a video shows, and how the browser holds it. */
let frame: Record<string, unknown>;
/** What a copy says of its planes, where it is not the asked for. */
let layout: object[] | null = null;
const copied = vi.fn(async (into: Uint8ClampedArray) => {
  into.fill(7);
  const { width } = frame.visibleRect as { width: number };
  return layout ?? [{ offset: 0, stride: 4 * width }];
});
const closed = vi.fn();
const made: { from: unknown; size: ImageBitmapOptions }[] = [];

const video = (width = 640, height = 480) =>
  ({
    paused: false,
    readyState: 2,
    videoWidth: width,
    videoHeight: height,
  }) as HTMLVideoElement;

function browser(prototype: object, frames = true): void {
  class Frame {
    constructor() {
      if (!frames) throw new Error("no frame");
      Object.assign(this, frame, { copyTo: copied, close: closed });
    }
  }
  Object.assign(Frame.prototype, prototype);
  vi.stubGlobal("VideoFrame", Frame);
}

beforeEach(() => {
  made.length = 0;
  layout = null;
  copied.mockClear();
  closed.mockClear();
  frame = {
    format: "I420",
    rotation: 0,
    flip: false,
    visibleRect: { width: 640, height: 480 },
  };
  vi.stubGlobal("HTMLMediaElement", { HAVE_CURRENT_DATA: 2 });
  vi.stubGlobal(
    "ImageData",
    class {
      readonly data: Uint8ClampedArray;
      constructor(
        readonly width: number,
        readonly height: number,
      ) {
        this.data = new Uint8ClampedArray(4 * width * height);
      }
    },
  );
  vi.stubGlobal("createImageBitmap", async (from: unknown, size: ImageBitmapOptions) => {
    made.push({ from, size });
    return {};
  });
  browser({ rotation: 0 });
});

afterEach(() => vi.unstubAllGlobals());

test("a frame in memory is copied into one buffer, and the frame given back", async () => {
  const grabber = new Grabber();
  await grabber.grab(video(), 540);
  await grabber.grab(video(), 540);
  expect(copied).toHaveBeenCalledTimes(2);
  expect(closed).toHaveBeenCalledTimes(2);
  const [first, second] = made.map(({ from }) => from as ImageData);
  expect(first).toBe(second);
  expect(first?.data).toHaveLength(640 * 480 * 4);
  expect(first?.data[0]).toBe(7);
});

test("another size of the camera gets another buffer", async () => {
  const grabber = new Grabber();
  await grabber.grab(video(), 540);
  frame = { ...frame, visibleRect: { width: 1280, height: 720 } };
  await grabber.grab(video(1280, 720), 540);
  expect(made[1]?.from).toMatchObject({ width: 1280, height: 720 });
  expect(made[1]?.size).toMatchObject({ resizeWidth: 960, resizeHeight: 540 });
});

test("a turned, mirrored or stretched frame, and one on the graphics card, is drawn as shown", async () => {
  const grabber = new Grabber();
  const shown = video();
  for (const other of [
    { rotation: 180 },
    { flip: true },
    { visibleRect: { width: 480, height: 640 } },
    { visibleRect: null },
    { format: null },
  ]) {
    const upright = frame;
    frame = { ...frame, ...other };
    await grabber.grab(shown, 540);
    frame = upright;
    expect(made.at(-1)?.from, JSON.stringify(other)).toBe(shown);
  }
  expect(copied).not.toHaveBeenCalled();
  expect(closed).toHaveBeenCalledTimes(5);
  await grabber.grab(shown, 540);
  expect(copied).toHaveBeenCalledTimes(1);
});

test("a browser that cannot copy, or does not say how a frame is turned, draws the video", async () => {
  const shown = video();
  copied.mockRejectedValueOnce(new TypeError("RGBA"));
  const grabber = new Grabber();
  await grabber.grab(shown, 540);
  await grabber.grab(shown, 540);
  expect(copied).toHaveBeenCalledTimes(1);
  expect(closed).toHaveBeenCalledTimes(1);
  browser({});
  await new Grabber().grab(shown, 540);
  vi.stubGlobal("VideoFrame", undefined);
  await new Grabber().grab(shown, 540);
  expect(made.map(({ from }) => from)).toEqual([shown, shown, shown, shown]);
  expect(copied).toHaveBeenCalledTimes(1);
});

test("without a frame there is no picture, and the next one is copied all the same", async () => {
  const grabber = new Grabber();
  expect(await grabber.grab(video(0, 0), 540)).toBeNull();
  browser({ rotation: 0 }, false);
  vi.stubGlobal("createImageBitmap", async () => {
    throw new Error("no frame");
  });
  expect(await grabber.grab(video(), 540)).toBeNull();
  browser({ rotation: 0 });
  expect(await grabber.grab(video(), 540)).toBeNull();
  expect(copied).toHaveBeenCalledTimes(1);
});

test("the shorter side is no longer than wanted, nothing is enlarged, and both sides are even", async () => {
  vi.stubGlobal("VideoFrame", undefined);
  const grabber = new Grabber();
  for (const [width, height] of [
    [1280, 720],
    [720, 1280],
    [321, 241],
  ] as const) {
    await grabber.grab(video(width, height), 360);
  }
  expect(made.map(({ size }) => [size.resizeWidth, size.resizeHeight])).toEqual([
    [640, 360],
    [360, 640],
    [322, 242],
  ]);
});

test("a browser that copies planes of its own instead is not asked again, and the video is drawn", async () => {
  layout = [
    { offset: 0, stride: 640 },
    { offset: 307_200, stride: 320 },
    { offset: 384_000, stride: 320 },
  ];
  const grabber = new Grabber();
  const shown = video();
  await grabber.grab(shown, 480);
  await grabber.grab(shown, 480);
  expect(copied).toHaveBeenCalledTimes(1);
  expect(made.map(({ from }) => from)).toEqual([shown, shown]);
});

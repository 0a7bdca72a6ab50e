// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Backdrop, type EffectModule } from "../src/call/background/backdrop.ts";
import {
  type Background,
  type BackgroundProblem,
  recalled,
} from "../src/call/background/choices.ts";

class FakeTrack {
  enabled = true;
  readyState = "live";
  readonly clones: FakeTrack[] = [];
  constructor(readonly kind = "camera") {}
  stop() {
    this.readyState = "ended";
  }
  clone() {
    const made = new FakeTrack("clone");
    this.clones.push(made);
    return made;
  }
}

interface Events {
  onShown(): void;
  onStopped(problem: BackgroundProblem): void;
}

class FakeEffect {
  static made: FakeEffect[] = [];
  readonly calls: string[] = [];
  source: FakeTrack | null = null;
  constructor(
    _folder: string,
    readonly scene: unknown,
    readonly events: Events,
  ) {
    FakeEffect.made.push(this);
  }
  start(source: FakeTrack) {
    this.source = source;
    this.calls.push("start");
  }
  show(scene: unknown) {
    this.calls.push(JSON.stringify(scene));
  }
  rest() {
    this.source?.stop();
    this.calls.push("rest");
  }
  close() {
    this.source?.stop();
    this.calls.push("close");
  }
}

const quiet = () => new Promise((resolve) => setTimeout(resolve));
const module = { Effect: FakeEffect } as unknown as EffectModule;
let load: ReturnType<typeof vi.fn<(folder: string) => Promise<EffectModule>>>;
const onStopped = vi.fn();

function gate(choice: Background) {
  return new Backdrop({ folder: "/x/", choice, onChange: () => undefined, onStopped, load });
}

const camera = () => {
  const fake = new FakeTrack();
  return { fake, track: fake as unknown as MediaStreamTrack };
};

beforeEach(() => {
  FakeEffect.made = [];
  onStopped.mockClear();
  load = vi.fn(async () => module);
  HTMLCanvasElement.prototype.getContext = (() => ({
    fillRect: () => undefined,
    canvas: {},
  })) as never;
  HTMLCanvasElement.prototype.captureStream = () =>
    ({ getVideoTracks: () => [new FakeTrack("canvas")] }) as unknown as MediaStream;
});
afterEach(() => vi.useRealTimers());

test("without a background the camera itself passes, and nothing is loaded", () => {
  const { fake, track } = camera();
  expect(gate("none").cover(track)).toBe(track);
  expect(fake.enabled).toBe(true);
  expect(load).not.toHaveBeenCalled();
});

test("with one, a canvas passes and the camera itself is dark at once, before anything is loaded", async () => {
  const { fake, track } = camera();
  load.mockReturnValue(new Promise(() => undefined));
  const backdrop = gate("blur");
  const shown = backdrop.cover(track) as unknown as FakeTrack;
  expect(shown.kind).toBe("canvas");
  expect(fake.enabled).toBe(false);
  expect(backdrop.state.phase).toBe("starting");
});

test("a chosen background replaces the camera that was shown, and none gives it back", async () => {
  const { fake, track } = camera();
  const backdrop = gate("none");
  backdrop.cover(track);
  backdrop.choose("sea");
  const shown = backdrop.cover(track) as unknown as FakeTrack;
  expect(shown.kind).toBe("canvas");
  expect(fake.enabled).toBe(false);
  await quiet();
  expect(FakeEffect.made[0]?.source).toBe(fake.clones[0]);
  expect(FakeEffect.made[0]?.scene).toEqual({ kind: "picture", name: "sea" });
  FakeEffect.made[0]?.events.onShown();
  expect(backdrop.state.phase).toBe("on");
  backdrop.choose("none");
  expect(backdrop.cover(track)).toBe(track);
  expect(fake.enabled).toBe(true);
  expect(shown.readyState).toBe("ended");
  expect(fake.clones[0]?.readyState).toBe("ended");
  expect(FakeEffect.made[0]?.calls.at(-1)).not.toBe("start");
});

test("from one background to another the same canvas goes on", async () => {
  const { track } = camera();
  const backdrop = gate("blur");
  const shown = backdrop.cover(track);
  await quiet();
  backdrop.choose("light");
  expect(backdrop.cover(track)).toBe(shown);
  expect(FakeEffect.made).toHaveLength(1);
  expect(FakeEffect.made[0]?.calls.at(-1)).toBe('{"kind":"blur","strength":"light"}');
});

test("another camera keeps the effect, and gets a black canvas of its own", async () => {
  const [one, two] = [camera(), camera()];
  const backdrop = gate("blur");
  const first = backdrop.cover(one.track);
  await quiet();
  backdrop.uncover();
  const second = backdrop.cover(two.track);
  await quiet();
  expect(second).not.toBe(first);
  expect(two.fake.enabled).toBe(false);
  expect(FakeEffect.made).toHaveLength(1);
  expect(FakeEffect.made[0]?.source).toBe(two.fake.clones[0]);
});

test("a camera that went away while the effect was loading is not used any more", async () => {
  const { fake, track } = camera();
  const backdrop = gate("blur");
  backdrop.cover(track);
  backdrop.uncover();
  await quiet();
  expect(FakeEffect.made).toHaveLength(0);
  expect(fake.clones[0]?.readyState).toBe("ended");
});

test("an effect that is not used is given up after a while", async () => {
  const backdrop = gate("blur");
  backdrop.cover(camera().track);
  await quiet();
  vi.useFakeTimers();
  backdrop.uncover();
  expect(FakeEffect.made[0]?.calls).not.toContain("close");
  vi.runAllTimers();
  expect(FakeEffect.made[0]?.calls.at(-1)).toBe("close");
});

test("a failure stops the picture, names itself, and does not show the camera", async () => {
  const { fake, track } = camera();
  const backdrop = gate("blur");
  backdrop.cover(track);
  await quiet();
  FakeEffect.made[0]?.events.onStopped("slow");
  expect(backdrop.state).toMatchObject({ choice: "blur", phase: "stopped", problem: "slow" });
  expect(onStopped).toHaveBeenCalledTimes(1);
  expect(fake.enabled).toBe(false);
  backdrop.settle();
  expect(backdrop.state).toMatchObject({ choice: "blur", phase: "off", problem: null });
});

test("an effect that cannot be loaded is a failure too, and another try loads anew", async () => {
  load.mockRejectedValueOnce(new Error("404"));
  const backdrop = gate("blur");
  backdrop.cover(camera().track);
  await quiet();
  expect(backdrop.state.problem).toBe("missing");
  expect(onStopped).toHaveBeenCalledTimes(1);
  backdrop.settle();
  backdrop.cover(camera().track);
  await quiet();
  expect(FakeEffect.made).toHaveLength(1);
});

test("a browser whose canvas gives no picture is told, with the camera dark", async () => {
  HTMLCanvasElement.prototype.captureStream = undefined as never;
  const { fake, track } = camera();
  const backdrop = gate("blur");
  backdrop.cover(track);
  await quiet();
  expect(backdrop.state.problem).toBe("unsupported");
  expect(onStopped).toHaveBeenCalledTimes(1);
  expect(fake.enabled).toBe(false);
});

test("one's own picture can be chosen once it was read, and a refused one changes nothing", async () => {
  const picture = { close: () => undefined };
  const readPicture = vi.fn(async () => ({ picture, thumbUrl: "blob:x" }) as never);
  load.mockResolvedValue({ Effect: FakeEffect, readPicture } as unknown as EffectModule);
  const backdrop = gate("none");
  backdrop.choose("own");
  expect(backdrop.state.choice).toBe("blur");
  readPicture.mockResolvedValueOnce("huge" as never);
  expect(await backdrop.take(new Blob())).toBe("huge");
  expect(backdrop.state.ownUrl).toBeNull();
  expect(await backdrop.take(new Blob())).toBeNull();
  backdrop.choose("own");
  expect(backdrop.state).toMatchObject({ choice: "own", ownUrl: "blob:x" });
});

test("what was remembered of one's own picture comes back as a blur, never as the room", () => {
  expect(recalled("own")).toBe("blur");
  expect(recalled("sea")).toBe("sea");
  expect(recalled(undefined)).toBe("none");
  expect(recalled("<script>")).toBe("none");
});

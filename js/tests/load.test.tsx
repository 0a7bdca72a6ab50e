// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Inside, InsideSource } from "../src/ui/load.ts";
import { useInside } from "../src/ui/load.ts";
import type { Screen } from "../src/ui/screen.ts";

const INSIDE = {} as Inside;
const root = document.createElement("div");
let seen: Inside | null = null;

function Probe({ source, screen }: { source: InsideSource; screen: Screen }) {
  seen = useInside(source, screen);
  return null;
}

const show = (source: InsideSource, screen: Screen) =>
  act(() => render(<Probe source={source} screen={screen} />, root));

beforeEach(() => {
  vi.useFakeTimers();
  seen = null;
});
afterEach(() => {
  act(() => render(null, root));
  vi.useRealTimers();
});

test("what is part of the module is there at once", () => {
  show(INSIDE, "session");
  expect(seen).toBe(INSIDE);
});

test("while somebody prepares nothing more is loaded; it comes while they wait, and once", async () => {
  const load = vi.fn(async () => INSIDE);
  show(load, "preparation");
  expect(load).not.toHaveBeenCalled();
  show(load, "waiting");
  await act(async () => undefined);
  expect(seen).toBe(INSIDE);
  show(load, "session");
  expect(load).toHaveBeenCalledOnce();
});

test("a network that is lost meanwhile is tried again", async () => {
  const load = vi
    .fn<() => Promise<Inside>>()
    .mockRejectedValueOnce(new TypeError("Failed to fetch"))
    .mockResolvedValue(INSIDE);
  show(load, "waiting");
  await act(async () => undefined);
  expect(seen).toBeNull();
  await act(async () => {
    await vi.advanceTimersByTimeAsync(2_000);
  });
  expect(seen).toBe(INSIDE);
});

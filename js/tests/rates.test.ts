import { expect, test, vi } from "vitest";
import { limitsOf, rate } from "../src/call/rates.ts";

const sender = (encoding: Record<string, unknown>) => {
  const setParameters = vi.fn(async () => undefined);
  return { getParameters: () => ({ encodings: [encoding] }), setParameters };
};
const set = (of: ReturnType<typeof sender>, thrifty: boolean) =>
  rate(of as unknown as RTCRtpSender, "video", thrifty);

test("a screen is sharp before it is smooth, and small where the line is slow", () => {
  expect(limitsOf("screen", false).maxFramerate).toBeLessThanOrEqual(15);
  expect(limitsOf("screen", true).maxBitrate).toBeLessThan(
    limitsOf("screen", false).maxBitrate ?? 0,
  );
  expect(limitsOf("screen", true).scaleResolutionDownBy).toBeUndefined();
});

test("low bandwidth limits a camera, and switching it off takes the limits away", async () => {
  const encoding: Record<string, unknown> = { active: true };
  const one = sender(encoding);
  await set(one, true);
  expect(encoding).toMatchObject({ maxBitrate: 150_000, scaleResolutionDownBy: 2 });
  await set(one, false);
  expect(encoding).toEqual({ active: true });
});

test("what is right already is not set again", async () => {
  const one = sender({ active: true, scaleResolutionDownBy: 1 });
  await set(one, false);
  expect(one.setParameters).not.toHaveBeenCalled();
});

test("a sender that cannot be told breaks nothing", async () => {
  await expect(set({} as never, true)).resolves.toBeUndefined();
});

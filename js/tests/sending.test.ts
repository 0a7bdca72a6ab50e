import { expect, test, vi } from "vitest";
import { limitsOf, type Plan, planOf, prefer, rate } from "../src/call/sending.ts";

const sender = (encoding: Record<string, unknown>) => {
  const setParameters = vi.fn(async () => undefined);
  return { getParameters: () => ({ encodings: [encoding] }), setParameters };
};
const set = (of: ReturnType<typeof sender>, plan: Plan) =>
  rate(of as unknown as RTCRtpSender, limitsOf("video", plan));

test("a screen is sharp before it is smooth, and small where the line is slow", () => {
  expect(limitsOf("screen", "full").maxFramerate).toBeLessThanOrEqual(15);
  expect(limitsOf("screen", "thrifty").maxBitrate).toBeLessThan(
    limitsOf("screen", "full").maxBitrate ?? 0,
  );
  expect(limitsOf("screen", "thrifty").scaleResolutionDownBy).toBeUndefined();
});

test("low bandwidth limits a camera, and switching it off takes the limits away", async () => {
  const encoding: Record<string, unknown> = { active: true };
  const one = sender(encoding);
  await set(one, "thrifty");
  expect(encoding).toMatchObject({ maxBitrate: 150_000, scaleResolutionDownBy: 2 });
  await set(one, "full");
  expect(encoding).toEqual({ active: true });
});

test("what is right already is not set again", async () => {
  const one = sender({ active: true, scaleResolutionDownBy: 1 });
  expect(await set(one, "full")).toBe(true);
  expect(one.setParameters).not.toHaveBeenCalled();
});

test("a sender that cannot be told says so", async () => {
  await expect(set({} as never, "thrifty")).resolves.toBe(false);
  const early = { getParameters: () => ({ encodings: [] }), setParameters: vi.fn() };
  await expect(set(early as never, "thrifty")).resolves.toBe(false);
});

test("with several others each gets a smaller picture, and low bandwidth goes before that", () => {
  expect(planOf(false, 1)).toBe("full");
  expect(planOf(false, 4)).toBe("shared");
  expect(planOf(true, 1)).toBe("thrifty");
  const of = (plan: Plan) => limitsOf("video", plan).maxBitrate ?? Number.POSITIVE_INFINITY;
  expect(of("thrifty")).toBeLessThan(of("shared"));
  expect(of("shared")).toBeLessThan(of("full"));
});

test("a fresh camera starts small, the smaller the more there are; what is small anyway stays as it is", () => {
  expect(limitsOf("video", "full", true)).toEqual({ scaleResolutionDownBy: 2 });
  expect(limitsOf("video", "full")).toEqual({});
  const scale = (fresh: boolean) => limitsOf("video", "shared", fresh).scaleResolutionDownBy;
  expect([scale(true), scale(false)]).toEqual([4, 2]);
  expect(limitsOf("video", "thrifty", true)).toEqual(limitsOf("video", "thrifty"));
  expect(limitsOf("screen", "full", true)).toEqual(limitsOf("screen", "full"));
});

test("few codecs are offered: one that all have, one that phones have chips for, and what repairs them", () => {
  const codec = (mimeType: string, sdpFmtpLine = "") => ({ mimeType, sdpFmtpLine });
  const video = [
    codec("video/VP8"),
    codec("video/rtx"),
    codec("video/VP9", "profile-id=0"),
    codec("video/H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
    codec("video/H264", "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f"),
    codec("video/H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f"),
    codec("video/AV1"),
    codec("video/red"),
    codec("video/H264", "profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1"),
  ];
  const getCapabilities = vi.fn(() => ({ codecs: video }));
  vi.stubGlobal("RTCRtpReceiver", { getCapabilities });
  const setCodecPreferences = vi.fn();
  prefer({ setCodecPreferences } as unknown as RTCRtpTransceiver, "video");
  expect(setCodecPreferences).toHaveBeenCalledWith([
    video[0],
    video[1],
    video[3],
    video[7],
    video[8],
  ]);

  prefer({ setCodecPreferences } as unknown as RTCRtpTransceiver, "video");
  expect(setCodecPreferences).toHaveBeenCalledTimes(2);
  expect(getCapabilities).toHaveBeenCalledTimes(1);

  // What knows none of them offers what it has, and so does what cannot be told.
  const other = vi.fn();
  vi.stubGlobal("RTCRtpReceiver", { getCapabilities: () => ({ codecs: [codec("audio/PCMU")] }) });
  prefer({ setCodecPreferences: other } as unknown as RTCRtpTransceiver, "audio");
  expect(other).not.toHaveBeenCalled();
  vi.unstubAllGlobals();
  expect(() => prefer({} as RTCRtpTransceiver, "video")).not.toThrow();

  // Asked before the browser knows its chips: asked again.
  const early = vi.fn(() => ({ codecs: [codec("audio/red")] }));
  vi.stubGlobal("RTCRtpReceiver", { getCapabilities: early });
  prefer({ setCodecPreferences: other } as unknown as RTCRtpTransceiver, "audio");
  prefer({ setCodecPreferences: other } as unknown as RTCRtpTransceiver, "audio");
  expect(early).toHaveBeenCalledTimes(2);
  vi.unstubAllGlobals();
});

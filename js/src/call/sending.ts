// How much of the line each picture may take. `limitsOf` is pure; `rate` hands its answer to a sender.
import type { Slot } from "./peer.ts";

export interface Limits {
  readonly maxBitrate?: number;
  readonly maxFramerate?: number;
  readonly scaleResolutionDownBy?: number;
}

/** `shared`: each of several others gets a picture of their own, so each gets a smaller one. */
export type Plan = "full" | "shared" | "thrifty";

/** In a mesh a camera is encoded once for each of the others. */
const FEW = 2;

export function planOf(thrifty: boolean, others: number): Plan {
  if (thrifty) return "thrifty";
  return others > FEW ? "shared" : "full";
}

/** What is offered: one codec that every browser has, one that phones have chips for, and what repairs them. */
const SPOKEN = /^(audio\/(opus|red)|video\/(VP8|H264|rtx|red|ulpfec))$/i;
/** Of H.264, the one form that every browser has; browsers differ in the order of its parameters. */
const isPlainH264 = (parameters: string) =>
  /packetization-mode=1/.test(parameters) && /profile-level-id=42e0/i.test(parameters);

/**
 * Offers few codecs: a browser's whole list stands in each m-line, and both sides read all of it. Never throws:
 * a browser that cannot be told offers all it has.
 */
export function prefer(transceiver: RTCRtpTransceiver, kind: "audio" | "video"): void {
  try {
    const few = fewOf(kind);
    if (few.length > 0) transceiver.setCodecPreferences([...few]);
  } catch {
    // As it is, then.
  }
}

/** Asking halts the page until the browser's media threads have time. */
const known = new Map<string, readonly RTCRtpCodec[]>();

function fewOf(kind: "audio" | "video"): readonly RTCRtpCodec[] {
  const before = known.get(kind);
  if (before !== undefined) return before;
  const all = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const few = all.filter(
    ({ mimeType, sdpFmtpLine = "" }) =>
      SPOKEN.test(mimeType) && (!/h264/i.test(mimeType) || isPlainH264(sdpFmtpLine)),
  );
  // Asked early, some browsers do not know their chips yet: what may still grow is asked for again.
  if (few.some(({ mimeType }) => /opus|h264/i.test(mimeType))) known.set(kind, few);
  return few.some(({ mimeType }) => /opus|vp8/i.test(mimeType)) ? few : [];
}

/**
 * Bit/s and pictures/s. A screen is text: sharp before smooth.
 *
 * A camera that just came on is `fresh`: a browser that does not know the line yet drops the first pictures of a large
 * one (libwebrtc starts at 300 kbit/s, too little for more than 640 × 480), a small one is seen at once. Among several
 * it is smaller still: everyone there begins to send at the same moment.
 */
export function limitsOf(slot: Slot, plan: Plan, fresh = false): Limits {
  if (slot === "screen") {
    if (plan === "thrifty") return { maxBitrate: 400_000, maxFramerate: 5 };
    return { maxBitrate: plan === "shared" ? 1_200_000 : 2_500_000, maxFramerate: 15 };
  }
  if (slot !== "video") return {};
  if (plan === "full") return fresh ? { scaleResolutionDownBy: 2 } : {};
  return plan === "shared"
    ? { maxBitrate: 500_000, maxFramerate: 15, scaleResolutionDownBy: fresh ? 4 : 2 }
    : { maxBitrate: 150_000, maxFramerate: 15, scaleResolutionDownBy: 2 };
}

const LIMITS = ["maxBitrate", "maxFramerate", "scaleResolutionDownBy"] as const;

export function sameLimits(one: Limits, other: Limits): boolean {
  return LIMITS.every((key) => one[key] === other[key]);
}

/** False: this browser cannot be told, or not yet, and sends as it sees fit. Never throws. */
export async function rate(sender: RTCRtpSender, wanted: Limits): Promise<boolean> {
  try {
    const parameters = sender.getParameters();
    let changes = false;
    for (const encoding of parameters.encodings) {
      for (const key of LIMITS) {
        // What was not limited reads as 1 or as nothing; both are left alone.
        const now = encoding[key];
        const next = wanted[key];
        if (now === next || (next === undefined && key === "scaleResolutionDownBy" && now === 1)) {
          continue;
        }
        changes = true;
        if (next === undefined) delete encoding[key];
        else encoding[key] = next;
      }
    }
    if (changes) await sender.setParameters(parameters);
    return parameters.encodings.length > 0;
  } catch {
    return false; // Not negotiated yet, or closed.
  }
}

// How much of the line each picture may take. `limitsOf` is pure; `rate` hands its answer to a sender.
import type { Slot } from "./peer.ts";

export interface Limits {
  readonly maxBitrate?: number;
  readonly maxFramerate?: number;
  readonly scaleResolutionDownBy?: number;
}

/** Bit/s and pictures/s. A screen is text: sharp before smooth. */
export function limitsOf(slot: Slot, thrifty: boolean): Limits {
  if (slot === "screen") {
    return thrifty
      ? { maxBitrate: 400_000, maxFramerate: 5 }
      : { maxBitrate: 2_500_000, maxFramerate: 15 };
  }
  if (slot === "video" && thrifty) {
    return { maxBitrate: 150_000, maxFramerate: 15, scaleResolutionDownBy: 2 };
  }
  return {};
}

/** Never throws: a browser that cannot be told sends as it sees fit. */
export async function rate(sender: RTCRtpSender, slot: Slot, thrifty: boolean): Promise<void> {
  if (slot !== "video" && slot !== "screen") return;
  try {
    const parameters = sender.getParameters();
    const wanted = limitsOf(slot, thrifty);
    let changes = false;
    for (const encoding of parameters.encodings) {
      for (const key of ["maxBitrate", "maxFramerate", "scaleResolutionDownBy"] as const) {
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
  } catch {
    // Not negotiated yet, or closed: it is tried again once connected.
  }
}

// What happens to sound and picture on their way out, as the person set it. Remembered between visits.
import type { Memory } from "./chosen.ts";

export interface Processing {
  readonly noiseSuppression: boolean;
  readonly echoCancellation: boolean;
  readonly autoGainControl: boolean;
  /** Small pictures at a low rate, for a slow line. */
  readonly lowBandwidth: boolean;
}

export const PLAIN: Processing = {
  noiseSuppression: true,
  echoCancellation: true,
  autoGainControl: true,
  lowBandwidth: false,
};

const KEY = "telehealth_widget:processing";

/** What a microphone is asked for. */
export function soundWishes({
  noiseSuppression,
  echoCancellation,
  autoGainControl,
}: Processing): MediaTrackConstraints {
  return { noiseSuppression, echoCancellation, autoGainControl };
}

/** Only where all of it took effect. A browser that changes nothing in a running microphone needs it opened anew. */
export async function applySound(track: MediaStreamTrack, processing: Processing) {
  const wishes = soundWishes(processing);
  try {
    await track.applyConstraints({ ...track.getConstraints(), ...wishes });
    const now = track.getSettings() as Record<string, unknown>;
    return Object.entries(wishes).every(([key, on]) => now[key] === on);
  } catch {
    return false;
  }
}

export function recallProcessing(memory: Memory | null): Processing {
  try {
    const kept = JSON.parse(memory?.getItem(KEY) ?? "{}") as Record<string, unknown>;
    const entries = Object.entries(PLAIN).map(([key, usual]) => {
      const value = kept[key];
      return [key, typeof value === "boolean" ? value : usual];
    });
    return Object.fromEntries(entries) as Processing;
  } catch {
    return PLAIN;
  }
}

export function rememberProcessing(memory: Memory | null, processing: Processing): void {
  try {
    memory?.setItem(KEY, JSON.stringify(processing));
  } catch {
    // Set anew next time, then.
  }
}

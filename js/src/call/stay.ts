// What this page keeps about its own stay, so that a reload goes on where it was. Words only, never a name or
// a token: `in,camera,microphone`.

import type { Memory } from "./chosen.ts";
import type { Device } from "./devices.ts";

export interface Stay {
  readonly inCall: boolean;
  readonly wanted: readonly Device[];
}

/** `null` on a first visit, or where storage is forbidden. */
export function recallStay(memory: Memory | null, key: string): Stay | null {
  try {
    const words = memory?.getItem(key)?.split(",");
    if (words === undefined) return null;
    const wanted = (["camera", "microphone"] as const).filter((device) => words.includes(device));
    return { inCall: words[0] === "in", wanted };
  } catch {
    return null;
  }
}

export function rememberStay(memory: Memory | null, key: string, stay: Stay): void {
  try {
    memory?.setItem(key, [stay.inCall ? "in" : "out", ...stay.wanted].join(","));
  } catch {
    // A reload then starts from the beginning.
  }
}

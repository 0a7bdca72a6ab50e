// What changed between two lists of devices, for a word about it. Pure; nothing is opened here.
import type { Device, DeviceChoice, DeviceLists } from "./devices.ts";

export interface DeviceNews {
  readonly kind: "plugged" | "unplugged" | "changed";
  readonly device: Device | "speaker";
  readonly label: string;
}

const LISTS = [
  ["camera", "cameras"],
  ["microphone", "microphones"],
  ["speaker", "speakers"],
] as const;

/** Browsers list the system's choice a second time under these ids, with a label that follows it. */
const FOLLOWING: ReadonlySet<string> = new Set(["default", "communications"]);

/** One piece of news for each label; a first list is none. */
export function newsOf(before: DeviceLists, after: DeviceLists): DeviceNews[] {
  const news: DeviceNews[] = [];
  for (const [device, name] of LISTS) {
    const was = before[name];
    const is = after[name];
    // Labels are hidden until a permission is given: an empty list was no list.
    if (was.length === 0) continue;
    for (const { label } of missing(is, was)) news.push({ kind: "plugged", device, label });
    for (const { label } of missing(was, is)) news.push({ kind: "unplugged", device, label });
    const following = is.find((one) => one.id === "default");
    const followed = was.find((one) => one.id === "default");
    if (following !== undefined && followed !== undefined && following.label !== followed.label) {
      news.push({ kind: "changed", device, label: following.label });
    }
  }
  const labels = new Set<string>();
  return news.filter(({ kind, label }) => {
    // A headset is a microphone and a speaker, and one word is enough.
    const key = `${kind} ${label}`;
    return !labels.has(key) && labels.add(key);
  });
}

function missing(from: readonly DeviceChoice[], others: readonly DeviceChoice[]): DeviceChoice[] {
  return from.filter(({ id }) => !FOLLOWING.has(id) && !others.some((other) => other.id === id));
}

/** The device to use where the chosen one is not listed: one of the same name, under another id. */
export function sameName(
  choices: readonly DeviceChoice[],
  id: string | undefined,
  label: string | undefined,
): string | null {
  if (id === undefined || label === undefined || choices.some((choice) => choice.id === id))
    return null;
  return choices.find((choice) => choice.label === label)?.id ?? null;
}

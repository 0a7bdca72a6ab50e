// What the person chose, between visits: devices by id and by name, since ids change with the browser's data and names
// do not; and what stands behind them.
import type { Device } from "./devices.ts";

/** Remembers choices between visits; anything may throw. */
export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = "telehealth_widget:devices";

type Ids = { readonly [device in Device | "speaker"]?: string | undefined };
export type Chosen = Ids & { readonly labels: Ids; readonly background?: string | undefined };

export function recallChosen(memory: Memory | null): Chosen {
  try {
    const value: unknown = JSON.parse(memory?.getItem(KEY) ?? "{}");
    if (typeof value !== "object" || value === null) return { labels: {} };
    const { labels = {} } = value as { labels?: unknown };
    return { ...texts(value), labels: texts(labels) };
  } catch {
    return { labels: {} };
  }
}

function texts(value: unknown): Ids {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([, text]) => typeof text === "string" && text !== ""),
  );
}

export function rememberChosen(memory: Memory | null, chosen: Chosen): void {
  try {
    memory?.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // Chosen anew next time, then.
  }
}

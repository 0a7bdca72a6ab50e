// Text from the socket → a message of the wire, or nothing. No state, no sockets here.
// The server is trusted to keep its schema; this only guards against what is no message at all.
import type { AnyDownward } from "./types.ts";

type Tag = AnyDownward["t"];

const TAGS: ReadonlySet<string> = new Set<Tag>([
  "welcome",
  "snapshot",
  "change",
  "ice",
  "signaled",
  "chat",
  "caption",
  "teststep",
  "done",
  "refused",
  "recorded",
  "beaten",
  "closed",
]);

/** Returns the message, or `null` for anything that this version of the page does not know. */
export function parse(text: unknown): AnyDownward | null {
  if (typeof text !== "string") return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("t" in value)) return null;
  return typeof value.t === "string" && TAGS.has(value.t) ? (value as AnyDownward) : null;
}

// Chat that is under way: written here, and not yet seen to arrive. Pure; `call.ts` sends and keeps the list.
import type { RefusalCode } from "../link/link.ts";
import type { ChatLine } from "./room.ts";

export interface Outgoing {
  readonly key: number;
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
  /** Why it was not sent; `null` while it is on its way. */
  readonly failed: { readonly code: RefusalCode; readonly message: string } | null;
}

export function begun(
  list: readonly Outgoing[],
  key: number,
  to: string,
  text: string,
  atMs: number,
): readonly Outgoing[] {
  const kept = list.filter((one) => one.key !== key);
  return [...kept, { key, to, text, atMs, failed: null }];
}

export function failed(
  list: readonly Outgoing[],
  key: number,
  failure: NonNullable<Outgoing["failed"]>,
): readonly Outgoing[] {
  return list.map((one) => (one.key === key ? { ...one, failed: failure } : one));
}

export function without(list: readonly Outgoing[], key: number): readonly Outgoing[] {
  return list.some((one) => one.key === key) ? list.filter((one) => one.key !== key) : list;
}

/** The room shows it: it arrived, even if the answer to the command was lost on the way. */
export function arrived(list: readonly Outgoing[], line: ChatLine): readonly Outgoing[] {
  if (!line.own) return list;
  const text = squeezed(line.text);
  const found = list.find((one) => one.to === line.to && squeezed(one.text) === text);
  return found === undefined ? list : without(list, found.key);
}

/** The server trims and normalises; that is the same text. */
function squeezed(text: string): string {
  return text.normalize("NFC").replace(/\s+/g, " ").trim();
}

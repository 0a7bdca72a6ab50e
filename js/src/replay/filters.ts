// Which events are listed: by what they are about, by person, and by words. Pure.
import type { ReplayEvent } from "../protocol/types.ts";

export const GROUPS = ["people", "media", "chat", "marks", "session"] as const;
export type Group = (typeof GROUPS)[number];

export interface Filter {
  readonly groups: ReadonlySet<Group>;
  /** Only events of this person, or done by them. */
  readonly person: string | null;
  /** Words that the sentence of an event must hold, in any order. */
  readonly query: string;
}

export const EVERYTHING: Filter = { groups: new Set(GROUPS), person: null, query: "" };

export function groupOf({ event }: ReplayEvent): Group {
  if (event.startsWith("Media") || event.startsWith("Ask")) return "media";
  if (event.startsWith("Chat") || event.startsWith("Caption")) return "chat";
  if (event === "MarkPlaced") return "marks";
  if (/^(Session|Record|End|Arrival)/.test(event)) return "session";
  return "people";
}

/** The events that pass, in order. `say` gives the sentence that is searched. */
export function chosen(
  events: readonly ReplayEvent[],
  { groups, person, query }: Filter,
  say: (event: ReplayEvent) => string,
): ReplayEvent[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return events.filter((event) => {
    if (!groups.has(groupOf(event))) return false;
    if (person !== null && event.person !== person && event.actor !== person) return false;
    if (words.length === 0) return true;
    const sentence = say(event).toLocaleLowerCase();
    return words.every((word) => sentence.includes(word));
  });
}

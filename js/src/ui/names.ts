// How people are called on this screen. Pure; the names themselves come filtered from the server.
import type { Person } from "../store/rows.ts";
import type { Strings } from "../strings/index.ts";

/** The name alone, for "Admit NAME" and the like: display name, else code, else the role. */
export function shortName(person: Person, t: Strings): string {
  return person.name ?? person.code ?? roleName(person, t);
}

/** The name as a label: "Ana", "Client P07", "Your provider". */
export function nameOf(person: Person, t: Strings): string {
  if (person.name !== null) return person.name;
  if (person.code !== null) return t.person.coded(person.role, person.code);
  return person.you ? t.person.you : roleName(person, t);
}

/** The same, and "(you)" for oneself. */
export function labelOf(person: Person, t: Strings): string {
  const name = nameOf(person, t);
  return person.you && name !== t.person.you ? t.person.withYou(name) : name;
}

/** One or two letters, or the code: what stands in for a picture. */
export function initialsOf(person: Person, t: Strings): string {
  if (person.name === null && person.code !== null) return person.code.slice(0, 4);
  const words = nameOf(person, t).split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends
    .map((word) => firstGrapheme(word ?? ""))
    .join("")
    .toLocaleUpperCase();
}

function roleName(person: Person, t: Strings): string {
  return person.role === "provider" ? t.person.yourProvider : t.person.plain[person.role];
}

function firstGrapheme(text: string): string {
  if (typeof Intl.Segmenter !== "function") return [...text][0] ?? "";
  for (const { segment } of new Intl.Segmenter().segment(text)) return segment;
  return "";
}

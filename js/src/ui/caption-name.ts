// Whose words a caption is. Pure.
import type { CaptionLine } from "../call/captions.ts";
import type { Rows } from "../store/rows.ts";
import type { Strings } from "../strings/index.ts";
import { nameOf } from "./names.ts";

export function captionName(line: CaptionLine, rows: Rows | null, t: Strings): string {
  const person = rows?.people.get(line.person);
  if (person?.you) return t.person.you;
  return line.name ?? (person === undefined ? t.person.plain.client : nameOf(person, t));
}

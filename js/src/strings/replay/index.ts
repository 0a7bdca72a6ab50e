// Which catalogue of a replay goes with the room's. A language that has no words for replays has English ones.
import type { Strings } from "../index.ts";
import { en, type Words } from "./en.ts";
import { es } from "./es.ts";

const ALL: readonly Words[] = [en, es];

export function wordsFor(t: Strings): Words {
  return ALL.find((one) => one.language === t.language) ?? en;
}

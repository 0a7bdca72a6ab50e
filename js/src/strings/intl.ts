// Numbers, plurals, durations and times of a language, as its people write them. No words live in this file.

const MINUTE_MS = 60_000;

export interface Formats {
  number(n: number): string;
  /** The number with the right one of two words. */
  count(n: number, one: string, other: string): string;
  /** `48 minutes`, `1 hour 5 minutes`; `brief` for less than a minute. */
  duration(ms: number): string;
  minutes(n: number): string;
  /** A forecast, so never less than a minute. */
  about(ms: number): string;
  /** The clock's time, of 24 hours. */
  time(atMs: number): string;
}

export function formats(
  language: string,
  brief: string,
  joined: "long" | "narrow" = "long",
): Formats {
  // Each is made when it is first needed: together they take some 40 ms, and a page speaks one language of all.
  const number = once(() => new Intl.NumberFormat(language));
  const plural = once(() => new Intl.PluralRules(language));
  const unit = (name: "hour" | "minute") =>
    once(() => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "long" }));
  const hour = unit("hour");
  const minute = unit("minute");
  const list = once(() => new Intl.ListFormat(language, { type: "unit", style: joined }));
  const clock = once(
    () =>
      new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  );
  return {
    number: (n) => number().format(n),
    count: (n, one, other) => `${number().format(n)} ${plural().select(n) === "one" ? one : other}`,
    duration(ms) {
      const all = Math.floor(ms / MINUTE_MS);
      if (all < 1) return brief;
      const hours = Math.floor(all / 60);
      const rest = all % 60;
      const parts = hours > 0 ? [hour().format(hours)] : [];
      if (rest > 0) parts.push(minute().format(rest));
      return list().format(parts);
    },
    minutes: (n) => minute().format(n),
    about: (ms) => minute().format(Math.max(1, Math.round(ms / MINUTE_MS))),
    time: (atMs) => clock().format(atMs),
  };
}

/** The one of the catalogues' tags (lower case) that fits best; `null` where none does. `languages` best first, as browsers list them. */
export function bestTag(languages: readonly string[], tags: Iterable<string>): string | null {
  const known = new Set(tags);
  for (const language of languages) {
    const tag = language.toLowerCase();
    const found = [tag, tag.split("-")[0] ?? ""].find((one) => known.has(one));
    if (found !== undefined) return found;
  }
  return null;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

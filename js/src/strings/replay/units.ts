// Lengths of time and shares in words, as people of a language write them. No words live in this file.

export interface Units {
  /** `1 hour 2 minutes 41 seconds`; whole seconds. */
  spoken(ms: number): string;
  /** `58%`. */
  share(part: number): string;
  number(n: number): string;
  count(n: number, one: string, other: string): string;
}

export function units(language: string): Units {
  const unit = (name: "hour" | "minute" | "second") =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "long" });
  const [hour, minute, second] = [unit("hour"), unit("minute"), unit("second")];
  const list = new Intl.ListFormat(language, { type: "unit", style: "narrow" });
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const number = new Intl.NumberFormat(language);
  const plural = new Intl.PluralRules(language);
  return {
    spoken(ms) {
      const all = Math.max(0, Math.floor(ms / 1_000));
      const hours = Math.floor(all / 3_600);
      const minutes = Math.floor(all / 60) % 60;
      const seconds = all % 60;
      const parts = [
        ...(hours > 0 ? [hour.format(hours)] : []),
        ...(minutes > 0 ? [minute.format(minutes)] : []),
        ...(seconds > 0 || all === 0 ? [second.format(seconds)] : []),
      ];
      return list.format(parts);
    },
    share: (part) => percent.format(part),
    number: (n) => number.format(n),
    count: (n, one, other) => `${number.format(n)} ${plural.select(n) === "one" ? one : other}`,
  };
}

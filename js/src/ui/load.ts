// Gets the inside of the room: it is part of the widget's module, and a file of its own on the guest page.
import { useEffect, useState } from "preact/hooks";
import type { Screen } from "./screen.ts";

export type Inside = typeof import("./inside.tsx");
/** The thing itself, or how to fetch it. */
export type InsideSource = Inside | (() => Promise<Inside>);

const RETRY_MS = 2_000;
/** Who waits will soon need it. */
const WANTED: ReadonlySet<Screen> = new Set(["waiting", "paused", "lobby", "session"]);

/** `null` until it is there. A lost network is tried again for as long as it is needed. */
export function useInside(source: InsideSource, screen: Screen): Inside | null {
  const [fetched, setFetched] = useState<Inside | null>(null);
  const wanted = typeof source === "function" && fetched === null && WANTED.has(screen);
  useEffect(() => {
    if (!wanted) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const get = async () => {
      try {
        const found = await source();
        if (!over) setFetched(found);
      } catch {
        if (!over) timer = setTimeout(get, RETRY_MS);
      }
    };
    void get();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [wanted, source]);
  return typeof source === "function" ? fetched : source;
}

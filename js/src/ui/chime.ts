// A quiet sound at the provider's when somebody becomes ready, and the switch for it.
import { useEffect, useRef } from "preact/hooks";
import { ownRow, type Rows, waiting } from "../store/rows.ts";
import { type Room, useSelect } from "./context.ts";

const KEY = "telehealth_widget:chime";

/** Ids of those who wait now and did not before; `null` as long as nothing was seen yet. */
export function newlyReady(before: ReadonlySet<string> | null, rows: Rows): string[] {
  if (before === null) return [];
  return waiting(rows)
    .map((person) => person.id)
    .filter((id) => !before.has(id));
}

export function useChime(room: Room): void {
  const { call, page } = room;
  const known = useRef<ReadonlySet<string> | null>(null);
  const rows = useSelect((state) => state.rows);
  useEffect(() => {
    if (rows === null || ownRow(rows)?.role !== "provider") return;
    const ready = newlyReady(known.current, rows);
    known.current = new Set(waiting(rows).map((person) => person.id));
    if (ready.length > 0 && page.chimes.value) call.chime();
  }, [rows, call, page]);
}

/** Switched off once, it stays off in this browser. */
export function chimesWanted(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function wantChimes(on: boolean): void {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // Until the next reload, then.
  }
}

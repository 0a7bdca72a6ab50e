// The calls of this page, one for each session, borrowed by views and models. anywidget imports its module
// afresh for each model, so the registry hangs on globalThis and its entries carry their own functions:
// a later copy of this module uses an earlier copy's call through them.
import { ROOM_API, type RoomCall } from "./room.ts";

export const REGISTRY = Symbol.for("telehealth_widget.calls");
export const LINGER_MS = 30_000;

interface Entry {
  readonly call: RoomCall;
  /** Returns what gives the loan back; calling that twice does nothing. */
  borrow(): () => void;
}

export interface Loan {
  readonly call: RoomCall;
  release(): void;
}

/** `make` also gets called when the page holds no call of that session. Throws if an older page's call does not fit. */
export function borrow(session: string, make: () => RoomCall & { close(): void }): Loan {
  const entries = registry();
  let entry = entries.get(session);
  if (entry === undefined) {
    entry = entryOf(make(), () => entries.delete(session));
    entries.set(session, entry);
  }
  if (entry.call.api !== ROOM_API) throw new OtherVersion();
  return { call: entry.call, release: entry.borrow() };
}

/** This page was loaded with another version of the package, and its call still runs. */
export class OtherVersion extends Error {}

function registry(): Map<string, Entry> {
  const place = globalThis as { [REGISTRY]?: Map<string, Entry> };
  place[REGISTRY] ??= new Map();
  return place[REGISTRY];
}

function entryOf(call: RoomCall & { close(): void }, forget: () => void): Entry {
  let borrowers = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    call,
    borrow() {
      borrowers++;
      clearTimeout(timer);
      let returned = false;
      return () => {
        if (returned) return;
        returned = true;
        borrowers--;
        if (borrowers > 0) return;
        // Running the cell again, or scrolling, gives back and borrows within a moment.
        timer = setTimeout(() => {
          forget();
          call.close();
        }, LINGER_MS);
      };
    },
  };
}

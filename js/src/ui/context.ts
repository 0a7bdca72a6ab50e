// How components reach the call, its state, this view's own store and the words. No markup here.
import { computed, type Signal, signal } from "@preact/signals";
import { type ComponentChild, createContext } from "preact";
import { useContext, useMemo } from "preact/hooks";
import type { CallState, RoomCall } from "../call/room.ts";
import type { ErrorCode } from "../protocol/types.ts";
import { type PageStore, pageStore } from "../store/page.ts";
import type { Strings } from "../strings/index.ts";
import { chimesWanted } from "./chime.ts";

export interface Room {
  readonly call: RoomCall;
  readonly state: Signal<CallState>;
  readonly page: PageStore;
  /** The words. Reading it in a component follows a change of language. */
  readonly t: Strings;
  /** In JupyterLab the view is a part of a page; on a guest page it is the page. */
  readonly embedded: boolean;
  /** A replay: what stands for the picture of a camera that was on, since none was kept. */
  readonly silhouette?: (initials: string) => ComponentChild;
}

const Context = createContext<Room | null>(null);
export const RoomProvider = Context.Provider;

export function useRoom(): Room {
  const room = useContext(Context);
  if (room === null) throw new Error("useRoom outside of a room");
  return room;
}

/**
 * One part of the call's state: the component renders again only when that part is another one.
 * `of` lists what `pick` uses beside the state.
 */
export function useSelect<T>(pick: (state: CallState) => T, of: readonly unknown[] = []): T {
  const { state } = useRoom();
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are the caller's
  return useMemo(() => computed(() => pick(state.value)), [state, ...of]).value;
}

/**
 * A room for one view, and what undoes it. Signals are made here, since the call may be of another copy of the module.
 * `choose` gives the words, with the language of the invitation once it is known; where they may have to be fetched
 * first, `fetch` does, and `choose` is asked again.
 */
export function openRoom(
  call: RoomCall,
  choose: (invited: string | null) => Strings,
  embedded: boolean,
  fetch: (invited: string) => Promise<void> = async () => undefined,
): [Room, () => void] {
  const state = signal(call.read());
  const page = pageStore(Date.now(), chimesWanted());
  let language = state.value.rows?.language ?? null;
  const words = signal(choose(language));
  const unsubscribe = call.subscribe(() => {
    state.value = call.read();
    const now = state.value.rows?.language ?? language;
    if (now === null || now === language) return;
    language = now;
    words.value = choose(now);
    void fetch(now).then(() => {
      if (language === now) words.value = choose(now);
    });
  });
  const timer = setInterval(() => {
    page.nowMs.value = Date.now();
  }, 1_000);
  return [
    {
      call,
      state,
      page,
      embedded,
      get t() {
        return words.value;
      },
    },
    () => {
      unsubscribe();
      clearInterval(timer);
    },
  ];
}

/** The server's clock, for durations. */
export function serverNow(room: Room): number {
  return room.page.nowMs.value + room.state.value.clockOffsetMs;
}

/** Runs an act of the person; what goes wrong becomes a sentence on the screen. True: it worked. */
export async function attempt(room: Room, act: () => Promise<unknown>): Promise<boolean> {
  room.page.trouble.value = null;
  try {
    await act();
    return true;
  } catch (error) {
    room.page.trouble.value = sentenceOf(error, room.t);
    return false;
  }
}

/** The server speaks English: where the catalogue has a sentence for its code, that one is said. */
export function sentenceOf(error: unknown, t: Strings): string {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  if (code === "NOT_CONNECTED") return t.link.notConnected;
  if (code === "NO_ANSWER") return t.link.noAnswer;
  if (code === "SCREEN_BLOCKED") return t.room.screenBlocked;
  if (code === "SCREEN_FAILED") return t.room.screenFailed;
  if (code === undefined) return t.link.failed;
  return t.refusals[code as ErrorCode] ?? (message || t.link.failed);
}

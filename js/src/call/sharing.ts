// The own shared screen: asking the browser, the second question for a whole screen, telling the server, and
// stopping for whatever reason. Nobody gets a picture of it before the server said yes.
import { type Command, Refusal } from "../link/link.ts";
import { type Person, publication } from "../store/rows.ts";

export type Surface = "monitor" | "window" | "browser" | null;

/** Exactly one at a time. */
export type ShareAt =
  | "off"
  /** The browser's own picker is open. */
  | "choosing"
  /** A whole screen was chosen, or may have been: a second question, before anybody sees it. */
  | "asking"
  /** The server is being told. */
  | "offering"
  | "on";

export interface ShareState {
  readonly at: ShareAt;
  readonly surface: Surface;
  readonly track: MediaStreamTrack | null;
  readonly audio: MediaStreamTrack | null;
  /** It was ended by somebody else; said until the next share or until dismissed. */
  readonly lost: boolean;
}

export const NOT_SHARING: ShareState = {
  at: "off",
  surface: null,
  track: null,
  audio: null,
  lost: false,
};

export interface SharingOptions {
  do(command: Command): Promise<unknown>;
  onChange(): void;
}

export class Sharing {
  readonly #options: SharingOptions;
  #state = NOT_SHARING;
  #withdrawing = false;

  constructor(options: SharingOptions) {
    this.#options = options;
  }

  get state(): ShareState {
    return this.#state;
  }

  /**
   * Call it from a click. Resolves also when the person chose nothing.
   * Throws `Refusal`: the server's no, or SCREEN_BLOCKED, SCREEN_FAILED.
   */
  async start(): Promise<void> {
    if (this.#state.at !== "off") return;
    this.#set({ ...NOT_SHARING, at: "choosing" });
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia(WANTED);
    } catch (error) {
      this.#set(NOT_SHARING);
      const said = problemOf(error);
      if (said === null) return;
      throw new Refusal(said, "the screen could not be captured");
    }
    const track = stream.getVideoTracks()[0] ?? null;
    const audio = stream.getAudioTracks()[0] ?? null;
    // Left, paused or ended while the picker was open.
    if (track === null || !this.#choosing) {
      for (const one of stream.getTracks()) one.stop();
      return;
    }
    // Text stays sharp; pictures are dropped instead.
    track.contentHint = "detail";
    track.onended = () => void this.stop();
    const surface = surfaceOf(track);
    // Firefox does not say what was chosen: it may be the whole screen.
    const asks = surface === "monitor" || surface === null;
    this.#set({ at: asks ? "asking" : "offering", surface, track, audio, lost: false });
    if (!asks) await this.#offer();
  }

  /** The answer to the second question: yes, the whole screen. Throws `Refusal`. */
  async confirm(): Promise<void> {
    if (this.#state.at !== "asking") return;
    this.#set({ ...this.#state, at: "offering" });
    await this.#offer();
  }

  /** One's own act, at once; the server follows. */
  async stop(): Promise<void> {
    const told = this.#state.at === "on" || this.#state.at === "offering";
    this.drop();
    if (told) await this.#withdraw();
  }

  /** Capture ends, and nobody is told: the call is over, or the server knows. */
  drop(lost = false): void {
    const { at, track, audio } = this.#state;
    if (at === "off") return;
    if (track !== null) track.onended = null;
    track?.stop();
    audio?.stop();
    this.#set({ ...NOT_SHARING, lost });
  }

  dismiss(): void {
    if (this.#state.lost) this.#set({ ...this.#state, lost: false });
  }

  /** Two rows of oneself, one after the other. */
  follow(before: Person | null, me: Person): void {
    const had = before !== null && publication(before, "screen") !== null;
    const has = publication(me, "screen") !== null;
    if (had && !has && this.#state.at === "on") this.drop(true);
    // A share whose end never reached the server.
    if (has && this.#state.at === "off") void this.#withdraw();
  }

  get #choosing(): boolean {
    return this.#state.at === "choosing";
  }

  async #offer(): Promise<void> {
    const { track } = this.#state;
    try {
      await this.#options.do({ do: "Publish", source: "screen", muted: false });
    } catch (refusal) {
      if (this.#state.track === track) this.drop();
      throw refusal;
    }
    if (this.#state.track === track && this.#state.at === "offering") {
      this.#set({ ...this.#state, at: "on" });
    } else if (this.#state.at === "off") {
      // Stopped while the answer was out.
      await this.#withdraw();
    }
  }

  async #withdraw(): Promise<void> {
    if (this.#withdrawing) return;
    this.#withdrawing = true;
    try {
      await this.#options.do({ do: "Unpublish", source: "screen" });
    } catch {
      // Without a connection the next rows bring it up again.
    } finally {
      this.#withdrawing = false;
    }
  }

  #set(state: ShareState): void {
    this.#state = state;
    this.#options.onChange();
  }
}

/** Phones have no such function. */
export function canShare(): boolean {
  return typeof globalThis.navigator?.mediaDevices?.getDisplayMedia === "function";
}

/** `null`: the person closed the picker, which is an answer and no problem. */
function problemOf(error: unknown): "SCREEN_BLOCKED" | "SCREEN_FAILED" | null {
  const { name, message } = error instanceof Error ? error : { name: "", message: "" };
  if (name === "AbortError") return null;
  if (name !== "NotAllowedError") return "SCREEN_FAILED";
  return /system|policy/i.test(message) ? "SCREEN_BLOCKED" : null;
}

function surfaceOf(track: MediaStreamTrack): Surface {
  const { displaySurface } = track.getSettings() as { displaySurface?: string };
  return displaySurface === "monitor" || displaySurface === "window" || displaySurface === "browser"
    ? displaySurface
    : null;
}

/** The page itself is left out: it would show itself for ever. https://w3c.github.io/mediacapture-screen-share/ */
const WANTED = {
  video: { frameRate: { ideal: 15, max: 30 } },
  audio: {
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    restrictOwnAudio: true,
  },
  selfBrowserSurface: "exclude",
  surfaceSwitching: "include",
  systemAudio: "include",
} as DisplayMediaStreamOptions;

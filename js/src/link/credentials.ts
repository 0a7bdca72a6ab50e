// What this page shows at the door: builds `Hello`, and decides what a `Closed` means for the next attempt.
// Holds tokens in memory and the resume token in a store given to it. No socket and no timer here.
import type { Closed, ErrorCode, Hello } from "../protocol/types.ts";

/** The few calls of sessionStorage that are used; anything may throw where storage is forbidden. */
export interface TokenStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** What to do after the server said `Closed` or closed the socket with `closeCode`. */
export type Verdict = "retry-now" | "retry-later" | "stop";

export const CLOSE_SEAT_TAKEN = 4001;
export const CLOSE_REFUSED = 4003;

interface Position {
  epoch: string;
  seq: number;
}

export interface CredentialsOptions {
  /** Random id of this page load. */
  page: string;
  store: TokenStore | null;
  /** sessionStorage key of the resume token. */
  key: string;
  /** The host API knows the person by Jupyter's login and needs no token. */
  host: boolean;
  /** The token of a link, from the address bar. Kept in memory only. */
  invite?: string | null;
  /** This page held the seat before it was reloaded. */
  seat?: boolean;
}

export class Credentials {
  readonly #options: CredentialsOptions;
  #invite: string | null;
  #resume: string | null;
  #take = false;
  #seat: boolean;
  #position: Position | null = null;

  constructor(options: CredentialsOptions) {
    this.#options = options;
    this.#invite = options.invite ?? null;
    this.#seat = options.seat ?? false;
    // A link wins over an older visit in this tab.
    this.#resume = this.#invite === null ? this.#load() : null;
  }

  /** Without a link and an earlier visit a guest has nothing to show. */
  get any(): boolean {
    return this.#options.host || this.#invite !== null || this.#resume !== null;
  }

  hello(): Hello {
    const hello: Hello = { t: "hello", page: this.#options.page, agent: "browser" };
    if (this.#resume !== null) hello.resume = this.#resume;
    else if (this.#invite !== null) hello.invite = this.#invite;
    if (this.#seat) hello.seat = true;
    if (this.#take) hello.take = true;
    if (this.#position !== null) {
      hello.epoch = this.#position.epoch;
      hello.seq = this.#position.seq;
    }
    return hello;
  }

  /** Each token is good for one use: call this with every `Welcome`. */
  welcomed(resume: string): void {
    this.#resume = resume;
    this.#take = false;
    try {
      this.#options.store?.setItem(this.#options.key, resume);
    } catch {
      // Without storage the page still reconnects from memory; only a reload needs the link again.
    }
  }

  applied(epoch: string, seq: number): void {
    this.#position = { epoch, seq };
  }

  /** Asks for a whole snapshot next time. */
  forgetPosition(): void {
    this.#position = null;
  }

  holdsSeat(seat: boolean): void {
    this.#seat = seat;
  }

  /** The person pressed "Use it here". */
  take(): void {
    this.#take = true;
    this.#seat = true;
  }

  /** `code` is from `Closed`, if there was one. */
  closed(code: ErrorCode | null, closeCode: number): Verdict {
    if (code === "RESUME_UNKNOWN" || (code === "RESUME_REUSED" && this.#options.host)) {
      this.#drop();
      // A duplicated notebook tab becomes a window of its own; a guest must ask first.
      if (code === "RESUME_REUSED") this.#seat = false;
      return this.any ? "retry-now" : "stop";
    }
    if (code !== null && FINAL.has(code)) return "stop";
    return closeCode === CLOSE_SEAT_TAKEN || closeCode === CLOSE_REFUSED ? "stop" : "retry-later";
  }

  #drop(): void {
    this.#resume = null;
    this.#position = null;
    try {
      this.#options.store?.removeItem(this.#options.key);
    } catch {
      // Nothing was kept, then.
    }
  }

  #load(): string | null {
    try {
      return this.#options.store?.getItem(this.#options.key) ?? null;
    } catch {
      return null;
    }
  }
}

const FINAL: ReadonlySet<Closed["code"]> = new Set([
  "LINK_UNKNOWN",
  "LINK_EXPIRED",
  "LINK_REVOKED",
  "RESUME_REUSED",
  "SEAT_TAKEN",
  "REMOVED",
  "SESSION_ENDED",
  "UNKNOWN_SESSION",
]);

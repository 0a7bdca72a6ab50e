// One socket to the rooms that comes back by itself: resume, sequence check, beats, answers to commands.
// It knows nothing of calls or screens; what arrives goes to `onMessage` in order.
import { parse } from "../protocol/parse.ts";
import type {
  AnyDownward,
  AnyUpward,
  BeginTest,
  Closed,
  Do,
  Done,
  EndTest,
  ErrorCode,
  Measured,
  Signal,
  SignalTest,
  Welcome,
} from "../protocol/types.ts";
import { waitBefore } from "./backoff.ts";
import type { Credentials } from "./credentials.ts";

export const BEAT_EVERY_MS = 10_000;
export const DEAD_AFTER_MS = 25_000;
export const WELCOME_WITHIN_MS = 10_000;
export const ANSWER_WITHIN_MS = 10_000;
/** After a sign that the network changed, how long a silent socket may live. */
export const PROBE_WITHIN_MS = 4_000;

export type Command = Do["command"];
/** Codes of this side, beside the server's. */
export type RefusalCode =
  | ErrorCode
  | "NOT_CONNECTED"
  | "NO_ANSWER"
  | "SCREEN_BLOCKED"
  | "SCREEN_FAILED";

export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly candidates: readonly string[] = [],
  ) {
    super(message);
  }
}

/** Exactly one at a time. `closed` is final until `restart`. */
export type LinkState =
  | { at: "connecting" }
  | { at: "open" }
  | { at: "lost"; sinceMs: number }
  | { at: "closed"; code: ErrorCode | null; message: string | null; durationMs: number | null };

/** The part of WebSocket that is used, so that tests can bring their own. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface LinkOptions {
  url: string;
  credentials: Credentials;
  onMessage(message: AnyDownward): void;
  onState(state: LinkState): void;
  connect?: (url: string) => Socket;
  random?: () => number;
  now?: () => number;
}

interface Pending {
  resolve(done: Done): void;
  reject(refusal: Refusal): void;
  timer: ReturnType<typeof setTimeout>;
}

export class Link {
  readonly #options: LinkOptions;
  readonly #now: () => number;
  readonly #pending = new Map<number, Pending>();
  #state: LinkState = { at: "connecting" };
  #socket: Socket | null = null;
  #closed: Closed | null = null;
  #attempt = 0;
  #epoch: string | null = null;
  #seq: number | null = null;
  #nextId = 1;
  #heardMs = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #welcomeTimer: ReturnType<typeof setTimeout> | undefined;
  #beatTimer: ReturnType<typeof setInterval> | undefined;
  #probeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get state(): LinkState {
    return this.#state;
  }

  start(): void {
    if (this.#socket === null && this.#state.at !== "closed") this.#open();
  }

  /** After "Use it here", "Join again" or a new link: begin anew, also when closed. */
  restart(): void {
    this.#tearDown();
    this.#attempt = 0;
    this.#set({ at: "connecting" });
    this.#open();
  }

  /** No more of it: nothing reconnects until `restart`. */
  stop(): void {
    this.#tearDown();
    this.#set({ at: "closed", code: null, message: null, durationMs: null });
  }

  /** The network or the page came back: do not wait for a timer. */
  poke(): void {
    if (this.#state.at === "closed") return;
    if (this.#socket === null) {
      clearTimeout(this.#retry);
      this.#open();
      return;
    }
    if (this.#state.at !== "open" || this.#probeTimer !== undefined) return;
    const heard = this.#heardMs;
    this.#beat();
    this.#probeTimer = setTimeout(() => {
      this.#probeTimer = undefined;
      if (this.#heardMs === heard) this.#drop();
    }, PROBE_WITHIN_MS);
  }

  do(command: Command): Promise<Done> {
    return this.#ask((id) => ({ t: "do", id, command }));
  }

  takeSeat(): Promise<Done> {
    return this.#ask((id) => ({ t: "takeseat", id }));
  }

  getLink(person: string): Promise<Done> {
    return this.#ask((id) => ({ t: "getlink", id, person }));
  }

  /** False: not sent, since there is no connection. */
  signal(signal: Omit<Signal, "t">): boolean {
    return this.#unasked({ t: "signal", ...signal });
  }

  /** What needs no answer. False: not sent, since there is no connection. */
  tell(message: BeginTest | SignalTest | EndTest | Measured): boolean {
    return this.#unasked(message);
  }

  #unasked(message: AnyUpward): boolean {
    if (this.#state.at !== "open") return false;
    this.#send(message);
    return true;
  }

  #ask(message: (id: number) => AnyUpward): Promise<Done> {
    if (this.#state.at !== "open") {
      return Promise.reject(new Refusal("NOT_CONNECTED", "not connected"));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Refusal("NO_ANSWER", "no answer in time"));
      }, ANSWER_WITHIN_MS);
      this.#pending.set(id, { resolve, reject, timer });
      this.#send(message(id));
    });
  }

  #open(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#closed = null;
    let socket: Socket;
    try {
      socket = (this.#options.connect ?? browserSocket)(this.#options.url);
    } catch {
      this.#later();
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#socket === socket) this.#send(this.#options.credentials.hello());
    };
    socket.onmessage = (event) => {
      if (this.#socket !== socket) return;
      this.#heardMs = this.#now();
      const message = parse(event.data);
      if (message !== null) this.#receive(message);
    };
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#gone(event.code);
    };
    this.#welcomeTimer = setTimeout(() => this.#drop(), WELCOME_WITHIN_MS);
  }

  #receive(message: AnyDownward): void {
    switch (message.t) {
      case "welcome":
        this.#welcomed(message);
        break;
      case "snapshot":
        this.#epoch = message.epoch;
        this.#seq = message.seq;
        this.#options.credentials.applied(message.epoch, message.seq);
        break;
      case "change":
        if (this.#seq === null || message.seq !== this.#seq + 1) {
          // Something was missed: only a whole snapshot heals that.
          this.#options.credentials.forgetPosition();
          this.#drop();
          return;
        }
        this.#seq = message.seq;
        this.#options.credentials.applied(this.#epoch ?? "", message.seq);
        break;
      case "done":
        this.#settle(message.id)?.resolve(message);
        return;
      case "refused":
        this.#settle(message.id)?.reject(
          new Refusal(message.code, message.message, message.candidates ?? []),
        );
        return;
      case "beaten":
        return;
      case "closed":
        this.#closed = message;
        return;
    }
    this.#options.onMessage(message);
  }

  #welcomed(message: Welcome): void {
    clearTimeout(this.#welcomeTimer);
    this.#attempt = 0;
    this.#options.credentials.welcomed(message.resume);
    this.#beatTimer = setInterval(() => {
      if (this.#now() - this.#heardMs > DEAD_AFTER_MS) this.#drop();
      else this.#beat();
    }, BEAT_EVERY_MS);
    this.#set({ at: "open" });
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending !== undefined) {
      clearTimeout(pending.timer);
      this.#pending.delete(id);
    }
    return pending;
  }

  #beat(): void {
    this.#send({ t: "beat", n: this.#nextId++ });
  }

  #send(message: AnyUpward): void {
    try {
      this.#socket?.send(JSON.stringify(message));
    } catch {
      // The close event follows and reconnects.
    }
  }

  /** This side gives the socket up; a dead network may never deliver the close event. */
  #drop(): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#gone(1006);
    socket.close();
  }

  #gone(closeCode: number): void {
    const closed = this.#closed;
    this.#tearDown();
    switch (this.#options.credentials.closed(closed?.code ?? null, closeCode)) {
      case "retry-now":
        this.#lost();
        // Once at once; if the second token fails too, with patience.
        if (this.#attempt++ === 0) this.#open();
        else this.#later();
        return;
      case "retry-later":
        this.#later();
        return;
      case "stop":
        this.#set({
          at: "closed",
          code: closed?.code ?? (closeCode === 4001 ? "SEAT_TAKEN" : null),
          message: closed?.message ?? null,
          durationMs: closed?.duration_ms ?? null,
        });
    }
  }

  #lost(): void {
    if (this.#state.at === "open") this.#set({ at: "lost", sinceMs: this.#now() });
  }

  #later(): void {
    this.#lost();
    if (this.#state.at === "connecting" && this.#attempt > 0) {
      this.#set({ at: "lost", sinceMs: this.#now() });
    }
    const wait = waitBefore(this.#attempt++, (this.#options.random ?? Math.random)());
    this.#retry = setTimeout(() => this.#open(), wait);
  }

  #tearDown(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#welcomeTimer);
    clearTimeout(this.#probeTimer);
    clearInterval(this.#beatTimer);
    this.#retry = this.#probeTimer = undefined;
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id)?.reject(new Refusal("NOT_CONNECTED", "connection lost"));
    }
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

function browserSocket(url: string): Socket {
  return new WebSocket(url) as unknown as Socket;
}

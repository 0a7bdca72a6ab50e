// Answers to "Your provider asks you to …". A "not now" counts at once, also while the server cannot be told.
import type { Command } from "../link/link.ts";
import type { Person } from "../store/rows.ts";
import type { Device } from "./devices.ts";
import { DEVICES } from "./publishing.ts";

export const NONE_DECLINED: ReadonlySet<Device> = new Set();

export interface AnswersOptions {
  do(command: Command): Promise<unknown>;
  /** What was declined, and the server has not heard of it yet. */
  onChange(declined: ReadonlySet<Device>): void;
}

export class Answers {
  readonly #options: AnswersOptions;
  #declined = NONE_DECLINED;
  readonly #telling = new Set<Device>();

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  decline(device: Device): void {
    this.#set(new Set([...this.#declined, device]));
  }

  /** Tells what is due. What is asked no longer was heard, or the question was another one. */
  follow(me: Person | null, connected: boolean): void {
    const asked = me?.asked ?? [];
    const open = [...this.#declined].filter((device) => asked.includes(device));
    if (me !== null && open.length < this.#declined.size) this.#set(new Set(open));
    if (!connected) return;
    for (const source of DEVICES) {
      if (!this.#declined.has(source) || this.#telling.has(source)) continue;
      this.#telling.add(source);
      this.#options
        .do({ do: "DeclineAsk", source })
        .catch(() => undefined) // Said again with the next rows.
        .finally(() => this.#telling.delete(source));
    }
  }

  #set(declined: ReadonlySet<Device>): void {
    this.#declined = declined;
    this.#options.onChange(declined);
  }
}

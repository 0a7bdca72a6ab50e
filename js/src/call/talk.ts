// Chat and captions of one call: what came, and what is on its way out. In memory alone.
import type { Command, Refusal } from "../link/link.ts";
import type { Caption, Chat } from "../protocol/types.ts";
import { addCaption, type CaptionLine } from "./captions.ts";
import { addLine } from "./chat.ts";
import { arrived, begun, failed, type Outgoing, without } from "./outgoing.ts";
import type { ChatLine } from "./room.ts";

export interface TalkState {
  readonly chat: readonly ChatLine[];
  readonly outgoing: readonly Outgoing[];
  readonly captions: readonly CaptionLine[];
}

export interface TalkOptions {
  do(command: Command): Promise<unknown>;
  onChange(state: TalkState): void;
}

export class Talk {
  readonly #options: TalkOptions;
  #state: TalkState = { chat: [], outgoing: [], captions: [] };
  #nextKey = 1;

  constructor(options: TalkOptions) {
    this.#options = options;
  }

  get state(): TalkState {
    return this.#state;
  }

  /** Sends a message, or (with its key) one that failed once more. Never throws: a failure stands in `outgoing`. */
  async say(to: string, text: string, key = this.#nextKey++): Promise<void> {
    this.#set({ outgoing: begun(this.#state.outgoing, key, to, text, Date.now()) });
    try {
      await this.#options.do({ do: "SendChat", to, text });
      this.unsay(key);
    } catch (error) {
      const { code, message } = error as Refusal;
      this.#set({ outgoing: failed(this.#state.outgoing, key, { code, message }) });
    }
  }

  /** Gives up a message that was not sent. */
  unsay(key: number): void {
    this.#set({ outgoing: without(this.#state.outgoing, key) });
  }

  receive(message: Chat | Caption, me: string | null): void {
    if (message.t === "caption") {
      this.#set({ captions: addCaption(this.#state.captions, message, Date.now()) });
      return;
    }
    const chat = addLine(this.#state.chat, message, me);
    const line = chat.at(-1);
    if (chat === this.#state.chat || line === undefined) return;
    this.#set({ chat, outgoing: arrived(this.#state.outgoing, line) });
  }

  /** The call is over: captions are of the moment. */
  hush(): void {
    if (this.#state.captions.length > 0) this.#set({ captions: [] });
  }

  /** Another visit: what this page may read comes anew. */
  clear(): void {
    this.#set({ chat: [], captions: [] });
  }

  #set(change: Partial<TalkState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onChange(this.#state);
  }
}

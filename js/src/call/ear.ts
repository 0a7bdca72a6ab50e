// Listens, a few times a second while in the call: who speaks, and whether somebody talks into a muted microphone.
import type { Local } from "./local.ts";
import type { Peer } from "./peer.ts";
import type { CallState } from "./room.ts";
import { Voices } from "./voices.ts";

const EVERY_MS = 200;
const NOBODY: ReadonlySet<string> = new Set();

type Heard = Partial<Pick<CallState, "speaking" | "mutedTalk">>;

export interface EarOptions {
  local: Pick<Local, "state" | "meter">;
  peers(): ReadonlyMap<string, Pick<Peer, "audioLevel">>;
  state(): Pick<CallState, "rows" | "speaking">;
  onChange(heard: Heard): void;
}

export class Ear {
  readonly #options: EarOptions;
  readonly #voices = new Voices();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: EarOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#timer = setInterval(() => this.#listen(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#voices.clear();
    const silent = this.#options.state().speaking.size === 0;
    this.#options.onChange({ mutedTalk: false, ...(silent ? {} : { speaking: NOBODY }) });
  }

  #listen(): void {
    const { local, peers, state, onChange } = this.#options;
    const { rows, speaking } = state();
    if (rows === null) return;
    const { on, track } = local.state.microphone;
    const level = local.meter.level();
    const now = performance.now();
    onChange({
      speaking: this.#voices.listen(rows, peers(), on ? level : 0, now, speaking),
      mutedTalk: this.#voices.hushed(track !== null && !on, level, now),
    });
  }
}

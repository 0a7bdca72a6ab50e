// ICE candidates on their way out, a few to a message.
import type { Candidate } from "../protocol/types.ts";

/** The device's own addresses are known at once, and often all that is needed: the first goes at once, the others soon. */
export const FIRST_TRICKLE_MS = 4;
/** What servers tell comes in its time. */
export const TRICKLE_MS = 50;
export const MAX_BATCH = 32;
/** A browser opens TCP connections and accepts none, a Python peer knows none: such a candidate meets no other. */
const ONLY_OPENS = /\stcptype active\b/i;

export class Trickle {
  readonly #send: (candidates: Candidate[]) => void;
  #batch: Candidate[] = [];
  /** How many batches of the present description went out. */
  #sent = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (candidates: Candidate[]) => void) {
    this.#send = send;
  }

  /** `null`: that was the last one. */
  add(candidate: RTCIceCandidate | null): void {
    const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate?.toJSON() ?? {};
    if (line && ONLY_OPENS.test(line)) return;
    this.#batch.push({
      candidate: line ?? "",
      ...(sdpMid != null ? { sdpMid } : {}),
      ...(sdpMLineIndex != null ? { sdpMLineIndex } : {}),
      ...(usernameFragment != null ? { usernameFragment } : {}),
    });
    const last = candidate === null;
    if (last || this.#sent === 0 || this.#batch.length >= MAX_BATCH) this.#flush();
    else {
      const wait = this.#sent === 1 ? FIRST_TRICKLE_MS : TRICKLE_MS;
      this.#timer ??= setTimeout(() => this.#flush(), wait);
    }
  }

  /** Another description goes out: what is left belongs to the one before. */
  turn(): void {
    this.#flush();
    this.#sent = 0;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const candidates = this.#batch;
    this.#batch = [];
    if (candidates.length === 0) return;
    this.#sent++;
    this.#send(candidates);
  }
}

// Who is speaking now, from loudness that is measured in this page: for the ring and the hint.
import { isOn, type Rows } from "../store/rows.ts";
import { loudness, VoiceGate } from "./level.ts";
import type { Peer } from "./peer.ts";

/** Between words, and a little longer: long enough to read the hint. */
const HUSHED_HOLD_MS = 4_000;

export class Voices {
  readonly #gates = new Map<string, VoiceGate>();
  #hushed = new VoiceGate();
  #hushedMs = Number.NEGATIVE_INFINITY;

  /** Call it a few times a second. Returns `before` itself if nothing changed. */
  listen(
    rows: Rows,
    peers: ReadonlyMap<string, Pick<Peer, "audioLevel">>,
    ownLevel: number,
    nowMs: number,
    before: ReadonlySet<string>,
  ): ReadonlySet<string> {
    const speaking = new Set<string>();
    if (this.#hear(rows.me, ownLevel, nowMs)) speaking.add(rows.me);
    for (const [id, peer] of peers) {
      const person = rows.people.get(id);
      const level = person && isOn(person, "microphone") ? loudness(peer.audioLevel()) : 0;
      if (this.#hear(id, level, nowMs)) speaking.add(id);
    }
    const same = before.size === speaking.size && [...speaking].every((id) => before.has(id));
    return same ? before : speaking;
  }

  /** Whether somebody talks into a muted microphone. Call it as often as `listen`. */
  hushed(muted: boolean, level: number, nowMs: number): boolean {
    if (!muted) {
      this.#hushed = new VoiceGate();
      this.#hushedMs = Number.NEGATIVE_INFINITY;
      return false;
    }
    if (this.#hushed.update(level, nowMs)) this.#hushedMs = nowMs;
    return nowMs - this.#hushedMs < HUSHED_HOLD_MS;
  }

  clear(): void {
    this.hushed(false, 0, 0);
    this.#gates.clear();
  }

  #hear(id: string, level: number, nowMs: number): boolean {
    const gate = this.#gates.get(id) ?? new VoiceGate();
    this.#gates.set(id, gate);
    return gate.update(level, nowMs);
  }
}

// Who is speaking now, from loudness that is measured in this page. Nothing is sent or kept.
import { isOn, type Rows } from "../store/rows.ts";
import { loudness, VoiceGate } from "./level.ts";
import type { Peer } from "./peer.ts";

export class Voices {
  readonly #gates = new Map<string, VoiceGate>();

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

  clear(): void {
    this.#gates.clear();
  }

  #hear(id: string, level: number, nowMs: number): boolean {
    const gate = this.#gates.get(id) ?? new VoiceGate();
    this.#gates.set(id, gate);
    return gate.update(level, nowMs);
  }
}

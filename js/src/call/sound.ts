// What is heard: one audio element for each person, owned by the call and not by a view, so that a
// scrolled-away output keeps its sound. A person whose microphone is muted by the rows is never played.
import { isOn, type Rows } from "../store/rows.ts";
import type { Peer } from "./peer.ts";
import { CHIME, play, TEST } from "./tone.ts";

/** What of a shared screen is heard has a voice of its own. */
const SCREEN = ":screen";

/** Plays what the rows say, whatever arrives: muted holds at the receivers too. */
export function hear(
  sound: Sound,
  peers: ReadonlyMap<string, Pick<Peer, "track">>,
  rows: Rows,
): void {
  sound.keepOnly(new Set([...peers.keys()].flatMap((id) => [id, id + SCREEN])));
  for (const [id, peer] of peers) {
    const person = rows.people.get(id);
    if (person === undefined) continue;
    const voice = peer.track("audio");
    if (voice !== null) sound.play(id, voice, !isOn(person, "microphone"));
    const screen = peer.track("screenAudio");
    if (screen === null) continue;
    // No element for what nobody shares.
    if (isOn(person, "screen")) sound.play(id + SCREEN, screen, false);
    else sound.stop(id + SCREEN);
  }
}

interface Voice {
  element: HTMLAudioElement;
  track: MediaStreamTrack;
}

export class Sound {
  readonly #voices = new Map<string, Voice>();
  readonly #onChange: () => void;
  #sink: string | null = null;
  #blocked = false;
  #home: HTMLElement | null = null;
  #chiming = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** The browser wants a click before it plays anything. */
  get blocked(): boolean {
    return this.#blocked;
  }

  play(person: string, track: MediaStreamTrack, muted: boolean): void {
    let voice = this.#voices.get(person);
    if (voice?.track !== track) {
      this.stop(person);
      const element = document.createElement("audio");
      element.autoplay = true;
      element.srcObject = new MediaStream([track]);
      this.#place(element);
      voice = { element, track };
      this.#voices.set(person, voice);
      this.#route(element);
      this.#start(element);
    }
    if (voice.element.muted !== muted) voice.element.muted = muted;
  }

  stop(person: string): void {
    const voice = this.#voices.get(person);
    if (voice === undefined) return;
    this.#voices.delete(person);
    voice.element.srcObject = null;
    voice.element.remove();
  }

  keepOnly(people: ReadonlySet<string>): void {
    for (const person of [...this.#voices.keys()]) if (!people.has(person)) this.stop(person);
    if (this.#voices.size === 0 && this.#blocked) {
      this.#blocked = false;
      this.#onChange();
    }
  }

  setSpeaker(id: string | null): void {
    if (id === this.#sink) return;
    this.#sink = id;
    for (const { element } of this.#voices.values()) this.#route(element);
  }

  /** A tone on the chosen speaker, over when it resolves; false: nothing could be played. */
  test(): Promise<boolean> {
    return play(TEST, this.#sink);
  }

  /** For whoever is ready; several who come at once make one sound. */
  chime(): void {
    if (this.#chiming) return;
    this.#chiming = true;
    void play(CHIME, this.#sink).finally(() => {
      this.#chiming = false;
    });
  }

  /** Call it from a click. */
  turnOn(): void {
    this.#blocked = false;
    for (const { element } of this.#voices.values()) this.#start(element);
    this.#onChange();
  }

  close(): void {
    this.keepOnly(new Set());
    this.#home?.remove();
    this.#home = null;
  }

  #start(element: HTMLAudioElement): void {
    element.play().catch((error: unknown) => {
      if ((error as Error | null)?.name !== "NotAllowedError" || this.#blocked) return;
      this.#blocked = true;
      this.#onChange();
    });
  }

  #route(element: HTMLAudioElement): void {
    if ("setSinkId" in element && element.sinkId !== (this.#sink ?? "")) {
      element.setSinkId(this.#sink ?? "").catch(() => undefined);
    }
  }

  #place(element: HTMLAudioElement): void {
    if (this.#home === null) {
      this.#home = document.createElement("div");
      this.#home.hidden = true;
      document.body.append(this.#home);
    }
    this.#home.append(element);
  }
}

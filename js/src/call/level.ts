// How loud a microphone is, and whether that is a voice. `VoiceGate` is pure; `Meter` reads Web Audio.
// No sound is recorded or sent from here.

/** Root mean square of samples in [-1, 1] → loudness for a bar, 0 to 1, on a scale that ears agree with. */
export function loudness(rms: number): number {
  if (rms <= 0) return 0;
  const decibel = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (decibel + 60) / 50));
}

export function rmsOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i] ?? 0) ** 2;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

/** Loudness from which it is taken for a voice, and below which no longer. */
export const OPENS_AT = 0.3;
export const CLOSES_AT = 0.18;
const HOLD_MS = 600;

/** Opens at once, closes only after a pause: the ring must not flicker between words. */
export class VoiceGate {
  #speaking = false;
  #lastMs = 0;

  update(level: number, nowMs: number): boolean {
    if (level >= OPENS_AT || (this.#speaking && level >= CLOSES_AT)) {
      this.#speaking = true;
      this.#lastMs = nowMs;
    } else if (nowMs - this.#lastMs >= HOLD_MS) {
      this.#speaking = false;
    }
    return this.#speaking;
  }
}

/** Samples one look takes in: 43 ms at 48 kHz. */
const WINDOW = 2_048;

/** A large buffer now and then costs a phone less than many small ones. `sinkId` is not in the types yet. */
const UNHEARD = { latencyHint: "playback", sinkId: { type: "none" } } as AudioContextOptions;

/** Reads one microphone track. Silent (0) where Web Audio is missing or still waits for a click. */
export class Meter {
  #context: AudioContext | null = null;
  #analyser: AnalyserNode | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  /** A copy that stays on while the original is muted: only so can this page say "you are muted". Never sent. */
  #ear: MediaStreamTrack | null = null;
  #samples = new Float32Array(new ArrayBuffer(WINDOW * 4));

  listen(track: MediaStreamTrack | null): void {
    this.#deafen();
    if (track === null) {
      void this.#context?.suspend().catch(() => undefined);
      return;
    }
    try {
      // Nobody hears this: no speaker is opened for it, where the browser can do without.
      this.#context ??= new AudioContext(UNHEARD);
      this.#analyser ??= new AnalyserNode(this.#context, { fftSize: WINDOW });
      this.#ear = track.clone();
      this.#ear.enabled = true;
      this.#source = new MediaStreamAudioSourceNode(this.#context, {
        mediaStream: new MediaStream([this.#ear]),
      });
      this.#source.connect(this.#analyser);
    } catch {
      // No meter is better than no microphone.
    }
    this.wake();
  }

  /** Browsers keep sound asleep until a click; call this from one. */
  wake(): void {
    if (this.#context?.state === "suspended" && this.#source !== null) {
      void this.#context.resume().catch(() => undefined);
    }
  }

  /** Whether there is something to hear with. */
  get works(): boolean {
    return this.#source !== null && this.#context?.state === "running";
  }

  level(): number {
    if (this.#analyser === null || this.#source === null) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(rmsOf(this.#samples));
  }

  #deafen(): void {
    this.#source?.disconnect();
    this.#source = null;
    this.#ear?.stop();
    this.#ear = null;
  }

  close(): void {
    this.#deafen();
    void this.#context?.close().catch(() => undefined);
    this.#context = this.#analyser = null;
  }
}

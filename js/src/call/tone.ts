// Short sounds made in the page: the speaker's test and the chime for whoever is ready. Nothing is fetched,
// and nothing of it enters a call.

/** Frequency in Hz, beginning and length in s. */
type Note = readonly [hz: number, fromS: number, lengthS: number];

/** A rising chord, long enough to find the volume key. */
export const TEST: readonly Note[] = [
  [392, 0, 0.5],
  [494, 0.35, 0.5],
  [587, 0.7, 0.9],
];
/** Two soft notes: noticed in a quiet room, not startling during another talk. */
export const CHIME: readonly Note[] = [
  [659, 0, 0.28],
  [880, 0.16, 0.5],
];
const PEAK = 0.18;
const RISE_S = 0.03;

/**
 * Plays the notes on a speaker (`null`: the system's) and resolves when they are over. False: the browser plays
 * nothing before a click in this page, or has no such sound.
 */
export async function play(notes: readonly Note[], speakerId: string | null): Promise<boolean> {
  let context: AudioContext;
  try {
    context = new AudioContext();
  } catch {
    return false;
  }
  const element = new Audio();
  try {
    if (context.state === "suspended") {
      // Without a click this promise may stay open for ever.
      await Promise.race([context.resume(), new Promise((over) => setTimeout(over, 500))]);
    }
    // Asked anew: the state above is the one of before.
    if ((context.state as AudioContextState) !== "running") return false;
    const out = new MediaStreamAudioDestinationNode(context);
    const lastS = sound(context, out, notes);
    element.srcObject = out.stream;
    if (speakerId !== null && "setSinkId" in element) {
      // A speaker that is gone: then the system's.
      await element.setSinkId(speakerId).catch(() => undefined);
    }
    await element.play();
    await new Promise<void>((over) => {
      lastS.onended = () => over();
    });
    return true;
  } catch {
    return false;
  } finally {
    element.srcObject = null;
    void context.close().catch(() => undefined);
  }
}

/** Starts the notes; returns the one that ends last. */
function sound(context: AudioContext, out: AudioNode, notes: readonly Note[]): OscillatorNode {
  const begin = context.currentTime + 0.05;
  let last: [OscillatorNode, number] | null = null;
  for (const [frequency, from, length] of notes) {
    const gain = new GainNode(context, { gain: 0 });
    const tone = new OscillatorNode(context, { frequency, type: "sine" });
    gain.gain.setValueAtTime(0, begin + from);
    gain.gain.linearRampToValueAtTime(PEAK, begin + from + RISE_S);
    gain.gain.exponentialRampToValueAtTime(0.0001, begin + from + length);
    tone.connect(gain).connect(out);
    tone.start(begin + from);
    tone.stop(begin + from + length);
    if (last === null || from + length > last[1]) last = [tone, from + length];
  }
  if (last === null) throw new Error("no notes");
  return last[0];
}

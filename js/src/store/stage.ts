// What only this view knows of the stage: which tile is large, which menu is open, what is asked before an act.
// The own choice is remembered for this tab; nothing of it goes to the server.
import { type Signal, signal } from "@preact/signals";
import { AS_IT_COMES, type Choice } from "../ui/stage-view.ts";

export type Verbosity = "all" | "important" | "none";

export interface StageStore {
  readonly remembers: boolean;
  readonly choice: Signal<Choice>;
  /** The tile that has the whole view to itself. */
  readonly solo: Signal<string | null>;
  /** The tile whose menu is open. */
  readonly menu: Signal<string | null>;
  /** "Share your screen?" is asked. */
  readonly sharing: Signal<boolean>;
  /** Whom "Remove" is about, until it is confirmed. */
  readonly removing: Signal<string | null>;
  /** The box for captions is open. */
  readonly captioning: Signal<boolean>;
  /** Whether the connections are told in words. */
  readonly measuring: Signal<boolean>;
  readonly verbosity: Signal<Verbosity>;
  readonly captions: Signal<boolean>;
}

const CHOICE = "telehealth_widget:stage";
const VERBOSITY = "telehealth_widget:verbosity";
const CAPTIONS = "telehealth_widget:captions";

/** `remembers`: the choice is that of this tab's live rooms. A replay neither knows it nor changes it. */
export function stageStore(remembers = true): StageStore {
  const verbosity = read("localStorage", VERBOSITY);
  return {
    remembers,
    choice: signal(remembers ? recalled() : AS_IT_COMES),
    solo: signal(null),
    menu: signal(null),
    sharing: signal(false),
    removing: signal(null),
    captioning: signal(false),
    measuring: signal(false),
    verbosity: signal(verbosity === "important" || verbosity === "none" ? verbosity : "all"),
    captions: signal(read("localStorage", CAPTIONS) !== "off"),
  };
}

export function choose(stage: StageStore, choice: Choice): void {
  stage.choice.value = choice;
  if (stage.remembers) write("sessionStorage", CHOICE, JSON.stringify(choice));
}

export function setVerbosity(stage: StageStore, verbosity: Verbosity): void {
  stage.verbosity.value = verbosity;
  write("localStorage", VERBOSITY, verbosity);
}

export function showCaptions(stage: StageStore, on: boolean): void {
  stage.captions.value = on;
  write("localStorage", CAPTIONS, on ? "on" : "off");
}

function recalled(): Choice {
  try {
    const kept = JSON.parse(read("sessionStorage", CHOICE) ?? "{}") as Partial<Choice>;
    return {
      ...AS_IT_COMES,
      enlarged: typeof kept.enlarged === "string" ? kept.enlarged : null,
      view: kept.view === "speaker" ? "speaker" : "grid",
      selfHidden: kept.selfHidden === true,
    };
  } catch {
    return AS_IT_COMES;
  }
}

type Place = "localStorage" | "sessionStorage";

function read(place: Place, key: string): string | null {
  try {
    return globalThis[place].getItem(key);
  } catch {
    return null;
  }
}

function write(place: Place, key: string, value: string): void {
  try {
    globalThis[place].setItem(key, value);
  } catch {
    // Until the next reload, then.
  }
}

// What a first visitor meets while the rest of the page is on its way: the question for camera and microphone with its
// reason, and then the own picture. The room (`guest.tsx`) takes its place, and what was opened here with it.
import { CameraOff } from "lucide-preact";
import { render } from "preact";
import { type Opened, obstacle, open, stopAll } from "../call/devices.ts";
import { type DoorWords, door as english } from "../strings/door/en.ts";
import { bestTag } from "../strings/intl.ts";
import { AskCard } from "../ui/AskCard.tsx";
import { Picture } from "../ui/Picture.tsx";
import { LINK_KEY } from "./token.ts";
import { tagOf } from "./words.ts";

export interface Door {
  /** What the browser gave here, or will give, once somebody pressed the button. */
  readonly asked: Promise<Opened> | null;
  /** The own picture is shown here. */
  readonly pictured: boolean;
  /** Resolves when what stands here is painted, and, if the button was pressed by then, when there is a picture. */
  painted(): Promise<void>;
  /** The room is in front now; what was opened is its own. True: the focus was here, or was lost with what stood here. */
  close(): boolean;
  /** The same, where nobody takes what was opened. */
  dismiss(): void;
}

const WORDS: ReadonlyMap<string, DoorWords> = new Map(
  Object.entries(
    import.meta.glob<DoorWords>("../strings/door/*.ts", { eager: true, import: "door" }),
  ).map(([path, words]) => [tagOf(path), words]),
);
const BOTH = { camera: { wanted: true, id: null }, microphone: { wanted: true, id: null } };
/** All our keys begin so. */
const OURS = "telehealth_widget:";
/** A picture that does not come holds the page up for no longer. */
const PICTURE_WITHIN_MS = 1_000;
/** A page that is not in front paints nothing. */
const PAINT_WITHIN_MS = 100;

/** Nobody was here before: no choice of devices or background to respect, and no place in a session to go back to. */
function isFirstVisit(): boolean {
  try {
    return ![...Object.keys(localStorage), ...Object.keys(sessionStorage)].some(
      (key) => key.startsWith(OURS) && key !== LINK_KEY,
    );
  } catch {
    return true; // where nothing can be remembered, nothing is
  }
}

/** `null` where the room itself must speak first: after an earlier visit, or when this page may not ask at all. */
export function openDoor(root: HTMLElement, languages: readonly string[]): Door | null {
  if (!isFirstVisit() || obstacle() !== null) return null;
  const words = wordsOf(languages);
  document.title = words.pageTitle;
  document.documentElement.lang = words.language;
  let asked: Promise<Opened> | null = null;
  let asking = false;
  let track: MediaStreamTrack | null = null;
  let closed = false;
  let shown = (): void => undefined;
  const picture = new Promise<void>((resolve) => {
    shown = resolve;
  });

  const draw = (): void => {
    if (closed) return; // an answer of the browser that came later: the room has it
    render(
      <Front words={words} track={track} opening={asking} onAsk={ask} onShown={shown} />,
      root,
    );
  };
  const ask = (): void => {
    if (asking || track !== null) return;
    asking = true;
    void asked?.then(stopAll); // a microphone without a camera, perhaps: both are asked for anew
    asked = open(BOTH);
    draw();
    void asked.then(({ camera }) => {
      asking = false;
      // What went wrong is said by the room, which knows the remedies.
      if (camera !== null && typeof camera !== "string") track = camera;
      else shown();
      draw();
    });
  };
  draw();
  const close = (): boolean => {
    closed = true;
    const focused = root.contains(document.activeElement);
    render(null, root);
    return focused || document.activeElement === document.body;
  };
  return {
    get asked() {
      return asked;
    },
    get pictured() {
      return track !== null;
    },
    async painted() {
      await Promise.race([
        new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))),
        after(PAINT_WITHIN_MS),
      ]);
      if (asked !== null) await Promise.race([picture, after(PICTURE_WITHIN_MS)]);
    },
    close,
    dismiss() {
      void asked?.then(stopAll);
      close();
    },
  };
}

/** In place of all else, where the room does not come. */
export function sayFailed(root: HTMLElement, languages: readonly string[]): void {
  const words = wordsOf(languages);
  render(
    <div class="telehealth-widget page" lang={words.language}>
      <div class="view">
        <main class="notice">
          <div class="card notice-card">
            <div role="alert">
              <h1>{words.only.failed}</h1>
              <p class="muted">{words.only.failedBody}</p>
            </div>
            <button type="button" class="button button-primary" onClick={() => location.reload()}>
              {words.only.reload}
            </button>
          </div>
        </main>
      </div>
    </div>,
    root,
  );
}

function wordsOf(languages: readonly string[]): DoorWords {
  return WORDS.get(bestTag(languages, WORDS.keys()) ?? "") ?? english;
}

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface FrontProps {
  words: DoorWords;
  track: MediaStreamTrack | null;
  opening: boolean;
  onAsk: () => void;
  onShown: () => void;
}

/** The first part of `Preparation`, in the same places. */
function Front({ words, track, opening, onAsk, onShown }: FrontProps) {
  return (
    <div class="telehealth-widget page" lang={words.language}>
      <div class="view">
        <main class="preparation">
          <header>
            <h1>{words.heading}</h1>
            <p class="muted">{words.intro}</p>
          </header>
          <div class="columns">
            <div class="column">
              <div class="preview" role="group" aria-label={words.previewLabel}>
                {track !== null ? (
                  <Picture track={track} mirrored onShown={onShown} />
                ) : (
                  <div class="preview-off">
                    <CameraOff aria-hidden="true" />
                    <span>{words.previewOff}</span>
                  </div>
                )}
                <div class="preview-foot">
                  {track !== null && <span class="tag">{words.preview}</span>}
                </div>
              </div>
            </div>
            <div class="column">
              {track === null ? (
                <AskCard words={words} opening={opening} onAsk={onAsk} />
              ) : (
                <p class="muted" role="status">
                  {words.only.coming}
                </p>
              )}
            </div>
          </div>
        </main>
      </div>
    </div>
  );
}

// What only this view of the page knows: the open panel, drafts, what was read. Nothing here goes to the server,
// and nothing of the rows lives here; two views of one call each have their own.
import { type Signal, signal } from "@preact/signals";
import { type StageStore, stageStore } from "./stage.ts";

export type Panel = "attendees" | "chat";

export interface PageStore {
  readonly stage: StageStore;
  readonly panel: Signal<Panel | null>;
  /** "End session for everyone?" is asked. */
  readonly ending: Signal<boolean>;
  /** The dialog for camera, microphone and speaker is open. */
  readonly devices: Signal<boolean>;
  /** The person's word on the last test tone; null: not asked yet. */
  readonly speakerHeard: Signal<boolean | null>;
  readonly draft: Signal<string>;
  /** Audience that was chosen; `null` follows the situation. */
  readonly to: Signal<string | null>;
  /** Audience that the draft was begun for: what happens meanwhile gives it no other readers. */
  readonly begunFor: Signal<string | null>;
  /** How many chat lines of others were seen. */
  readonly read: Signal<number>;
  readonly fullScreen: Signal<boolean>;
  /** Whether a sound tells the provider of somebody who is ready. */
  readonly chimes: Signal<boolean>;
  /** Whose decline form is open. */
  readonly declining: Signal<string | null>;
  /** A link to show, of one person; never stored anywhere else. */
  readonly shownLink: Signal<{ person: string; url: string; copied: boolean } | null>;
  /** A sentence about the last thing that did not work. */
  readonly trouble: Signal<string | null>;
  /** This page's clock, ticking while the view is shown. */
  readonly nowMs: Signal<number>;
}

export function pageStore(nowMs: number, chimes: boolean, remembers = true): PageStore {
  return {
    stage: stageStore(remembers),
    panel: signal(null),
    ending: signal(false),
    devices: signal(false),
    speakerHeard: signal(null),
    draft: signal(""),
    to: signal(null),
    begunFor: signal(null),
    read: signal(0),
    fullScreen: signal(false),
    chimes: signal(chimes),
    declining: signal(null),
    shownLink: signal(null),
    trouble: signal(null),
    nowMs: signal(nowMs),
  };
}

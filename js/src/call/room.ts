// What a view may know of a call and ask of it. Plain data and functions, no signals: several copies of this
// module can live in one page, and a later one must be able to use an earlier one's call.
// Change it only by adding; otherwise raise `ROOM_API`.
import type { LinkState } from "../link/link.ts";
import type { Invite, Reissue, Role } from "../protocol/types.ts";
import type { Rows } from "../store/rows.ts";
import type { Background, PictureProblem } from "./background/choices.ts";
import type { CaptionLine } from "./captions.ts";
import type { TestLine } from "./connection-test.ts";
import type { Device, Opened } from "./devices.ts";
import type { LocalState } from "./local-state.ts";
import type { Outgoing } from "./outgoing.ts";
import type { PeerState } from "./peer.ts";
import type { Processing } from "./processing.ts";
import type { Quality } from "./quality.ts";
import type { ShareState, Sharing } from "./sharing.ts";
import type { Talk } from "./talk.ts";

export const ROOM_API = 3;

export interface ChatLine {
  readonly id: string;
  readonly person: string;
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
  readonly name: string | null;
  readonly role: Role;
  readonly earlier: boolean;
  readonly own: boolean;
}

export interface Remote {
  readonly state: PeerState;
  readonly video: MediaStreamTrack | null;
  readonly screen?: MediaStreamTrack | null;
}

export interface CallState {
  /** `host`: in a notebook, by Jupyter's login. `guest`: by a link. */
  readonly door: "host" | "guest";
  /** A guest page without a link and without an earlier visit has nothing to connect with. */
  readonly known: boolean;
  readonly link: LinkState;
  readonly rows: Rows | null;
  readonly chat: readonly ChatLine[];
  /** Written here, and not yet seen to arrive. */
  readonly outgoing: readonly Outgoing[];
  readonly captions: readonly CaptionLine[];
  readonly local: LocalState;
  readonly remotes: ReadonlyMap<string, Remote>;
  /** Ids of the people who are speaking, oneself among them. */
  readonly speaking: ReadonlySet<string>;
  /** The person talks, and the microphone is muted. */
  readonly mutedTalk: boolean;
  /** The own shared screen. */
  readonly share: ShareState;
  /** What a provider asked for and this person said "not now" to, until the rows say so too. */
  readonly declined: ReadonlySet<Device>;
  readonly soundBlocked: boolean;
  /** "Join session" or "Move call here" is under way. */
  readonly entering: boolean;
  /** Left by one's own act; true before the server knows. */
  readonly leaving: boolean;
  /** The last act held, but the journal could not be written. */
  readonly unrecorded: boolean;
  /** Server's wall clock minus this page's, ms. */
  readonly clockOffsetMs: number;
}

export type RoomCommand = Exclude<
  import("../link/link.ts").Command,
  { do: "Join" | "Leave" | "Publish" | "Unpublish" | "SetMuted" | "SendChat" }
>;

/** Promises reject with a `Refusal`-like error: `{ code, message }`. */
export interface RoomCall {
  readonly api: number;
  read(): CallState;
  subscribe(listener: () => void): () => void;

  /** Ask for camera and microphone, for the preview. Call it from a click. `opened`: both were asked for already. */
  prepare(opened?: Promise<Opened>): Promise<void>;
  /** The preview shows its first picture: what was put off for its sake may begin. */
  previewed(): void;
  /** "I'm Ready". */
  ready(name: string | null): Promise<void>;
  setOn(device: Device, on: boolean): Promise<void>;
  choose(device: Device | "speaker", id: string): Promise<void>;
  /** Takes camera and microphone back from whatever paused them. Call it from a click. */
  resume(): Promise<void>;
  /** Address of the backgrounds' pictures, ends with a slash. */
  readonly backgrounds: string;
  /** What stands behind the person from now on. Only `none` shows the room. */
  setBackground(choice: Background): void;
  /** A picture of the person's own, which is never sent anywhere. Resolves to why it is not taken, or to `null`. */
  setOwnPicture(file: Blob): Promise<PictureProblem | null>;
  /** Staff take their place in the call, here. */
  join(name: string | null): Promise<void>;
  moveHere(): Promise<void>;
  leave(): Promise<void>;
  /** Back in after leaving. */
  again(): void;
  /** This tab instead of the other one. */
  useHere(): void;
  /** Try to connect now instead of at the next attempt. */
  poke(): void;
  turnOnSound(): void;
  /** Camera and microphone are held for choosing them, also where nobody would see or hear them, until as many `false`. */
  adjust(on: boolean): void;
  /** Plays a tone on the chosen speaker; resolves when it is over. False: the browser played nothing. */
  testSpeaker(): Promise<boolean>;
  /** What a connection test of this page needs; one at a time. */
  testLine(): TestLine;
  /** The quiet sound for whoever is ready. One at a time, however many views ask for it. */
  chime(): void;
  /** Noise suppression and the like. */
  process(change: Partial<Processing>): Promise<void>;
  /** One's own shared screen; `start` and `confirm` belong into a click. */
  readonly sharing: Pick<Sharing, "start" | "confirm" | "stop" | "dismiss">;
  /** What one writes; how far it got stands in `outgoing`. */
  readonly talk: Pick<Talk, "say" | "unsay">;
  /** The answer to "Your provider asks you to …". */
  answer(device: Device, yes: boolean): Promise<void>;
  /** How good the connections are now, by person. */
  quality(): Promise<ReadonlyMap<string, Quality>>;
  /** Loudness of one's own microphone, 0 to 1. */
  level(): number;

  command(command: RoomCommand): Promise<void>;
  /** Resolve to the link. It must not be stored. */
  link(person: string): Promise<string>;
  invite(command: Invite | Reissue): Promise<string>;
}

// What is known of this page's own camera and microphone, as views and the call read it. `local.ts` makes it so.
import type { BackgroundState } from "./background/choices.ts";
import type { DeviceLists, DeviceProblem } from "./devices.ts";
import type { DeviceNews } from "./hotplug.ts";
import type { Processing } from "./processing.ts";

export interface SourceState {
  /** The person wants it on, as far as this page knows. */
  readonly wanted: boolean;
  /** It is on now: others could see or hear it. */
  readonly on: boolean;
  /** It was had in this stint, so there is something to publish. */
  readonly had: boolean;
  readonly opening: boolean;
  readonly problem: DeviceProblem | null;
  /** Someone else switched it off; true until it is on again. */
  readonly forcedOff: boolean;
  /** On as far as this page goes, and the system gives nothing: a phone call, a switch on the device. */
  readonly silenced: boolean;
  readonly track: MediaStreamTrack | null;
  readonly deviceId: string | null;
}

export interface LocalState {
  readonly camera: SourceState;
  readonly microphone: SourceState;
  readonly lists: DeviceLists;
  readonly speakerId: string | null;
  readonly processing: Processing;
  /** The reactions that the system draws at a gesture are switched off for the present camera. */
  readonly calm: boolean;
  /** The devices are open, and the preview's first picture is still to come: all else waits for it. */
  readonly settling: boolean;
  /** What happened to the devices last, for a word about it. */
  readonly news: (DeviceNews & { readonly atMs: number }) | null;
  /** What stands behind the person. The camera's `track` above is what it lets through. */
  readonly background: BackgroundState;
}

export const OFF: SourceState = {
  wanted: true,
  on: false,
  had: false,
  opening: false,
  problem: null,
  forcedOff: false,
  silenced: false,
  track: null,
  deviceId: null,
};

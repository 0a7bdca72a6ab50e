// Asking the browser for cameras, microphones and speakers, and naming what went wrong.
// Stateless: what this page holds and wants is in `local.ts`.
import { thisPlatform } from "./platform.ts";
import { PLAIN, type Processing, soundWishes } from "./processing.ts";

export type Device = "camera" | "microphone";

/** Why a camera or microphone is not there. The words for people are in the catalogue. */
export type DeviceProblem =
  /** The page is not on https or localhost. */
  | "insecure"
  /** The browser has no such function. */
  | "unsupported"
  /** A frame around the page forbids it. */
  | "frame"
  /** The page is inside another app, which has no camera for it. */
  | "inapp"
  /** The person or the browser's settings said no. */
  | "blocked"
  /** The question was closed without an answer: it can be asked again. */
  | "dismissed"
  /** The operating system said no to the browser. */
  | "system"
  /** There is no such device. */
  | "missing"
  /** Another program holds it. */
  | "busy"
  /** It stopped while in use: unplugged, or taken away. */
  | "gone"
  | "unknown";

export interface DeviceChoice {
  readonly id: string;
  readonly label: string;
}

export interface DeviceLists {
  readonly cameras: readonly DeviceChoice[];
  readonly microphones: readonly DeviceChoice[];
  readonly speakers: readonly DeviceChoice[];
}

export interface Opened {
  readonly camera: MediaStreamTrack | DeviceProblem | null;
  readonly microphone: MediaStreamTrack | DeviceProblem | null;
}

export type Wishes = { readonly [device in Device]: { wanted: boolean; id: string | null } };

export const NO_DEVICES: DeviceLists = { cameras: [], microphones: [], speakers: [] };

/** As far as the error tells; what only the browser's permissions know comes in `refined`. */
export function problemOf(error: unknown): DeviceProblem {
  const { name, message } = error instanceof Error ? error : { name: "", message: "" };
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
    case "SecurityError":
      if (/permissions? policy|feature policy/i.test(message)) return "frame";
      if (/system/i.test(message)) return "system";
      return /dismissed/i.test(message) ? "dismissed" : "blocked";
    case "NotFoundError":
    case "DevicesNotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "busy";
    case "TypeError":
      return "unsupported";
    default:
      return "unknown";
  }
}

/** What keeps this page from asking at all, or `null`. */
export function obstacle(): DeviceProblem | null {
  if (!globalThis.isSecureContext) return "insecure";
  if (typeof navigator.mediaDevices?.getUserMedia !== "function") {
    return thisPlatform().browser === "inapp" ? "inapp" : "unsupported";
  }
  return frameForbids("camera") && frameForbids("microphone") ? "frame" : null;
}

/** False also where the browser does not tell. */
function frameForbids(device: Device): boolean {
  type Policy = { allowsFeature?: (feature: string) => boolean };
  const page = globalThis.document as
    | (Document & { permissionsPolicy?: Policy; featurePolicy?: Policy })
    | undefined;
  const policy = page?.permissionsPolicy ?? page?.featurePolicy;
  return policy?.allowsFeature?.(device) === false;
}

/** Who said no: browsers give one name to the person, the frame, the app around the page and the system. */
async function refined(problem: DeviceProblem, device: Device): Promise<DeviceProblem> {
  if (problem !== "blocked" && problem !== "dismissed") return problem;
  if (frameForbids(device)) return "frame";
  if (thisPlatform().browser === "inapp") return "inapp";
  const status = await permissionOf(device);
  if (status?.state === "prompt") return "dismissed";
  // The site may, and still was refused.
  return status?.state === "granted" ? "system" : problem;
}

/** Opens what is wanted: with one question where both are, one by one where one of them fails. Never throws. */
export async function open(wishes: Wishes, sound: Processing = PLAIN): Promise<Opened> {
  const { camera, microphone } = wishes;
  const blocked = obstacle();
  if (blocked !== null) {
    return {
      camera: camera.wanted ? blocked : null,
      microphone: microphone.wanted ? blocked : null,
    };
  }
  if (camera.wanted && microphone.wanted) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: await constraints("microphone", microphone.id, sound),
        video: await constraints("camera", camera.id, sound),
      });
      return {
        camera: stream.getVideoTracks()[0] ?? "missing",
        microphone: stream.getAudioTracks()[0] ?? "missing",
      };
    } catch (error) {
      const problem = problemOf(error);
      // A "no" was the person's answer; asking again for each device would nag, unless one is allowed already.
      const refused = problem === "blocked" || problem === "dismissed";
      if (refused && !(await anyGranted())) {
        return {
          camera: await refined(problem, "camera"),
          microphone: await refined(problem, "microphone"),
        };
      }
    }
  }
  return {
    microphone: microphone.wanted ? await openOne("microphone", microphone.id, sound) : null,
    camera: camera.wanted ? await openOne("camera", camera.id, sound) : null,
  };
}

/** Lets go of what nobody needs. */
export function stopAll(opened: Opened): void {
  for (const one of [opened.camera, opened.microphone]) {
    if (one !== null && typeof one !== "string") one.stop();
  }
}

async function openOne(
  device: Device,
  id: string | null,
  sound: Processing,
): Promise<MediaStreamTrack | DeviceProblem> {
  try {
    const wanted = await constraints(device, id, sound);
    const stream = await navigator.mediaDevices.getUserMedia(
      device === "camera" ? { video: wanted } : { audio: wanted },
    );
    return stream.getTracks()[0] ?? "missing";
  } catch (error) {
    // The remembered device suits nothing: whichever there is will do.
    const unfit = error instanceof Error && error.name === "OverconstrainedError";
    if (unfit && id !== null) return openOne(device, null, sound);
    return refined(problemOf(error), device);
  }
}

/** `exact` for what is listed, since other wishes would weigh as much as an ideal id; else a headset that is not plugged in today must not bar anyone. */
async function constraints(
  device: Device,
  id: string | null,
  sound: Processing,
): Promise<MediaTrackConstraints> {
  let chosen: MediaTrackConstraints = {};
  if (id !== null) {
    const { cameras, microphones } = await list();
    const listed = [...cameras, ...microphones].some((choice) => choice.id === id);
    chosen = { deviceId: listed ? { exact: id } : { ideal: id } };
  }
  return device === "camera"
    ? {
        ...chosen,
        width: { ideal: 1280 },
        height: { ideal: 720 },
        ...(id === null ? { facingMode: "user" } : {}),
      }
    : { ...chosen, ...soundWishes(sound) };
}

async function anyGranted(): Promise<boolean> {
  return (await isGranted("camera")) || (await isGranted("microphone"));
}

/** Whether opening it would ask nobody anything. False also where the browser does not tell. */
export async function isGranted(device: Device): Promise<boolean> {
  return (await permissionOf(device))?.state === "granted";
}

async function permissionOf(device: Device): Promise<PermissionStatus | null> {
  try {
    return await navigator.permissions.query({ name: device as PermissionName });
  } catch {
    return null;
  }
}

/**
 * Calls back when the camera or the microphone becomes allowed, also by an answer to this page's own question.
 * Returns what stops it. Silent where the browser does not tell.
 */
export function watchPermission(onChange: (device: Device) => void): () => void {
  const undo: (() => void)[] = [];
  let stopped = false;
  const watch = async (device: Device) => {
    const status = await permissionOf(device);
    if (stopped || typeof status?.addEventListener !== "function") return;
    const changed = () => {
      if (status.state === "granted") onChange(device);
    };
    status.addEventListener("change", changed);
    undo.push(() => status.removeEventListener("change", changed));
  };
  void watch("camera");
  void watch("microphone");
  return () => {
    stopped = true;
    for (const stop of undo) stop();
  };
}

/**
 * Switches off the effects that the system adds when it sees a gesture, where the browser offers that
 * (https://w3c.github.io/mediacapture-extensions/). True: they are off for this track.
 */
export async function calmReactions(track: MediaStreamTrack): Promise<boolean> {
  const key = "gestureReactions";
  try {
    const offered = (track.getCapabilities?.() as Record<string, unknown> | undefined)?.[key];
    if (!Array.isArray(offered) || !offered.includes(false)) return false;
    // Constraints are replaced as a whole, so those that hold now are said again.
    const now = track.getConstraints();
    const calm = { [key]: false } as MediaTrackConstraintSet;
    await track.applyConstraints({ ...now, advanced: [...(now.advanced ?? []), calm] });
    return (track.getSettings() as Record<string, unknown>)[key] === false;
  } catch {
    return false;
  }
}

/** Devices with labels; browsers hide those until a permission was given. */
export async function list(): Promise<DeviceLists> {
  try {
    const all = await navigator.mediaDevices.enumerateDevices();
    const of = (kind: MediaDeviceKind): DeviceChoice[] =>
      all
        .filter((device) => device.kind === kind && device.deviceId !== "" && device.label !== "")
        .map((device) => ({ id: device.deviceId, label: device.label }));
    return {
      cameras: of("videoinput"),
      microphones: of("audioinput"),
      speakers: canChooseSpeaker() ? of("audiooutput") : [],
    };
  } catch {
    return NO_DEVICES;
  }
}

export function canChooseSpeaker(): boolean {
  return typeof HTMLMediaElement !== "undefined" && "setSinkId" in HTMLMediaElement.prototype;
}

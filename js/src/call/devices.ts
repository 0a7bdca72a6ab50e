// Asking the browser for cameras, microphones and speakers, and naming what went wrong.
// Stateless: what this page holds and wants is in `local.ts`.

export type Device = "camera" | "microphone";

/** Why a camera or microphone is not there. The words for people are in the catalogue. */
export type DeviceProblem =
  /** The page is not on https or localhost. */
  | "insecure"
  /** The browser has no such function, or a frame around the page forbids it. */
  | "unsupported"
  /** The person or the browser's settings said no. */
  | "blocked"
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

export function problemOf(error: unknown): DeviceProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  const message = error instanceof Error ? error.message : "";
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
    case "SecurityError":
      return /system/i.test(message) ? "system" : "blocked";
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
  if (typeof navigator.mediaDevices?.getUserMedia !== "function") return "unsupported";
  return null;
}

/** Opens what is wanted: with one question where both are, one by one where one of them fails. Never throws. */
export async function open(wishes: Wishes): Promise<Opened> {
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
        audio: constraints("microphone", microphone.id),
        video: constraints("camera", camera.id),
      });
      return {
        camera: stream.getVideoTracks()[0] ?? "missing",
        microphone: stream.getAudioTracks()[0] ?? "missing",
      };
    } catch (error) {
      const problem = problemOf(error);
      // A "no" was the person's answer; asking again for each device would nag, unless one is allowed already.
      if (problem === "blocked" && !(await anyGranted())) {
        return { camera: problem, microphone: problem };
      }
    }
  }
  return {
    microphone: microphone.wanted ? await openOne("microphone", microphone.id) : null,
    camera: camera.wanted ? await openOne("camera", camera.id) : null,
  };
}

async function openOne(
  device: Device,
  id: string | null,
): Promise<MediaStreamTrack | DeviceProblem> {
  try {
    const wanted = constraints(device, id);
    const stream = await navigator.mediaDevices.getUserMedia(
      device === "camera" ? { video: wanted } : { audio: wanted },
    );
    return stream.getTracks()[0] ?? "missing";
  } catch (error) {
    return problemOf(error);
  }
}

function constraints(device: Device, id: string | null): MediaTrackConstraints {
  // `ideal`, not `exact`: a headset that is not plugged in today must not bar anyone.
  const chosen = id === null ? {} : { deviceId: { ideal: id } };
  return device === "camera"
    ? { ...chosen, width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" }
    : { ...chosen, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
}

async function anyGranted(): Promise<boolean> {
  return (await isGranted("camera")) || (await isGranted("microphone"));
}

/** Whether opening it would ask nobody anything. False also where the browser does not tell. */
export async function isGranted(device: Device): Promise<boolean> {
  try {
    return (
      (await navigator.permissions.query({ name: device as PermissionName })).state === "granted"
    );
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

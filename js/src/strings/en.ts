// Every word that people read or hear, in English. Another language is another file with the same keys.
// No markup and no logic beyond plurals, lists and durations.
import type { DeviceProblem } from "../call/devices.ts";
import type { Role } from "../protocol/types.ts";

const number = new Intl.NumberFormat("en");
const plural = new Intl.PluralRules("en");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

function count(n: number, one: string, other: string): string {
  return `${number.format(n)} ${plural.select(n) === "one" ? one : other}`;
}

/** `48 minutes`, `1 hour 5 minutes`, `less than a minute`. */
function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return count(minutes, "minute", "minutes");
  const whole = count(hours, "hour", "hours");
  return rest === 0 ? whole : `${whole} ${count(rest, "minute", "minutes")}`;
}

/** A forecast, so never less than a minute. */
function minutes(ms: number): string {
  return count(Math.max(1, Math.round(ms / 60_000)), "minute", "minutes");
}

const problems: Record<
  Exclude<DeviceProblem, "insecure" | "unsupported">,
  (what: string) => string
> = {
  blocked: (what) =>
    `This page may not use your ${what}. Click the camera or lock sign in the address bar, allow it, and try again.`,
  system: (what) =>
    `Your computer's own settings keep the browser from your ${what}. Allow it under Privacy in the system settings, and try again.`,
  missing: (what) => `No ${what} was found. Plug one in and try again.`,
  busy: (what) => `Your ${what} is in use by another program. Close that program and try again.`,
  gone: (what) => `Your ${what} stopped. Plug it in again, or choose another one.`,
  unknown: (what) => `Your ${what} could not be started. Try again, or choose another one.`,
};

export const en = {
  language: "en",
  pageTitle: "Session",
  retry: "Try again",
  cancel: "Cancel",
  close: "Close",
  dismiss: "Dismiss",
  copy: "Copy",
  copied: "Copied",
  duration,
  time: (atMs: number) => clock.format(atMs),

  person: {
    you: "You",
    withYou: (name: string) => `${name} (you)`,
    yourProvider: "Your provider",
    plain: { client: "Client", provider: "Provider", supervisor: "Supervisor" } as Record<
      Role,
      string
    >,
    coded: (role: Role, code: string) =>
      `${{ client: "Client", provider: "Provider", supervisor: "Supervisor" }[role]} ${code}`,
    role: { client: "client", provider: "provider", supervisor: "observing" } as Record<
      Role,
      string
    >,
    simulated: "Simulated",
  },

  link: {
    connecting: "Connecting…",
    lost: "Connection lost. Reconnecting…",
    lostLong:
      "Still no connection. Check that your Wi-Fi or mobile data is on. This page keeps trying.",
    lostLongHost:
      "Still no connection. Check that the Jupyter server is running and that you are logged in. This page keeps trying.",
    callGoesOn: "Picture and sound go on meanwhile.",
    now: "Try now",
    notConnected: "There is no connection at the moment. Try again in a little while.",
    noAnswer: "The server did not answer in time. Try again.",
    failed: "That did not work. Try again.",
  },

  preparation: {
    heading: "Waiting room",
    intro: "Take a moment to check how you look and sound.",
    introWith: (provider: string) =>
      `With ${provider}. Take a moment to check how you look and sound.`,
    preview: "Preview · only you see this",
    previewOff: "Your camera is off",
    previewLabel: "Preview of your camera",
    allow: "Allow camera and microphone",
    allowing: "Your browser is asking: choose “Allow”.",
    why: "So that your provider can see and hear you once you are admitted. Nothing is sent before.",
    without: "You can also take part without a camera, or with neither.",
    microphone: "Microphone",
    hearing: "We hear you",
    silent: "Say something",
    noMicrophone: "No microphone",
    camera: "Camera",
    speaker: "Speaker",
    noneFound: "None found",
    name: "Your name",
    nameHint: "This is how you appear in the session.",
    nameMissing: "Type your name first.",
    ready: "I'm Ready",
    readying: "One moment…",
    nobody: "Nobody sees or hears you until your provider admits you.",
  },

  problem: (device: "camera" | "microphone" | "both", problem: DeviceProblem): string => {
    if (problem === "insecure") {
      return "Camera and microphone need a secure address (https). Ask your provider for a link that begins with https://.";
    }
    if (problem === "unsupported") {
      return "This browser offers no camera or microphone here. Open the link in an up-to-date Chrome, Firefox, Edge or Safari.";
    }
    return problems[problem](device === "both" ? "camera and microphone" : device);
  },

  devices: {
    title: "Audio and video",
    open: "Set audio & video",
    test: "Play test tone",
    testing: "Playing…",
    heard: "Did you hear it?",
    done: "Done",
    changed: (label: string) => `Now using ${label}.`,
    plugged: (label: string) => `${label} is available now.`,
    unplugged: (label: string) => `${label} was unplugged.`,
    paused: "Camera and microphone were paused by your device.",
    resume: "Tap to resume",
  },

  waiting: {
    status: "Waiting for your provider to admit you",
    since: (ms: number) => `Waiting ${duration(ms)}.`,
    justNow: "You have just arrived.",
    providerHere: "Your provider is here and knows that you are waiting.",
    providerAway: "Your provider is not here yet.",
    keepOpen: "Keep this page open. Your camera and microphone are off until you are admitted.",
    leave: "Leave",
    place: (n: number) => (n <= 1 ? "You are next" : `You are number ${number.format(n)} in line`),
    expected: (ms: number) =>
      ms <= 0
        ? "Your provider will be with you shortly"
        : `Your provider expects to be with you in about ${minutes(ms)}`,
  },

  paused: {
    status: "Your provider has paused this session and it will resume shortly",
    off: "Your camera and microphone are off. You come back by yourself when the session resumes.",
  },

  notice: {
    declined: "Your provider cannot admit you now",
    declinedBody: "You can close this page. Ask your provider if you have questions.",
    removed: "Your part in this session has ended",
    removedBody: "Your camera and microphone are off. You can close this page.",
    reason: (reason: string) => `Your provider writes: ${reason}`,
    left: "You have left the session",
    leftBody: "Your camera and microphone are off. You can close this page.",
    again: "Join again",
    openAgain: "Open your link again",
    openAgainBody:
      "This page has forgotten which session it belongs to. Open the link from your provider once more: it is in your e-mail, text message or reminder.",
    linkTitle: "This link does not open a session",
    otherTab: "This session is open in another tab or window",
    otherTabBody: "You can go on there, or bring it here.",
    moved: "The call moved to another tab or window",
    movedBody: "Camera and microphone of this page are off.",
    useHere: "Use it here",
    refused: "This session cannot be opened",
  },

  stage: {
    session: "Session",
    open: "Waiting room open",
    live: "In session",
    ended: "Ended",
    elapsed: (text: string) => `In session · ${text}`,
    alone: "You are the only one here.",
    aloneClient: "You are in. Your provider will be with you in a moment.",
    connecting: "Connecting…",
    trouble: "Poor connection…",
    away: "Reconnecting…",
    muted: "muted",
    cameraOff: "camera off",
    speaking: "speaking",
    observing: (name: string) => `${name} observing`,
    turnOnSound: "Turn on sound",
    soundBlocked: "Your browser keeps the sound off until you click.",
    forcedMute: "Your provider muted you. Press Unmute to be heard again.",
    forcedVideo: "Your provider stopped your video. Press Start video to be seen again.",
    fullScreen: "Full screen",
    exitFullScreen: "Exit full screen",
    notRecorded:
      "Nothing is being recorded at the moment: the record cannot be written. The call goes on. Free some disk space.",
    unrecorded: "That took effect, but it could not be recorded.",
  },

  tray: {
    label: "Action tray",
    mute: "Mute",
    unmute: "Unmute",
    stopVideo: "Stop video",
    startVideo: "Start video",
    attendees: "Attendees",
    chat: "Chat",
    leave: "Leave session",
    leaveShort: "Leave",
    end: "End session",
    endShort: "End",
    waiting: "waiting",
    unread: "new",
  },

  lobby: {
    region: "Telehealth session",
    join: "Join session",
    joining: "Joining…",
    joinHint: "Opens your camera and microphone. Admitting works without joining.",
    name: "Your name",
    nameHint: "Your clients see this name.",
    moveHere: "Move call here",
    elsewhere: "You are in the call in another tab, window or device.",
    elsewhereBody: "This view shows who is there and can admit, decline and chat.",
    nobodyWaits: "Nobody is waiting.",
    nobodyIn: "Nobody is in the session yet.",
    individual: "Individual session",
    group: "Group session",
    problem: "The room cannot be shown",
    otherVersion:
      "This page still runs an earlier version of the room. Reload the page to use the new one.",
  },

  attendees: {
    region: "Attendees",
    inSession: "In session",
    waitingRoom: "Waiting room",
    invited: "Invited",
    people: (n: number) => count(n, "person", "people"),
    admit: "Admit",
    admitName: (name: string) => `Admit ${name}`,
    admitAll: "Admit all",
    decline: "Decline",
    declineName: (name: string) => `Decline ${name}`,
    reason: "Reason (optional)",
    reasonHint: (name: string) => `${name} reads it.`,
    waitingFor: (ms: number) => (ms < 60_000 ? "just arrived" : duration(ms)),
    cameraOk: "camera ok",
    audioOnly: "audio only",
    noMedia: "no camera, no microphone",
    noSound: "no microphone",
    offline: "not connected",
    preparing: "getting ready",
    invitedState: "link not opened yet",
    left: "left",
    paused: "paused",
    declined: "declined",
    removed: "removed",
    resume: "Resume",
    resumeName: (name: string) => `Resume ${name}`,
    letWait: "Let wait",
    letWaitName: (name: string) => `Let ${name} wait`,
    revoked: "link withdrawn",
    nobodyInvited: "No open invitation.",
    code: "Code",
    codeHint: "A pseudonym for the record, such as P07.",
    invite: "Invite",
    copyLink: (code: string) => `Copy link for ${code}`,
    copyLinkShort: "Copy link",
    linkOf: (code: string) => `Link for ${code}`,
    linkCopied: (code: string) => `The link for ${code} is copied. Send it to this person only.`,
    linkShown: (code: string) => `This is the link for ${code}. Send it to this person only.`,
    verified: "Identity verified",
    notVerified: "Identity not verified",
    verify: (name: string) => `Mark identity of ${name} as verified`,
    sound: "Sound when someone is ready",
    sayWhen: "Tell everyone who waits",
    minutes: (n: number) => `in ${count(n, "minute", "minutes")}`,
    shortly: "Withdraw the time",
  },

  chat: {
    region: "Chat",
    log: "Messages",
    empty: "No messages yet.",
    to: "Send to",
    everyone: "Everyone in the session",
    waitingRoom: "Everyone in the waiting room",
    staff: "Staff only",
    message: "Message",
    send: "Send",
    privateNote: "only you and your provider",
    groupNote: "everyone in the waiting room sees this",
    toEveryone: "to everyone",
    toWaiting: "to the waiting room",
    toStaff: "to staff",
    toYou: "to you",
    toPerson: (name: string) => `to ${name}`,
    hint: "Enter sends, Shift + Enter begins a new line.",
  },

  dialogs: {
    endTitle: "End session for everyone?",
    endBody: "Everyone leaves, and the link leads nowhere afterwards. This cannot be undone.",
    end: "End session",
    endedTitle: "Session ended",
    lasted: (ms: number) => `It lasted ${duration(ms)}.`,
    notStarted: "Nobody was admitted.",
    endedBy: "Your provider ended the session for everyone.",
    endedByYou: "The session has ended for everyone.",
    endedOff: "Your camera and microphone are off. You can close this page.",
    endedOffHost: "Your camera and microphone are off. The record stays with the session.",
  },

  announce: {
    joined: (name: string) => `${name} joined the session.`,
    left: (name: string) => `${name} left the session.`,
    waits: (name: string) => `${name} is waiting.`,
    message: (name: string, text: string) => `Message from ${name}: ${text}`,
    mutedByProvider: "Your provider muted you.",
    videoStoppedByProvider: "Your provider stopped your video.",
    back: "Connected again.",
  },
};

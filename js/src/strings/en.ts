// Every word that people read or hear, in English. Another language is another file with the same keys.
// No markup and no logic beyond plurals, lists and durations.
import type { Background, BackgroundProblem, PictureProblem } from "../call/background/choices.ts";
import type { DeviceProblem } from "../call/devices.ts";
import type { Step } from "../call/platform.ts";
import type { ErrorCode, Role } from "../protocol/types.ts";
import { door } from "./door/en.ts";
import { formats } from "./intl.ts";
import { room } from "./room/en.ts";

const { number, count, duration, minutes, about, time } = formats(
  "en",
  "less than a minute",
  "narrow",
);

const { language: _language, pageTitle, only: _only, ...first } = door;

const problems: Record<DeviceProblem, (what: string) => string> = {
  insecure: () =>
    "Camera and microphone need a secure address (https). Ask your provider for a link that begins with https://.",
  unsupported: () =>
    "This browser offers no camera or microphone here. Open the link in an up-to-date Chrome, Firefox, Edge or Safari.",
  frame: (what) =>
    `This page is shown inside another page that keeps your ${what} from it. Open the link in a tab of its own.`,
  inapp: (what) =>
    `This page is open inside another app, which does not pass on your ${what}. Open the link in your browser.`,
  blocked: (what) => `This page may not use your ${what}. Allow it for this page and try again.`,
  dismissed: (what) =>
    `The question about your ${what} was closed without a “yes”. Try again, and choose “Allow”.`,
  system: (what) =>
    `Your device's own settings keep the browser from your ${what}. Allow it there and try again.`,
  missing: (what) => `No ${what} was found. Plug one in or switch it on, and try again.`,
  busy: (what) =>
    `Your ${what} is in use by another program or page. Close that one and try again.`,
  gone: (what) => `Your ${what} stopped. Plug it in again, or choose another one.`,
  unknown: (what) => `Your ${what} could not be started. Try again, or choose another one.`,
};

/** `what` is a name on a settings page; `app` is the browser. */
const steps: Record<Step, (what: string, app: string) => string> = {
  again: () => "Come back to this page and press “Try again”. If you are asked, choose “Allow”.",
  reload: () => "If you are not asked, reload this page.",
  chromeSite: () => "Click the sign left of the web address (two sliders, or a camera).",
  edgeSite: () => "Click the lock left of the web address, then “Permissions for this site”.",
  firefoxSite: () => "Click the crossed-out camera or microphone left of the web address.",
  firefoxClear: (what) => `Beside ${what}, click the × at “Blocked”.`,
  safariSite: () => "In the menu bar at the top, open Safari → “Settings for this website”.",
  safariPhone: () => "Tap the page sign (“aA”) in the address bar, then “Website Settings”.",
  androidSite: () => "Tap the sign left of the web address, then “Permissions”.",
  otherSite: () => "Open the page settings beside the web address.",
  allowSite: (what) => `Set ${what} to “Allow”.`,
  phoneApps: (_, app) => `Open the Settings app, then Apps → ${app}.`,
  androidApps: (_, app) => `Open the Settings app, then Apps → ${app} → Permissions.`,
  switchOn: (what) => `Switch on ${what}.`,
  macPrivacy: (what) => `Open the Apple menu → System Settings → Privacy & Security → ${what}.`,
  macBrowser: (_, app) => `Switch on ${app}.`,
  windowsPrivacy: (what) => `Open Start → Settings → Privacy & security → ${what}.`,
  windowsApps: (what) => `Switch on access to ${what}, also for desktop apps.`,
  chromeosPrivacy: () => "Open Settings → Privacy and security → Privacy controls.",
  otherPrivacy: () => "Open your system's settings, then Privacy.",
  restart: () => "If that does not help, close the browser, then open your link again.",
  plug: () => "Check the cable, or choose the device in your system's settings.",
  cover: () => "Check for a switch or key on the computer that turns it off.",
  closeOthers: () =>
    "Close other programs and tabs that make calls, such as Zoom, Teams or FaceTime.",
  replug: () => "Unplug the device, wait a moment, and plug it in again.",
  appMenu: () => "Tap the menu (•••) or the share sign in a corner of the screen.",
  openSafari: () => "Choose “Open in Safari” or “Open in browser”.",
  openChrome: () => "Choose “Open in Chrome” or “Open in browser”.",
  copyLink: () =>
    "Or copy the link: hold it in your message, choose “Copy link”, and paste it into your browser's address bar.",
  ownTab: () => "Open your link from the message in a new tab or window.",
  update: () => "Update your browser, or open the link in another one.",
};

export const en = {
  language: "en",
  pageTitle,
  retry: "Try again",
  cancel: "Cancel",
  close: "Close",
  dismiss: "Dismiss",
  copy: "Copy",
  copied: "Copied",
  duration,
  time,

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
    ...first,
    introWith: (provider: string) => `With ${provider}. ${first.intro}`,
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

  problem: (device: "camera" | "microphone" | "both", problem: DeviceProblem): string =>
    problems[problem](device === "both" ? "camera and microphone" : device),
  insecureDesk:
    "Camera and microphone need a secure address: open JupyterLab over https, or on this machine at localhost.",

  remedy: {
    title: "How to fix this",
    what: { camera: "Camera", microphone: "Microphone", both: "Camera and Microphone" },
    browser: "your browser",
    steps,
    inside: (app: string) => `You are inside ${app}.`,
  },

  reactions: {
    title: "Switch off camera reactions",
    why: "Your device can put balloons, hearts or fireworks into your picture when you move your hands.",
    mac: [
      "Click the green camera icon in the menu bar at the top of the screen.",
      "Open “Video Effects”.",
      "Switch off “Reactions”.",
    ],
    ios: [
      "Swipe down from the top right corner to open Control Center.",
      "Tap “Video Effects” (“Effects” or “Controls” at the top).",
      "Switch off “Reactions”.",
    ],
    off: "Reactions are switched off for this call.",
    gotIt: "Got it",
  },

  /** In other languages; in English the server's own sentences stand. */
  refusals: {} as Partial<Record<ErrorCode, string>>,

  devices: {
    title: "Audio and video",
    open: "Set audio & video",
    test: "Play test tone",
    testing: "Playing…",
    heard: "Did you hear it?",
    yes: "Yes",
    no: "No",
    fine: "Your speaker works.",
    notHeard: "Turn the sound up, or choose another speaker.",
    noTone: "This browser could not play the tone.",
    done: "Done",
    changed: (label: string) => `Now using ${label}.`,
    plugged: (label: string) => `${label} is available now.`,
    unplugged: (label: string) => `${label} was unplugged.`,
    paused: {
      camera: "Your device paused the camera. Others see no picture.",
      microphone: "Your device paused the microphone. Nobody hears you.",
      both: "Your device paused camera and microphone. Nobody sees or hears you.",
    },
    resume: "Tap to resume",
    system: "The system's choice",
    without: {
      camera: "Continue without camera",
      microphone: "Continue without microphone",
      both: "Continue without either",
    },
  },

  background: {
    label: "Virtual background",
    names: {
      none: "None",
      light: "Light blur",
      blur: "Blur",
      wall: "Wall",
      books: "Books",
      window: "Window",
      plants: "Plants",
      hills: "Hills",
      sea: "Sea",
      own: "Your own picture",
    } as Record<Background, string>,
    add: "Your own picture…",
    stays: "Your own picture stays on this device, and is forgotten when this page closes.",
    starting: "Preparing your background. Nobody sees you until it is ready.",
    keepOff: "Keep my camera off",
    showRoom: "Show me without a background",
    problems: {
      unsupported:
        "This browser cannot put a background behind you, so your camera is off. Nobody sees your room.",
      missing:
        "The background could not be loaded, so your camera is off. Nobody sees your room. Check your connection and try again.",
      damaged:
        "A file of the background arrived damaged, so your camera is off. Nobody sees your room. If another try does not help, tell your provider.",
      slow: "This device cannot keep up with the background, so your camera was turned off. Nobody sees your room. Closing other programs may help.",
      lost: "The background stopped working, so your camera was turned off. Nobody sees your room.",
    } as Record<BackgroundProblem, string>,
    refused: {
      format: "That file is not a picture that can be used here. Choose a JPEG, PNG or WebP file.",
      drawing: "A drawing file (SVG) cannot be used here. Choose a JPEG, PNG or WebP file.",
      heavy: "That picture is larger than 10 MB. Choose a smaller one.",
      huge: "That picture has too many pixels: more than 12,000 on a side, or 50 million in all. Choose a smaller one.",
      unreadable: "That picture is damaged and cannot be shown. Choose another one.",
      unavailable: "Pictures cannot be read at the moment. Check your connection and try again.",
    } as Record<PictureProblem, string>,
  },
  test: {
    region: "Connection test",
    start: "Test my connection",
    cancel: "Cancel test",
    hint: "Takes about 15 seconds: your line to the server, your camera and your microphone.",
    queued: (n: number) =>
      `Busy at the moment: you are number ${number(n)}. Your test begins by itself.`,
    stages: {
      connecting: "Connecting to the server…",
      delay: "Measuring delay and losses. Say a few words…",
      upload: "Measuring how fast you can send…",
      download: "Measuring how fast you can receive…",
      devices: "Checking camera and microphone…",
    },
    failures: {
      busy: "Too many tests at the moment. Try again in a minute.",
      unavailable: "The test is not available here. You can go on without it.",
      failed: "The test was interrupted. Try again.",
      cancelled: "Test cancelled.",
    },
    verdicts: {
      good: "Good connection",
      fair: "Fair connection",
      poor: "Poor connection",
      blocked: "Blocked: picture and sound find no way to the server",
    },
    advice: {
      loss_up:
        "Part of what you send gets lost. Sit closer to your Wi-Fi router, or connect by cable.",
      loss_down:
        "Part of what is sent to you gets lost. Sit closer to your Wi-Fi router, or connect by cable.",
      slow_up:
        "Sending is slow. Pause uploads and backups, and close other programs that use your camera.",
      slow_down: "Receiving is slow. Close videos, downloads and other tabs on your network.",
      far: "Answers take long. Switch off a VPN if you use one, and leave a short pause after speaking.",
      unsteady:
        "The line is unsteady. Sit closer to your Wi-Fi router, or connect by cable, and close other programs.",
      slow_camera:
        "Your camera gives few pictures. Turn on more light and close other programs on this device.",
      silent:
        "The server heard nothing from your microphone. Check that it is not switched off, and say something.",
      no_path:
        "Try another network, such as mobile data, switch off a VPN, or tell your provider. You can still write in the chat.",
    },
    soundOnly: "If it stays like this, stop your video in the session: sound alone needs far less.",
    details: "Figures",
    figures: {
      route: "Path",
      routes: { direct: "direct", reflexive: "direct, through your router", relayed: "relayed" },
      delay: "Round trip",
      jitter: "Variation",
      lossUp: "Lost on the way out",
      lossDown: "Lost on the way in",
      up: "Sending",
      down: "Receiving",
      cameraLabel: "Camera",
      microphone: "Microphone",
      speaker: "Speaker",
      ms: (n: number) => `${number(n)} ms`,
      percent: (n: number) => `${number(n)} %`,
      rate: (kbps: number) => `${number(kbps)} kbit/s`,
      camera: (width: number, height: number, fps: number) =>
        `${width} × ${height}, ${number(fps)} pictures a second`,
      heard: (yes: boolean): string => (yes ? "heard" : "not heard"),
    },
    /** For staff, on a waiting card. */
    brief: {
      loss_up: "loses what is sent",
      loss_down: "loses what is received",
      slow_up: "sends slowly",
      slow_down: "receives slowly",
      far: "long delay",
      unsteady: "unsteady",
      slow_camera: "slow camera",
      silent: "microphone not heard",
      no_path: "no path",
    },
    card: { good: "good", fair: "fair", poor: "poor", blocked: "blocked" },
    onCard: (verdict: string, causes: string) =>
      `Connection ${verdict}${causes === "" ? "" : `: ${causes}`}`,
  },

  waiting: {
    status: "Waiting for your provider to admit you",
    since: (ms: number) => `Waiting ${duration(ms)}.`,
    justNow: "You have just arrived.",
    providerHere: "Your provider is here and knows that you are waiting.",
    providerAway: "Your provider is not here yet.",
    keepOpen: "Keep this page open. Your camera and microphone are off until you are admitted.",
    leave: "Leave",
    nameAgain: "Your name looks like your provider's. Type it so that the two can be told apart.",
    giveName: "Save name",
    place: (n: number) => (n <= 1 ? "You are next" : `You are number ${number(n)} in line`),
    expected: (ms: number) =>
      ms <= 0
        ? "Your provider will be with you shortly"
        : `Your provider expects to be with you in about ${about(ms)}`,
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
    noMedia: "camera and microphone off",
    noSound: "camera ok, microphone off",
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
    verify: (name: string) => `Mark as verified: ${name}`,
    verifyShort: "Mark as verified",
    sound: "Sound when someone is ready",
    sayWhen: "Tell everyone who waits",
    tell: "Tell",
    minutes: (n: number) => `in ${minutes(n)}`,
    shortly: "Withdraw the time",
    noTime: "No time given",
    told: (ms: number) =>
      ms <= 0
        ? "The time given has passed"
        : `Told: in ${count(Math.ceil(ms / 60_000), "minute", "minutes")}`,
  },

  chat: {
    region: "Chat",
    log: "Messages",
    empty: "No messages yet.",
    to: "Send to",
    choose: "Choose who reads it",
    gone: "Whom you were writing to is no longer here. Choose who reads your message.",
    everyone: "Everyone in the session",
    waitingRoom: "Everyone in the waiting room",
    staff: "Staff only",
    message: "Message",
    send: "Send",
    privateNote: "only you and the staff",
    groupNote: "everyone in the waiting room sees this",
    toEveryone: "to everyone",
    toWaiting: "to the waiting room",
    toStaff: "to staff",
    toYou: "to you",
    toPerson: (name: string) => `to ${name}`,
    hint: "Enter sends, Shift + Enter begins a new line.",
  },

  room,

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

export default en;

// The words of the session room's controls, in English: menus, sharing, questions, captions, endings.
import { formats } from "../intl.ts";

const { count, minutes, duration } = formats("en", "less than a minute", "narrow");

export const room = {
  share: "Share screen",
  shareShort: "Share",
  stopSharing: "Stop sharing",
  sharing: "You are sharing your screen.",
  screenOf: (name: string) => `${name}'s screen`,
  ownScreen: "Your screen",
  shareStopped: "Your screen is no longer shared: a provider ended it, or shares their own.",
  shareOver: (name: string) => `${name} is sharing now. Your screen takes its place.`,
  shareTaken: (name: string) =>
    `${name} is sharing a screen. One is shared at a time: ask them to stop, then share yours.`,
  screenBlocked:
    "Your device's own settings keep the browser from your screen. Allow screen recording there, and try again.",
  screenFailed: "The screen could not be captured. Try again, or choose another window.",

  shareTitle: "Share your screen?",
  shareWarn: "Everyone in the session sees what you share.",
  shareNames: "Show nothing that identifies anyone: no names, e-mails, records or notes.",
  shareClose: "Close other windows and apps, and switch off notifications.",
  shareChoose: "A single tab or window is safer than the whole screen.",
  shareYes: "Share",
  wholeTitle: "Share your whole screen?",
  wholeBody:
    "You chose the whole screen. Everyone sees everything on it, also messages that pop up. Nobody sees it yet.",
  wholeYes: "Share whole screen",
  wholeOther: "Choose something else",
  chosenTitle: "Share what you chose?",
  chosenBody:
    "If it was the whole screen, everyone sees everything on it, also messages that pop up. Nobody sees it yet.",

  more: (name: string) => `More options for ${name}`,
  enlarge: "Enlarge",
  shrink: "Shrink",
  askUnmute: "Ask to unmute",
  askVideo: "Ask to start video",
  askedUnmute: "Asked to unmute",
  askedVideo: "Asked to start video",
  hideSelf: "Hide self view",
  showSelf: "Show self view",
  selfHidden: "You do not see yourself · camera still on",
  selfHiddenOff: "You do not see yourself · camera off",
  devices: "Set audio & video",
  fullScreen: "Fullscreen",
  exitFullScreen: "Exit fullscreen",
  pause: "Pause",
  remove: "Remove",
  removeTitle: (name: string) => `Remove ${name} from the session?`,
  removeBody: "They leave at once. Only a provider can let them in again.",

  askedTitle: {
    microphone: "Your provider asks you to unmute",
    camera: "Your provider asks you to start your video",
  },
  askedBody: {
    microphone: "Everyone in the session hears you then. It is your choice.",
    camera: "Everyone in the session sees you then. It is your choice.",
  },
  notNow: "Not now",
  mutedTalk: "You are muted. Nobody hears you.",

  speakerView: "Speaker view",
  pictureInPicture: "Picture in picture",
  paused: "paused",
  pausedFor: (text: string) => `paused · ${text}`,
  pausedSince: (ms: number) => `Paused for ${duration(ms)}.`,
  peoplePaused: (n: number) => `${count(n, "person", "people")} paused`,
  sharesScreen: "shares a screen",
  asked: "asked",
  pauseAll: "Pause all",
  resumeAll: "Resume all",
  sendBack: "Send back",
  sendBackName: (name: string) => `Send back ${name}`,
  left: (text: string) => `${text} left`,
  endsIn: (n: number) => `This session ends in ${minutes(n)}.`,

  connection: "Connection quality",
  grade: {
    good: "good connection",
    fair: "fair connection",
    poor: "poor connection",
    unknown: "not measured yet",
  },
  rtt: (ms: number) => `${Math.round(ms)} ms`,
  loss: (percent: number) => `${percent} % lost`,
  relayed: "through a relay",

  sending: "Sending…",
  delivered: "Delivered",
  notSent: "Not sent.",
  chatKept: "What is written here is kept in the session's record.",
  everyoneReads: "Everyone in the session reads this.",
  discard: "Discard",

  captions: "Captions",
  captionFor: "Whose words",
  caption: "Caption",
  sendCaption: "Send caption",

  noise: "Noise suppression",
  echo: "Echo cancellation",
  gain: "Automatic volume",
  lowBandwidth: "Low bandwidth: smaller pictures for a slow line",
  announcements: "Announcements for screen readers",
  verbosity: {
    all: "Everything",
    important: "Only what concerns me",
    none: "None",
  },
  showCaptions: "Show captions",

  endedBy: {
    person: "Your provider ended the session for everyone.",
    empty: "It ended by itself, because everyone had left.",
    duration: "Its time was up.",
  },

  say: {
    shares: (name: string) => `${name} shares a screen.`,
    sharesNoMore: (name: string) => `${name} no longer shares a screen.`,
    paused: (name: string) => `${name} is paused.`,
    caption: (name: string, text: string) => `${name} says: ${text}`,
  },
};

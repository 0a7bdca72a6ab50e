// Every word of a replay, in English. Another language is another file with the same keys. Apart from the room's own
// catalogue, since a guest's page never shows one.
import { units } from "./units.ts";

const { spoken, share, number, count } = units("en");

/** Fields of an event, as the record has them. */
export type Details = Readonly<Record<string, string | number | boolean>>;

/** `who` it is about, and `by` whom it was done, if by somebody else. */
export type Sentence = (who: string, by: string | null, d: Details) => string;

const sources: Record<string, string> = {
  microphone: "microphone",
  camera: "camera",
  screen: "shared screen",
};
const source = (d: Details) => sources[String(d.source)] ?? String(d.source);
const passive = (by: string | null) => (by === null ? "" : ` by ${by}`);

const LABELS: Record<string, string> = {
  phase: "Phase begins",
  study: "Study",
  site: "Site",
  condition: "Condition",
};

const events: Record<string, Sentence> = {
  SessionOpened: () => "The waiting room opened",
  SessionStarted: () => "The session started",
  SessionEnded: () => "The session ended",
  PersonInvited: (who) => `${who} was invited`,
  InviteExtended: (who) => `The link of ${who} was given more time`,
  InviteRevoked: (who, by) => `The link of ${who} was withdrawn${passive(by)}`,
  InviteReissued: (who) => `${who} was given a new link`,
  PersonNamed: (who) => `A name was given for ${who}`,
  PersonUnnamed: (who) => `The name of ${who} was taken back: it looked like a provider's`,
  LanguageChanged: (who) => `The language of ${who} was changed`,
  PersonArrived: (who) => `${who} opened the link`,
  ConnectionLost: (who) => `${who} lost the connection`,
  ConnectionRestored: (who) => `${who} is connected`,
  ConnectionTested: (who) => `${who} tested the connection`,
  PersonReady: (who) => `${who} is ready and waits`,
  PersonAdmitted: (who, by) => `${who} was admitted${passive(by)}`,
  StaffJoined: (who) => `${who} joined the session`,
  PersonDeclined: (who, by) => `${who} was declined${passive(by)}`,
  PersonLetWait: (who, by) => `${who} was put back into the waiting room${passive(by)}`,
  PersonSentBack: (who, by) => `${who} was sent back to the waiting room${passive(by)}`,
  PersonRemoved: (who, by) => `${who} was removed${passive(by)}`,
  PersonPaused: (who, by) => `${who} was paused${passive(by)}`,
  PersonResumed: (who, by) => `${who} was brought back${passive(by)}`,
  PersonLeft: (who, _, d) =>
    d.cause === "connection"
      ? `${who} did not come back in time`
      : d.cause === "revoked"
        ? `${who} left, since the link was withdrawn`
        : `${who} left`,
  MediaPublished: (who, _, d) =>
    d.source === "screen"
      ? `${who} shares a screen`
      : `${who} offers the ${source(d)}${d.muted === true ? ", switched off" : ""}`,
  MediaUnpublished: (who, by, d) =>
    d.source === "screen"
      ? `${who} no longer shares a screen${by === null ? "" : `, stopped by ${by}`}`
      : `${who} took back the ${source(d)}`,
  MediaMuted: (who, by, d) =>
    d.source === "microphone"
      ? `${who} was muted${passive(by)}`
      : `The ${source(d)} of ${who} was switched off${passive(by)}`,
  MediaUnmuted: (who, _, d) =>
    d.source === "microphone" ? `${who} unmuted` : `${who} switched on the ${source(d)}`,
  MediaAsked: (who, by, d) => `${who} was asked to switch on the ${source(d)}${passive(by)}`,
  AskAnswered: (who, _, d) =>
    `${who} answered ${d.accepted === true ? "yes" : "no"} about the ${source(d)}`,
  ChatSent: (who, _, d) => `${who} wrote a ${message(Number(d.characters ?? 0))}`,
  ChatKept: (who, _, d) =>
    typeof d.text === "string" ? `${who} wrote: ${d.text}` : `The message of ${who} was kept`,
  CaptionSent: (who, _, d) =>
    `A caption for ${who}, ${count(Number(d.characters ?? 0), "character", "characters")}`,
  IdentityVerified: (who, by) => `The identity of ${who} was verified${passive(by)}`,
  IdentityUnverified: (who, by) => `The verification of ${who} was taken back${passive(by)}`,
  ArrivalAnnounced: (_, by, d) =>
    typeof d.minutes === "number"
      ? `${by ?? "The provider"} promised to come in ${count(d.minutes, "minute", "minutes")}`
      : `${by ?? "The provider"} took back the promised time`,
  MarkPlaced: (_, __, d) => marked(String(d.label ?? ""), d.note),
  EndAnnounced: (_, __, d) =>
    `Everyone was told: ${count(Number(d.minutes ?? 0), "minute", "minutes")} left`,
  RecordExported: (_, __, d) =>
    `The record was exported (${d.form}${d.texts === true ? ", with names and texts" : ""})`,
};

/** Some marks say which phase begins, or what the session belongs to. */
function marked(label: string, note: unknown): string {
  const [, key, value] = /^(phase|study|site|condition)\s*:\s*(.+)$/is.exec(label) ?? [];
  const word = key === undefined ? "Marker" : (LABELS[key.toLowerCase()] ?? "Marker");
  const said = `${word}: ${value ?? label}`;
  return typeof note === "string" ? `${said} (${note})` : said;
}

function message(characters: number): string {
  return `message, ${count(characters, "character", "characters")}`;
}

export const en = {
  language: "en",
  spoken,
  share,
  number,

  region: "Replay of a session",
  title: "Session",
  replay: "replay",
  nothingKept: "No audio or video is kept",
  withNames: "With names and texts",
  verified: (rows: number) => `Verified · ${count(rows, "record", "records")}`,
  verifiedHint: "When this replay was made, the record was what had been written.",
  key: (key: string) => `Key of the journal: ${key}`,
  unverified: "Not verified",
  unfinished: "The record has no end yet.",
  empty: "This record holds no event to show.",
  loading: "Loading the replay…",
  silent: "Nothing to show yet. Run the cell again to load the replay.",
  newer: "A newer version made this replay. Update telehealth_widget to see it.",
  failed: "The replay could not be shown.",

  play: "Play",
  pause: "Pause",
  playback: "Playback",
  time: "Time",
  timeOf: (time: string, end: string) => `${time} of ${end}`,
  speed: "Speed",
  times: (speed: number) => `${number(speed)}×`,
  nextEvent: "Next event",
  previousEvent: "Previous event",
  nextMarker: "Next marker",
  previousMarker: "Previous marker",
  noMore: "There is none in that direction.",
  at: (time: string, what: string) => `${time}: ${what}`,

  rangeStart: "Range starts here",
  rangeEnd: "Range ends here",
  loop: "Repeat range",
  clearRange: "Clear range",
  range: (from: string, to: string) => `Range: ${from} to ${to}`,

  talk: "Talk share",
  silence: "silence",

  timeline: "Timeline",
  phases: "Phases",
  markers: "Markers",
  legend: "Colours of the timeline",
  lanes: {
    waiting: "waiting",
    admitted: "in session",
    paused: "paused",
    speaking: "speaking",
    muted: "muted",
    camera: "camera on",
    screen: "screen shared",
    poor: "poor connection",
    away: "connection lost",
  },
  lasted: (what: string, time: string) => `${what} ${time}`,
  never: "was not there",

  panels: "About the session",
  eventsTab: "Events",
  attendeesTab: "Attendees",
  chatTab: "Chat",
  commentsTab: "Comments",
  events: "Events",
  search: "Search events",
  person: "Person",
  everybody: "Everybody",
  show: "Show",
  groups: {
    people: "People",
    media: "Sound and picture",
    chat: "Chat",
    marks: "Markers",
    session: "Session",
  },
  found: (n: number, all: number) =>
    n === all ? count(n, "event", "events") : `${number(n)} of ${count(all, "event", "events")}`,
  noneFound: "No event fits.",
  earlier: (n: number) => `Show ${count(n, "earlier event", "earlier events")}`,
  later: (n: number) => `Show ${count(n, "later event", "later events")}`,
  nobody: "Nobody was in the session's rooms at this moment.",

  message,
  say: events,
  /** An event that a newer version wrote. */
  other: (name: string, who: string) =>
    `${name.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase()}${who === "" ? "" : `: ${who}`}`,
  system: "the server",

  comments: "Comments",
  noComments: "No comments yet.",
  commentHint: "Kept in a file beside the record, never in it.",
  commentHintOffline: "Kept in this page until it is closed. Download them to keep them.",
  commentOn: (time: string) => `Comment on ${time}`,
  addComment: "Add comment",
  addingComment: "Waiting for the notebook…",
  commentFailed: "The comment could not be kept.",
  download: "Download comments",
  downloadName: "comments.jsonl",

  shortcuts: "Keyboard",
  shortcutsOn: "Single keys control the replay",
  keys: [
    ["Space", "play or pause"],
    ["← →", "one second back or forward"],
    ["Page Up, Page Down", "ten seconds back or forward"],
    ["Home, End", "beginning and end"],
    ["N, P", "next and previous event"],
    ["M, Shift + M", "next and previous marker"],
    ["[ ]", "range starts or ends here"],
    ["L", "repeat range"],
    ["+ −", "faster, slower"],
  ] as readonly (readonly [string, string])[],
};

export type Words = typeof en;
export default en;

// Generated from schema.json by `npm run generate`. Do not edit.

/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AnyDownward".
 */
export type AnyDownward =
  | Welcome
  | Snapshot
  | Change
  | Ice
  | Signaled
  | Chat
  | Caption
  | TestStep
  | Done
  | Refused
  | Recorded
  | Beaten
  | Closed;
/**
 * What a publication shows or lets hear.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Source".
 */
export type Source = "camera" | "microphone" | "screen";
/**
 * What keeps a connection from being good, the weightiest first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Cause".
 */
export type Cause =
  "far" | "loss_down" | "loss_up" | "no_path" | "silent" | "slow_camera" | "slow_down" | "slow_up" | "unsteady";
/**
 * How packets travel: straight, straight through an address translation, or through a TURN server.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Route".
 */
export type Route = "direct" | "reflexive" | "relayed";
/**
 * How a call over this connection would be.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Verdict".
 */
export type Verdict = "blocked" | "fair" | "good" | "poor";
/**
 * What speaks WebRTC at the other end. Python peers (aiortc) neither roll back nor trickle.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Agent".
 */
export type Agent = "browser" | "python";
/**
 * Where a person stands. Exactly one at a time.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Phase".
 */
export type Phase = "admitted" | "declined" | "invited" | "left" | "paused" | "preparing" | "removed" | "waiting";
/**
 * What a person is in a session.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Role".
 */
export type Role = "client" | "provider" | "supervisor";
/**
 * Why a session ended: somebody ended it, everyone had left for long enough, or its time was up.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "EndCause".
 */
export type EndCause = "duration" | "empty" | "person";
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionKind".
 */
export type SessionKind = "group" | "individual";
/**
 * Where the session stands: waiting room open, first client admitted, over.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionPhase".
 */
export type SessionPhase = "ended" | "live" | "open";
/**
 * Who may share a screen.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Share".
 */
export type Share = "all" | "providers";
/**
 * Where a connection test stands, as its page is told.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "StepAt".
 */
export type StepAt = "answered" | "busy" | "over" | "queued" | "ready" | "unavailable";
/**
 * Why something was refused. Codes never change meaning; sentences may.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ErrorCode".
 */
export type ErrorCode =
  | "AMBIGUOUS_PERSON"
  | "BAD_CODE"
  | "BAD_NAME"
  | "BAD_OPTION"
  | "BAD_TEXT"
  | "CODE_TAKEN"
  | "GUEST_PORT_IN_USE"
  | "GUEST_SETTINGS"
  | "JOURNAL_DAMAGED"
  | "JOURNAL_ON_NETWORK"
  | "JOURNAL_OWNED"
  | "JOURNAL_UNAVAILABLE"
  | "LATE"
  | "LEGAL_HOLD"
  | "LINK_EXPIRED"
  | "LINK_REVOKED"
  | "LINK_UNKNOWN"
  | "MALFORMED"
  | "NAME_MISSING"
  | "NAME_OF_PROVIDER"
  | "NOT_PERMITTED"
  | "NOT_PROVIDER"
  | "NOT_SEATED"
  | "NO_MEDIA"
  | "REMOVED"
  | "RESUME_REUSED"
  | "RESUME_UNKNOWN"
  | "ROOM_FULL"
  | "SEAT_TAKEN"
  | "SERVER_MISSING"
  | "SERVER_STOPPING"
  | "SESSION_ENDED"
  | "SHARE_NOT_ALLOWED"
  | "SHARE_TAKEN"
  | "TIMED_OUT"
  | "TOO_LARGE"
  | "TOO_MANY"
  | "TOO_SLOW"
  | "UNKNOWN_PERSON"
  | "UNKNOWN_SESSION"
  | "WRONG_PHASE";
/**
 * Which door an act came through.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Via".
 */
export type Via = "kernel" | "page" | "system" | "widget";
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AnyUpward".
 */
export type AnyUpward = Hello | Do | TakeSeat | GetLink | Signal | Beat | BeginTest | SignalTest | EndTest | Measured;

export interface Wire {
  downward: AnyDownward;
  upward: AnyUpward;
}
/**
 * You are in. Keep `resume` in sessionStorage for the next connection.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Welcome".
 */
export interface Welcome {
  connection: string;
  epoch: string;
  hold_ms?: number;
  now_ms: number;
  resume: string;
  session: string;
  t: "welcome";
}
/**
 * Everything this viewer may know. Replaces what the view held.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Snapshot".
 */
export interface Snapshot {
  epoch: string;
  people: PersonRow[];
  seq: number;
  session: SessionRow;
  t: "snapshot";
  you: You;
}
/**
 * A person as this viewer may see them.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonRow".
 */
export interface PersonRow {
  asked?: Source[];
  camera?: boolean | null;
  code?: string | null;
  connected?: boolean;
  connection?: ConnectionReport | null;
  id: string;
  in_call?: boolean;
  link?: LinkRow | null;
  microphone?: boolean | null;
  name?: string | null;
  phase: Phase;
  place?: number | null;
  publications?: PublicationRow[];
  reason?: string | null;
  revoked?: boolean;
  role: Role;
  simulated?: boolean;
  since_ms?: number | null;
  verified?: boolean;
  you?: boolean;
}
/**
 * The figures of one test as the person's page measured them; None: not measured.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ConnectionReport".
 */
export interface ConnectionReport {
  camera_fps?: number | null;
  camera_height?: number | null;
  camera_width?: number | null;
  causes?: Cause[];
  down_kbps?: number | null;
  jitter_ms?: number | null;
  loss_down_percent?: number | null;
  loss_up_percent?: number | null;
  microphone_heard?: boolean | null;
  route?: Route | null;
  rtt_ms?: number | null;
  speaker_heard?: boolean | null;
  up_kbps?: number | null;
  verdict: Verdict;
}
/**
 * How this viewer's connection negotiates with that person's seat.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LinkRow".
 */
export interface LinkRow {
  agent: Agent;
  endpoint: string;
  offers: boolean;
  polite: boolean;
}
/**
 * One source that a person offers.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PublicationRow".
 */
export interface PublicationRow {
  muted: boolean;
  source: Source;
}
/**
 * The session as this viewer may see it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionRow".
 */
export interface SessionRow {
  chat_kept?: boolean;
  duration_ms?: number | null;
  end_cause?: EndCause | null;
  ended_at_ms?: number | null;
  ends_at_ms?: number | null;
  expected_at_ms?: number | null;
  id: string;
  kind: SessionKind;
  phase: SessionPhase;
  provider_name?: string | null;
  provider_present?: boolean;
  recorded?: boolean;
  share?: Share;
  started_at_ms?: number | null;
  title?: string | null;
  warned_min?: number | null;
}
/**
 * The viewer itself.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "You".
 */
export interface You {
  endpoint?: string | null;
  language?: string | null;
  person: string;
  seat: string;
}
/**
 * Rows to replace by id, and ids of rows that are gone from this view.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Change".
 */
export interface Change {
  gone?: string[];
  people?: PersonRow[];
  seq: number;
  session?: SessionRow | null;
  t: "change";
  you?: You | null;
}
/**
 * How to reach the others; sent to a seat on admission and renewed before it expires.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Ice".
 */
export interface Ice {
  expires_at_ms: number;
  relay_only: boolean;
  servers: IceServer[];
  t: "ice";
}
/**
 * One entry of RTCConfiguration.iceServers.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "IceServer".
 */
export interface IceServer {
  credential?: string | null;
  urls: string[];
  username?: string | null;
}
/**
 * A signal from another seat; the server stamps `sender`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Signaled".
 */
export interface Signaled {
  candidates?: Candidate[];
  description?: Description | null;
  sender: string;
  t: "signaled";
}
/**
 * An RTCIceCandidateInit.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Candidate".
 */
export interface Candidate {
  candidate: string;
  sdpMLineIndex?: number | null;
  sdpMid?: string | null;
  usernameFragment?: string | null;
}
/**
 * An RTCSessionDescription. The SDP stays opaque to the server.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Description".
 */
export interface Description {
  sdp: string;
  type: "answer" | "offer";
}
/**
 * A chat message; the server stamps who sent it. Kept on disk only where the session keeps chat.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Chat".
 */
export interface Chat {
  at_ms: number;
  earlier?: boolean;
  id: string;
  name?: string | null;
  person: string;
  role?: string;
  t: "chat";
  text: string;
  to: string;
}
/**
 * What a person says, as text, for everyone in the session. Shown for a while; never kept, nor sent again.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Caption".
 */
export interface Caption {
  at_ms: number;
  id: string;
  name?: string | null;
  person: string;
  t: "caption";
  text: string;
}
/**
 * Where one's own connection test stands.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "TestStep".
 */
export interface TestStep {
  at: StepAt;
  description?: Description | null;
  ice?: Ice | null;
  place?: number | null;
  t: "teststep";
}
/**
 * A command took effect.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Done".
 */
export interface Done {
  expires_at_ms?: number | null;
  id: number;
  person?: string | null;
  recorded?: boolean;
  t: "done";
  url?: string | null;
}
/**
 * A command took no effect.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Refused".
 */
export interface Refused {
  candidates?: string[];
  code: ErrorCode;
  id: number;
  message: string;
  t: "refused";
}
/**
 * Host API, kernels only: a record that is durable now (or marked as not recorded).
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Recorded".
 */
export interface Recorded {
  record: Record;
  recorded?: boolean;
  t: "recorded";
}
/**
 * One row of a session's journal: an event, when it happened, and through whom.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Record".
 */
export interface Record {
  actor: string;
  at_ms: number;
  body:
    | SessionOpened
    | PersonInvited
    | InviteExtended
    | InviteRevoked
    | InviteReissued
    | PersonNamed
    | PersonUnnamed
    | LanguageChanged
    | PersonArrived
    | ConnectionLost
    | ConnectionRestored
    | PersonReady
    | PersonAdmitted
    | StaffJoined
    | SessionStarted
    | PersonDeclined
    | PersonLetWait
    | PersonSentBack
    | PersonRemoved
    | PersonPaused
    | PersonResumed
    | PersonLeft
    | MediaPublished
    | MediaUnpublished
    | MediaMuted
    | MediaUnmuted
    | MediaAsked
    | AskAnswered
    | ChatSent
    | ChatKept
    | CaptionSent
    | IdentityVerified
    | IdentityUnverified
    | ArrivalAnnounced
    | ConnectionTested
    | MarkPlaced
    | EndAnnounced
    | SessionEnded
    | RecordExported
    | VoiceMeasured
    | QualityMeasured;
  n: number;
  session: string;
  t_ms: number;
  via: Via;
}
/**
 * The waiting room opened.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionOpened".
 */
export interface SessionOpened {
  end_when_empty_ms?: number | null;
  event: "SessionOpened";
  hold_ms: number;
  keep_chat?: boolean;
  kind: SessionKind;
  max_duration_ms?: number | null;
  names: string;
  notebook: string | null;
  provider: string;
  share?: string;
  show_place?: boolean;
  title: string | Sealed;
  warn_min?: number[];
}
/**
 * Where an encrypted text lies; it can no longer be read once its person's key is gone.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Sealed".
 */
export interface Sealed {
  row: string;
  sha256: string;
}
/**
 * A person and the first link were made.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonInvited".
 */
export interface PersonInvited {
  code: string;
  event: "PersonInvited";
  expires_at_ms: number;
  language: string | null;
  name: string | Sealed | null;
  person: string;
  role: Role;
  simulated: boolean;
}
/**
 * The life of a link was set anew.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "InviteExtended".
 */
export interface InviteExtended {
  event: "InviteExtended";
  expires_at_ms: number;
  person: string;
}
/**
 * The link was withdrawn.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "InviteRevoked".
 */
export interface InviteRevoked {
  event: "InviteRevoked";
  person: string;
}
/**
 * The old link was withdrawn and a new one made.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "InviteReissued".
 */
export interface InviteReissued {
  event: "InviteReissued";
  expires_at_ms: number;
  person: string;
  serial: number;
}
/**
 * A display name was given or corrected.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonNamed".
 */
export interface PersonNamed {
  event: "PersonNamed";
  name: string | Sealed;
  person: string;
}
/**
 * A client's name was taken back, since a member of staff now bears one that looks like it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonUnnamed".
 */
export interface PersonUnnamed {
  event: "PersonUnnamed";
  person: string;
}
/**
 * The invitation came to name another language for the person's pages.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LanguageChanged".
 */
export interface LanguageChanged {
  event: "LanguageChanged";
  language: string;
  person: string;
}
/**
 * A person opened the link and is preparing.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonArrived".
 */
export interface PersonArrived {
  event: "PersonArrived";
  person: string;
}
/**
 * The person's last connection went; the phase is held for a while.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ConnectionLost".
 */
export interface ConnectionLost {
  event: "ConnectionLost";
  person: string;
}
/**
 * The person has a connection again.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ConnectionRestored".
 */
export interface ConnectionRestored {
  event: "ConnectionRestored";
  person: string;
}
/**
 * The person pressed "I'm Ready" and waits.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonReady".
 */
export interface PersonReady {
  camera: boolean;
  event: "PersonReady";
  microphone: boolean;
  person: string;
}
/**
 * The person is in the session.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonAdmitted".
 */
export interface PersonAdmitted {
  event: "PersonAdmitted";
  person: string;
}
/**
 * A member of staff took their place in the call.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "StaffJoined".
 */
export interface StaffJoined {
  event: "StaffJoined";
  person: string;
}
/**
 * The first client was admitted; the duration counts from here.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionStarted".
 */
export interface SessionStarted {
  event: "SessionStarted";
}
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonDeclined".
 */
export interface PersonDeclined {
  event: "PersonDeclined";
  person: string;
  reason: string | Sealed | null;
}
/**
 * A provider put a declined or removed person back into the waiting room.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonLetWait".
 */
export interface PersonLetWait {
  event: "PersonLetWait";
  person: string;
}
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonSentBack".
 */
export interface PersonSentBack {
  event: "PersonSentBack";
  person: string;
}
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonRemoved".
 */
export interface PersonRemoved {
  event: "PersonRemoved";
  person: string;
  reason: string | Sealed | null;
}
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonPaused".
 */
export interface PersonPaused {
  event: "PersonPaused";
  person: string;
}
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonResumed".
 */
export interface PersonResumed {
  event: "PersonResumed";
  person: string;
}
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonLeft".
 */
export interface PersonLeft {
  cause: string;
  event: "PersonLeft";
  person: string;
}
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "MediaPublished".
 */
export interface MediaPublished {
  event: "MediaPublished";
  muted: boolean;
  person: string;
  source: Source;
}
/**
 * A source was withdrawn: by the person, or a screen by a provider (the record's actor tells).
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "MediaUnpublished".
 */
export interface MediaUnpublished {
  event: "MediaUnpublished";
  person: string;
  source: Source;
}
/**
 * A source was muted: by the person, or by a provider (the record's actor tells).
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "MediaMuted".
 */
export interface MediaMuted {
  event: "MediaMuted";
  person: string;
  source: Source;
}
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "MediaUnmuted".
 */
export interface MediaUnmuted {
  event: "MediaUnmuted";
  person: string;
  source: Source;
}
/**
 * A provider asked the person to switch a source on.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "MediaAsked".
 */
export interface MediaAsked {
  event: "MediaAsked";
  person: string;
  source: Source;
}
/**
 * The person answered that question; a yes is followed by the source itself.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AskAnswered".
 */
export interface AskAnswered {
  accepted: boolean;
  event: "AskAnswered";
  person: string;
  source: Source;
}
/**
 * Somebody wrote; the text itself is not in here.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatSent".
 */
export interface ChatSent {
  characters: number;
  event: "ChatSent";
  message: string;
  person: string;
  to: string;
}
/**
 * What was written, only where the session keeps chat; follows its `ChatSent`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatKept".
 */
export interface ChatKept {
  event: "ChatKept";
  message: string;
  person: string;
  text: string | Sealed;
}
/**
 * What a person said was shown as text; the text itself is not recorded.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "CaptionSent".
 */
export interface CaptionSent {
  characters: number;
  event: "CaptionSent";
  person: string;
}
/**
 * A provider made sure that the client is who they should be; holds until the link is reissued.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "IdentityVerified".
 */
export interface IdentityVerified {
  event: "IdentityVerified";
  person: string;
}
/**
 * A provider took the verification back.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "IdentityUnverified".
 */
export interface IdentityUnverified {
  event: "IdentityUnverified";
  person: string;
}
/**
 * A provider told everybody who waits when to expect them; a later one replaces it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ArrivalAnnounced".
 */
export interface ArrivalAnnounced {
  event: "ArrivalAnnounced";
  minutes: number | null;
}
/**
 * A person's page measured its connection to the server. Figures only, not personal: no address is among them.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ConnectionTested".
 */
export interface ConnectionTested {
  event: "ConnectionTested";
  person: string;
  report: ConnectionReport;
}
/**
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "MarkPlaced".
 */
export interface MarkPlaced {
  event: "MarkPlaced";
  label: string;
  note: string | Sealed | null;
}
/**
 * Everyone was told that the maximum duration is nearly reached.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "EndAnnounced".
 */
export interface EndAnnounced {
  event: "EndAnnounced";
  minutes: number;
}
/**
 * Over for everyone.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionEnded".
 */
export interface SessionEnded {
  cause?: EndCause;
  event: "SessionEnded";
}
/**
 * A copy of the record left the journal. Recorded before the copy was made.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RecordExported".
 */
export interface RecordExported {
  event: "RecordExported";
  form: string;
  texts: boolean;
}
/**
 * When a person's own device heard them speak: some spans, in order, that do not overlap.
 *
 *     No spans: the device listens from here on, and heard nothing yet.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "VoiceMeasured".
 */
export interface VoiceMeasured {
  event: "VoiceMeasured";
  person: string;
  spans: Span[];
}
/**
 * A stretch of time of the session.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Span".
 */
export interface Span {
  from_ms: number;
  to_ms: number;
}
/**
 * How a person's connection was over a stretch of time.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "QualityMeasured".
 */
export interface QualityMeasured {
  event: "QualityMeasured";
  jitter_ms?: number | null;
  kbps_in?: number | null;
  kbps_out?: number | null;
  loss?: number | null;
  person: string;
  rtt_ms?: number | null;
  span: Span;
}
/**
 * The answer to `Beat`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Beaten".
 */
export interface Beaten {
  n: number;
  now_ms: number;
  t: "beaten";
}
/**
 * The last message before the server closes the socket, with the reason in words.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Closed".
 */
export interface Closed {
  code: ErrorCode;
  duration_ms?: number | null;
  message: string;
  t: "closed";
}
/**
 * The first message: who this is. Exactly one of `invite` and `resume`, or neither on the host API.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Hello".
 */
export interface Hello {
  agent?: Agent;
  epoch?: string | null;
  invite?: string | null;
  page: string;
  resume?: string | null;
  seat?: boolean;
  seq?: number | null;
  t: "hello";
  take?: boolean;
}
/**
 * A command. The answer, `Done` or `Refused`, carries the same `id`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Do".
 */
export interface Do {
  command:
    | Invite
    | Revoke
    | Reissue
    | Admit
    | AdmitAll
    | Decline
    | LetWait
    | SendBack
    | Remove
    | Pause
    | Resume
    | PauseAll
    | ResumeAll
    | Mute
    | StopVideo
    | StopShare
    | AskToUnmute
    | AskToStartVideo
    | VerifyIdentity
    | SayWhen
    | Mark
    | End
    | SetName
    | GetReady
    | Join
    | Leave
    | Publish
    | Unpublish
    | SetMuted
    | DeclineAsk
    | SendChat
    | SendCaption
    | ReportConnection;
  id: number;
  t: "do";
}
/**
 * Make a person and a link, or return the one that has this code.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Invite".
 */
export interface Invite {
  code: string;
  do: "Invite";
  language?: string | null;
  name?: string | null;
  role?: Role;
  simulated?: boolean;
  valid_ms?: number | null;
}
/**
 * Withdraw a person's link and close whatever came through it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Revoke".
 */
export interface Revoke {
  do: "Revoke";
  person: string;
}
/**
 * Withdraw a person's link and make a new one.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Reissue".
 */
export interface Reissue {
  do: "Reissue";
  person: string;
}
/**
 * Let a waiting person in. Whoever was declined or removed is let wait first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Admit".
 */
export interface Admit {
  do: "Admit";
  person: string;
}
/**
 * Let in everyone who waits.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AdmitAll".
 */
export interface AdmitAll {
  do: "AdmitAll";
}
/**
 * Refuse a waiting person.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Decline".
 */
export interface Decline {
  do: "Decline";
  person: string;
  reason?: string | null;
}
/**
 * Put a declined or removed person back into the waiting room.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LetWait".
 */
export interface LetWait {
  do: "LetWait";
  person: string;
}
/**
 * Put an admitted person back into the queue.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SendBack".
 */
export interface SendBack {
  do: "SendBack";
  person: string;
}
/**
 * End a person's part in the session; only a provider can let them wait again.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Remove".
 */
export interface Remove {
  do: "Remove";
  person: string;
  reason?: string | null;
}
/**
 * Send an admitted person to the waiting room for a while; the picture and sound stop.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Pause".
 */
export interface Pause {
  do: "Pause";
  person: string;
}
/**
 * Bring a paused person back at once.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Resume".
 */
export interface Resume {
  do: "Resume";
  person: string;
}
/**
 * Pause every admitted client.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PauseAll".
 */
export interface PauseAll {
  do: "PauseAll";
}
/**
 * Bring back every paused person.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ResumeAll".
 */
export interface ResumeAll {
  do: "ResumeAll";
}
/**
 * Silence a person's microphone; receivers enforce it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Mute".
 */
export interface Mute {
  do: "Mute";
  person: string;
}
/**
 * Stop a person's camera; receivers enforce it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "StopVideo".
 */
export interface StopVideo {
  do: "StopVideo";
  person: string;
}
/**
 * End a person's screen share.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "StopShare".
 */
export interface StopShare {
  do: "StopShare";
  person: string;
}
/**
 * Ask a person to unmute; only they can. Asking again changes nothing.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AskToUnmute".
 */
export interface AskToUnmute {
  do: "AskToUnmute";
  person: string;
}
/**
 * Ask a person to start their camera; only they can. Asking again changes nothing.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AskToStartVideo".
 */
export interface AskToStartVideo {
  do: "AskToStartVideo";
  person: string;
}
/**
 * Note that a client is who they should be, or that this is no longer sure.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "VerifyIdentity".
 */
export interface VerifyIdentity {
  do: "VerifyIdentity";
  person: string;
  verified?: boolean;
}
/**
 * Promise everybody who waits to be with them in so many minutes, or take the promise back.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SayWhen".
 */
export interface SayWhen {
  do: "SayWhen";
  minutes: number | null;
}
/**
 * Set an annotation at this moment of the record.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Mark".
 */
export interface Mark {
  do: "Mark";
  label: string;
  note?: string | null;
}
/**
 * End the session for everyone.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "End".
 */
export interface End {
  do: "End";
}
/**
 * Give or correct one's own display name.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SetName".
 */
export interface SetName {
  do: "SetName";
  name: string;
}
/**
 * Press "I'm Ready": go from preparing to the queue.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "GetReady".
 */
export interface GetReady {
  camera?: boolean;
  do: "GetReady";
  microphone?: boolean;
}
/**
 * Staff take their place in the call.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Join".
 */
export interface Join {
  do: "Join";
}
/**
 * Leave; the same link leads back.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Leave".
 */
export interface Leave {
  do: "Leave";
}
/**
 * Offer a source to the others in the session.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Publish".
 */
export interface Publish {
  do: "Publish";
  muted?: boolean;
  source: Source;
}
/**
 * Withdraw a source.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Unpublish".
 */
export interface Unpublish {
  do: "Unpublish";
  source: Source;
}
/**
 * Mute or unmute one's own source (camera: stop or start video).
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SetMuted".
 */
export interface SetMuted {
  do: "SetMuted";
  muted: boolean;
  source: Source;
}
/**
 * Answer a provider's question to switch a source on with "not now". Switching it on is the yes.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DeclineAsk".
 */
export interface DeclineAsk {
  do: "DeclineAsk";
  source: Source;
}
/**
 * Write to others. The text is delivered, and only its length and audience are recorded, unless the
 *     session keeps chat.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SendChat".
 */
export interface SendChat {
  do: "SendChat";
  text: string;
  to: string;
}
/**
 * Staff show everyone in the session what a person says. Delivered and forgotten; only its length is
 *     recorded.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SendCaption".
 */
export interface SendCaption {
  do: "SendCaption";
  person: string;
  text: string;
}
/**
 * Say what one's own connection test found; a later one replaces it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReportConnection".
 */
export interface ReportConnection {
  do: "ReportConnection";
  report: ConnectionReport;
}
/**
 * Move the call to this connection ("Move call here").
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "TakeSeat".
 */
export interface TakeSeat {
  id: number;
  t: "takeseat";
}
/**
 * Host API only: the link of a person, to show or copy.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "GetLink".
 */
export interface GetLink {
  id: number;
  person: string;
  t: "getlink";
}
/**
 * A step of the negotiation, for one other seat.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Signal".
 */
export interface Signal {
  candidates?: Candidate[];
  description?: Description | null;
  own?: string | null;
  t: "signal";
  to: string;
}
/**
 * Are you there? The server answers `Beaten`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Beat".
 */
export interface Beat {
  n: number;
  t: "beat";
}
/**
 * Ask for a connection test. The server answers with `TestStep`s.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "BeginTest".
 */
export interface BeginTest {
  t: "begintest";
}
/**
 * The offer of one's own running test, or candidates that belong to it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SignalTest".
 */
export interface SignalTest {
  candidates?: Candidate[];
  description?: Description | null;
  t: "signaltest";
}
/**
 * One's own test is done, or no longer wanted.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "EndTest".
 */
export interface EndTest {
  t: "endtest";
}
/**
 * What this page measured of its own person in the call since it last told. Becomes part of the record.
 *
 *     No answer: what is not taken (not in the call, not the seat, too often) is lost.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Measured".
 */
export interface Measured {
  quality?: Figures | null;
  t: "measured";
  voice?: Stretch[] | null;
}
/**
 * How one's own connections were over the last `over_ms`; None: not measured. Fields as in `QualityMeasured`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Figures".
 */
export interface Figures {
  jitter_ms?: number | null;
  kbps_in?: number | null;
  kbps_out?: number | null;
  loss?: number | null;
  over_ms: number;
  rtt_ms?: number | null;
}
/**
 * A stretch of time, counted back from when it is told.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Stretch".
 */
export interface Stretch {
  from_back_ms: number;
  to_back_ms: number;
}
/**
 * Whether the record was what had been written, when the replay was made.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReplayCheck".
 */
export interface ReplayCheck {
  key?: string | null;
  ok: boolean;
  problem?: string | null;
  rows: number;
}
/**
 * What a reviewer wrote about a moment or a stretch. Never part of the record.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReplayComment".
 */
export interface ReplayComment {
  at_ms: number;
  t_ms: number;
  text: string;
  to_ms?: number | null;
}
/**
 * Everything that a replay shows.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReplayData".
 */
export interface ReplayData {
  check?: ReplayCheck | null;
  clock: number[];
  comments?: ReplayComment[];
  end_ms: number;
  ended: boolean;
  events: ReplayEvent[];
  frames: ReplayFrame[];
  labels?: {
    [k: string]: string;
  };
  lanes: ReplayLane[];
  names: boolean;
  phases?: ReplayPhase[];
  session: string;
  talk?: ReplayTalk | null;
  version: number;
}
/**
 * One event of the record. Measurements are lanes instead.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReplayEvent".
 */
export interface ReplayEvent {
  actor?: string | null;
  details?: {
    [k: string]: string | number | boolean;
  };
  event: string;
  n: number;
  person?: string | null;
  t_ms: number;
}
/**
 * One step of the provider's live view.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReplayFrame".
 */
export interface ReplayFrame {
  message: Snapshot | Change;
  t_ms: number;
}
/**
 * When something held of a person.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReplayLane".
 */
export interface ReplayLane {
  kind: string;
  person: string;
  spans: number[];
  value: string;
}
/**
 * A phase of the study protocol.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReplayPhase".
 */
export interface ReplayPhase {
  from_ms: number;
  name: string;
  to_ms: number;
}
/**
 * How much was said while the session was live, as far as it was measured.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ReplayTalk".
 */
export interface ReplayTalk {
  live_ms: number;
  people: {
    [k: string]: number;
  };
  silence_ms: number | null;
}

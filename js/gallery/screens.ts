// Every screen of the room by name, from synthetic rows.
import type { Background } from "../src/call/background/choices.ts";
import type { CallState, Remote } from "../src/call/room.ts";
import type { ConnectionReport } from "../src/protocol/types.ts";
import type { Panel } from "../src/store/page.ts";
import { picture, slide } from "./picture.ts";
import * as g from "./rows.ts";

export interface Scene {
  state: CallState;
  embedded?: boolean;
  panel?: Panel;
  ending?: boolean;
  devices?: boolean;
  /** Whose menu is open, by the tile's key. */
  menu?: string;
  sharing?: boolean;
  removing?: string;
  selfHidden?: boolean;
  captioning?: boolean;
  solo?: string;
  language?: string;
  declining?: string;
  shownLink?: { person: string; url: string; copied: boolean };
}

const on = (hue: number) => g.source({ on: true, had: true, track: picture(hue), deviceId: "c1" });
const heard = () => g.source({ on: true, had: true, deviceId: "m1", track: tone() });
const tone = () =>
  new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0] ?? null;
const behind = (choice: Background) => ({
  choice,
  phase: "on" as const,
  problem: null,
  ownUrl: null,
});
const remote = (hue: number | null): Remote => ({
  state: "connected",
  video: hue === null ? null : picture(hue),
});

const client = (more: Partial<Parameters<typeof g.person>[1]> = {}) =>
  g.person("p_me", { you: true, name: "Ana", publications: g.both, ...more });
const provider = (more = {}) =>
  g.person("p_t1", { role: "provider", publications: g.both, ...more });
const desk = (more = {}) =>
  g.person("p_t1", { role: "provider", you: true, code: "T1", publications: g.both, ...more });
const coded = (code: string, more = {}) => g.person(`p_${code}`, { code, ...more });

const guest = (phase: "preparing" | "waiting" | "paused" | "declined" | "removed" | "left") =>
  g.rows([client({ phase, publications: [], reason: null })], {
    phase: "open",
    startedAtMs: null,
  });

const inLine = () =>
  g.state({
    rows: g.rows([client({ phase: "waiting", publications: [], place: 2 })], {
      phase: "open",
      startedAtMs: null,
      expectedAtMs: g.NOW + 290_000,
    }),
  });

const closed = (code: "LINK_EXPIRED" | "SEAT_TAKEN" | "RESUME_REUSED", message: string) =>
  g.state({ link: { at: "closed", code, message, durationMs: null } });

const chat = [
  g.line("1", { text: "Welcome. Can you hear me well?" }),
  g.line("2", { own: true, person: "p_me", role: "client", text: "Yes, very well, thank you." }),
  g.line("3", { text: "Good. Here is what we will do today:\n1. check in\n2. practice\n3. plan" }),
];

const duetRemotes = () => new Map([["p_t1", remote(30)]]);

const GOOD: ConnectionReport = {
  verdict: "good",
  route: "direct",
  rtt_ms: 31,
  jitter_ms: 3,
  loss_up_percent: 0,
  loss_down_percent: 0,
  up_kbps: 7_900,
  down_kbps: 8_100,
  camera_width: 640,
  camera_height: 480,
  camera_fps: 24,
  microphone_heard: true,
  speaker_heard: true,
};
const POOR: ConnectionReport = {
  ...GOOD,
  verdict: "poor",
  causes: ["loss_up", "slow_up", "silent"],
  route: "relayed",
  loss_up_percent: 7.5,
  up_kbps: 310,
  microphone_heard: false,
};

const tested = (connection: ConnectionReport, phase: "preparing" | "waiting" = "preparing") =>
  g.state({
    rows: g.rows([client({ phase, publications: [], connection })], {
      phase: "open",
      startedAtMs: null,
    }),
    local: phase === "preparing" ? g.local(on(30), heard()) : g.local(g.source(), g.source()),
  });

function lobbyRows() {
  return g.rows(
    [
      desk({ phase: "invited", inCall: false, publications: [] }),
      coded("P07", {
        phase: "waiting",
        camera: true,
        microphone: true,
        inCall: false,
        connection: POOR,
      }),
      coded("P11", {
        phase: "waiting",
        camera: false,
        microphone: true,
        simulated: true,
        inCall: false,
        sinceMs: g.NOW - 20_000,
      }),
      coded("P12", { phase: "invited", inCall: false, connected: false }),
      coded("P13", { phase: "preparing", inCall: false, name: "Bea Ruiz" }),
      coded("P14", { phase: "declined", inCall: false, connected: false }),
    ],
    { phase: "open", startedAtMs: null, title: "Intake" },
  );
}

function groupRows() {
  return g.rows(
    [
      desk(),
      coded("P07", { publications: g.both }),
      coded("P08", { publications: g.silent, simulated: true }),
      coded("P10", { publications: g.soundOnly, connected: false }),
      coded("P09", { phase: "waiting", camera: true, microphone: true, inCall: false }),
      coded("P15", {
        phase: "waiting",
        camera: false,
        microphone: true,
        inCall: false,
        name: "Cem",
      }),
      coded("P16", { phase: "paused", inCall: false }),
      coded("P12", { phase: "invited", inCall: false, connected: false }),
      g.person("p_s1", { role: "supervisor", code: "S1" }),
    ],
    { title: "Group · week 3", kind: "group", startedAtMs: g.NOW - 1_865_000 },
  );
}

const group = (): CallState =>
  g.state({
    door: "host",
    rows: groupRows(),
    local: g.local(g.source({ had: true }), heard()),
    remotes: new Map([
      ["p_P07", remote(30)],
      ["p_P08", remote(null)],
    ]),
    speaking: new Set(["p_P07"]),
    chat: [g.line("1", { person: "p_P07", role: "client", text: "Hi" })],
  });

const duet = (more: Partial<CallState> = {}): CallState =>
  g.state({
    rows: g.rows([client(), provider()]),
    local: g.local(on(190), heard()),
    remotes: duetRemotes(),
    speaking: new Set(["p_t1"]),
    chat,
    ...more,
  });

const hostDuet = (more: Partial<CallState> = {}): CallState =>
  g.state({
    door: "host",
    rows: g.rows(
      [
        desk(),
        coded("P07", { publications: g.both }),
        coded("P09", { phase: "waiting", camera: true, microphone: true, inCall: false }),
        g.person("p_s1", { role: "supervisor", code: "S1" }),
      ],
      { title: "Intake" },
    ),
    local: g.local(on(190), heard()),
    remotes: new Map([["p_P07", remote(30)]]),
    speaking: new Set(["p_P07"]),
    ...more,
  });

const screen = (words: string) => ({
  state: "connected" as const,
  video: picture(40),
  screen: slide(words),
});

/** Two providers and three clients, as one of the clients or as the provider sees them. */
function fiveRows(at: "client" | "desk", more = {}) {
  const people = [
    g.person("p_t1", {
      role: "provider",
      name: "Dr. Lee",
      publications: g.both,
      you: at === "desk",
      ...(at === "desk" ? { code: "T1" } : {}),
    }),
    g.person("p_t2", { role: "provider", name: "Dr. Okafor", publications: g.soundOnly }),
    g.person("p_me", { name: "Ana", publications: g.both, you: at === "client" }),
    g.person("p_P08", { name: "Ben", publications: g.silent }),
    g.person("p_P10", { name: "Chloé", publications: g.both, ...more }),
  ];
  return g.rows(people, { kind: "group", title: "Group · week 3" });
}

const five = (at: "client" | "desk", more: Partial<CallState> = {}): CallState =>
  g.state({
    door: at === "desk" ? "host" : "guest",
    rows: fiveRows(at),
    local: g.local(on(190), heard()),
    remotes: new Map([
      ["p_t1", remote(30)],
      ["p_t2", remote(null)],
      ["p_me", remote(100)],
      ["p_P08", remote(null)],
      ["p_P10", remote(260)],
    ]),
    speaking: new Set(["p_P10"]),
    ...more,
  });

const sharing = (at: "client" | "desk"): CallState =>
  five(at, {
    rows: fiveRows(at, {
      publications: [...g.both, { source: "screen" as const, muted: false }],
    }),
    remotes: new Map([
      ["p_t1", remote(30)],
      ["p_t2", remote(null)],
      ["p_P08", remote(null)],
      ["p_P10", screen("Homework, week 3")],
    ]),
    captions: [
      {
        id: "1",
        person: "p_P10",
        name: "Chloé",
        text: "This is what I wrote on Monday.",
        cameMs: g.NOW,
      },
    ],
  });

const ownShare = (): CallState =>
  duet({
    rows: g.rows(
      [
        client({ publications: [...g.both, { source: "screen" as const, muted: false }] }),
        provider({ name: "Dr. Lee" }),
      ],
      { endsAtMs: g.NOW + 290_000, warnedMin: 5 },
    ),
    share: {
      at: "on",
      surface: "window",
      track: slide("My diary"),
      audio: null,
      lost: false,
    },
    mutedTalk: true,
  });

const asked = (source: "microphone" | "camera") =>
  duet({
    rows: g.rows([client({ publications: g.silent, asked: [source] }), provider()]),
    local: g.local(g.source({ had: true }), g.source({ had: true, forcedOff: true })),
  });

const ask = g.local(g.source(), g.source());
const preparing = (more: Partial<CallState>) =>
  g.state({ rows: guest("preparing"), local: ask, ...more });

export const SCENES: Record<string, () => Scene> = {
  "01-ask": () => ({
    state: preparing({
      rows: g.rows([client({ phase: "preparing", name: null, publications: [] })], {
        providerName: "Dr. Lee",
      }),
    }),
  }),
  "02-preparation": () => ({ state: preparing({ local: g.local(on(30), heard()) }) }),
  "02b-background": () => ({
    state: preparing({ local: { ...g.local(on(30), heard()), background: behind("hills") } }),
  }),
  "02c-background-stopped": () => ({
    state: preparing({
      local: {
        ...g.local(g.source({ had: true, wanted: false }), heard()),
        background: { ...behind("blur"), phase: "stopped", problem: "slow" },
      },
    }),
  }),
  "03-blocked": () => ({
    state: preparing({
      local: g.local(g.source({ problem: "blocked" }), g.source({ problem: "blocked" })),
    }),
  }),
  "04-no-camera": () => ({
    state: preparing({ local: g.local(g.source({ problem: "missing" }), heard()) }),
  }),
  "05-waiting": () => ({
    state: g.state({
      rows: guest("waiting"),
      chat: [g.line("1", { to: "p_me", text: "With you in 3 minutes." })],
    }),
  }),
  "06-paused": () => ({ state: g.state({ rows: guest("paused") }) }),
  "07-session": () => ({ state: duet() }),
  "08-session-chat": () => ({ state: duet(), panel: "chat" }),
  "09-session-attendees": () => ({ state: duet(), panel: "attendees" }),
  "10-session-lost": () => ({
    state: duet({ link: { at: "lost", sinceMs: g.NOW - 20_000 }, soundBlocked: true }),
  }),
  "11-muted": () => ({
    state: duet({
      local: g.local(
        g.source({ had: true, problem: "busy" }),
        g.source({ had: true, forcedOff: true }),
      ),
    }),
  }),
  "12-alone": () => ({
    state: g.state({ rows: g.rows([client()]), local: g.local(on(190), heard()) }),
  }),
  "13-ended": () => ({
    state: g.state({
      rows: g.rows([client({ phase: "left" })], { phase: "ended", durationMs: 2_900_000 }),
    }),
  }),
  "14-left": () => ({ state: g.state({ rows: guest("left") }) }),
  "15-declined": () => ({
    state: g.state({
      rows: g.rows([client({ phase: "declined", reason: "Please come back at 15:00." })]),
    }),
  }),
  "16-expired": () => ({
    state: closed("LINK_EXPIRED", "This link has expired. Ask your provider for a new one."),
  }),
  "17-other-tab": () => ({ state: closed("RESUME_REUSED", "") }),
  "18-moved": () => ({ state: closed("SEAT_TAKEN", "") }),
  "19-open-again": () => ({ state: g.state({ known: false }) }),
  "21-waiting-place": () => ({ state: inLine() }),
  "22-waiting-spanish": () => ({ state: inLine(), language: "es" }),
  "23-preparation-spanish": () => ({
    state: preparing({ local: g.local(on(30), heard()) }),
    language: "es",
  }),
  "24-devices": () => ({ state: duet(), devices: true }),
  "25-test-good": () => ({ state: tested(GOOD) }),
  "26-test-poor": () => ({ state: tested(POOR) }),
  "27-test-blocked": () => ({
    state: tested({ verdict: "blocked", causes: ["no_path"] }, "waiting"),
  }),
  "25-system": () => ({
    state: preparing({ local: g.local(g.source({ problem: "system" }), heard()) }),
    language: "es",
  }),
  "40-five": () => ({ state: five("client") }),
  "41-five-chat": () => ({
    state: five("client", {
      rows: { ...fiveRows("client"), session: { ...fiveRows("client").session, chatKept: true } },
      chat,
      outgoing: [
        { key: 1, to: "everyone", text: "Shall we go on?", atMs: g.NOW, failed: null },
        {
          key: 2,
          to: "everyone",
          text: "I have a question",
          atMs: g.NOW,
          failed: { code: "NOT_CONNECTED", message: "" },
        },
      ],
    }),
    panel: "chat",
  }),
  "42-shared": () => ({ state: sharing("client") }),
  "43-share-question": () => ({ state: duet(), sharing: true }),
  "44-own-share": () => ({ state: ownShare() }),
  "45-own-share-panel": () => ({ state: ownShare(), panel: "attendees" }),
  "46-asked-to-unmute": () => ({ state: asked("microphone") }),
  "47-asked-for-video": () => ({ state: asked("camera"), language: "es" }),
  "48-menu-own": () => ({ state: duet(), menu: "p_me" }),
  "49-menu-client": () => ({ state: five("client"), menu: "p_t1" }),
  "50-self-hidden": () => ({ state: duet(), selfHidden: true }),
  "51-solo": () => ({ state: five("client"), solo: "p_P10" }),
  "52-whole-screen": () => ({
    state: duet({
      share: { at: "asking", surface: "monitor", track: null, audio: null, lost: false },
    }),
  }),
  "53-ended-time": () => ({
    state: g.state({
      rows: g.rows([client({ phase: "left" })], {
        phase: "ended",
        durationMs: 2_900_000,
        endCause: "duration",
      }),
    }),
  }),
  "20-connecting": () => ({ state: g.state({ link: { at: "connecting" } }) }),
  "30-lobby": () => ({
    state: g.state({ door: "host", rows: lobbyRows() }),
    embedded: true,
    shownLink: { person: "p_P12", url: "http://127.0.0.1:8899/join#example", copied: true },
  }),
  "31-lobby-decline-chat": () => ({
    state: g.state({ door: "host", rows: lobbyRows(), chat }),
    embedded: true,
    panel: "chat",
    declining: "p_P07",
  }),
  "32-elsewhere": () => ({
    state: g.state({ door: "host", rows: { ...hostDuet().rows, seat: "elsewhere" } as never }),
    embedded: true,
  }),
  "33-host-session": () => ({ state: hostDuet(), embedded: true }),
  "34-host-group": () => ({ state: group(), embedded: true, panel: "attendees" }),
  "35-host-group-chat": () => ({ state: group(), embedded: true, panel: "chat" }),
  "36-end-question": () => ({ state: hostDuet(), embedded: true, ending: true }),
  "37-host-ended": () => ({
    state: g.state({
      door: "host",
      rows: g.rows([desk({ phase: "left" })], { phase: "ended", durationMs: 2_900_000 }),
    }),
    embedded: true,
  }),
  "34b-host-five-menu": () => ({ state: five("desk"), embedded: true, menu: "p_me" }),
  "34c-host-shared-captions": () => ({
    state: sharing("desk"),
    embedded: true,
    captioning: true,
    panel: "attendees",
  }),
  "34d-host-remove": () => ({ state: five("desk"), embedded: true, removing: "p_P08" }),
  "38-unrecorded": () => ({
    state: hostDuet({ rows: g.rows([desk(), coded("P07")], { recorded: false, title: "Intake" }) }),
    embedded: true,
  }),
};

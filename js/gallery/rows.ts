// Synthetic people for the gallery. No real name, no server.

import { type LocalState, OFF, type SourceState } from "../src/call/local-state.ts";
import { PLAIN } from "../src/call/processing.ts";
import type { CallState, ChatLine, Remote } from "../src/call/room.ts";
import { NOT_SHARING } from "../src/call/sharing.ts";
import type { Person, Rows, Session } from "../src/store/rows.ts";

export const NOW = Date.now();

export function person(id: string, more: Partial<Person> = {}): Person {
  return {
    id,
    role: "client",
    phase: "admitted",
    you: false,
    name: null,
    code: null,
    connected: true,
    sinceMs: NOW - 240_000,
    camera: null,
    microphone: null,
    simulated: false,
    revoked: false,
    verified: false,
    reason: null,
    place: null,
    connection: null,
    publications: [],
    asked: [],
    inCall: true,
    link: null,
    ...more,
  };
}

export const both = [
  { source: "camera" as const, muted: false },
  { source: "microphone" as const, muted: false },
];
export const soundOnly = [
  { source: "camera" as const, muted: true },
  { source: "microphone" as const, muted: false },
];
export const silent = [
  { source: "camera" as const, muted: true },
  { source: "microphone" as const, muted: true },
];

export function session(more: Partial<Session> = {}): Session {
  return {
    id: "s_gallery",
    kind: "individual",
    phase: "live",
    title: null,
    startedAtMs: NOW - 761_000,
    durationMs: null,
    recorded: true,
    providerName: null,
    providerPresent: true,
    expectedAtMs: null,
    share: "all",
    chatKept: false,
    endsAtMs: null,
    warnedMin: null,
    endCause: null,
    ...more,
  };
}

export function rows(people: readonly Person[], more: Partial<Session> = {}): Rows {
  const me = people.find((one) => one.you);
  return {
    session: session(more),
    people: new Map(people.map((one) => [one.id, one])),
    me: me?.id ?? "",
    seat: "here",
    endpoint: "e0",
    language: null,
  };
}

export function source(more: Partial<SourceState> = {}): SourceState {
  return { ...OFF, ...more };
}

export function local(camera: SourceState, microphone: SourceState): LocalState {
  return {
    camera,
    microphone,
    speakerId: "s1",
    calm: false,
    settling: false,
    processing: PLAIN,
    news: null,
    background: { choice: "none", phase: "off", problem: null, ownUrl: null },
    lists: {
      cameras: [
        { id: "c1", label: "Built-in camera" },
        { id: "c2", label: "USB camera" },
      ],
      microphones: [{ id: "m1", label: "Headset" }],
      speakers: [{ id: "s1", label: "Headset" }],
    },
  };
}

export function line(id: string, more: Partial<ChatLine>): ChatLine {
  return {
    id,
    person: "p_t1",
    to: "everyone",
    text: "Hello",
    atMs: NOW - 120_000,
    name: null,
    role: "provider",
    earlier: false,
    own: false,
    ...more,
  };
}

export function state(more: Partial<CallState>): CallState {
  return {
    door: "guest",
    known: true,
    link: { at: "open" },
    rows: null,
    chat: [],
    local: local(source(), source()),
    remotes: new Map<string, Remote>(),
    speaking: new Set(),
    soundBlocked: false,
    share: NOT_SHARING,
    declined: new Set(),
    outgoing: [],
    captions: [],
    mutedTalk: false,
    entering: false,
    leaving: false,
    unrecorded: false,
    clockOffsetMs: 0,
    ...more,
  };
}

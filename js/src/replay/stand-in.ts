// A call that cannot be called: what components read of a call while there is none, and acts that do nothing.
import { NONE_DECLINED } from "../call/answers.ts";
import type { SourceState } from "../call/local-state.ts";
import { PLAIN } from "../call/processing.ts";
import { type CallState, ROOM_API, type RoomCall } from "../call/room.ts";
import { NOT_SHARING } from "../call/sharing.ts";

const OFF: SourceState = {
  wanted: false,
  on: false,
  had: false,
  opening: false,
  problem: null,
  forcedOff: false,
  track: null,
  silenced: false,
  deviceId: null,
};

export const READ_ONLY: CallState = {
  door: "guest",
  known: true,
  link: { at: "open" },
  rows: null,
  chat: [],
  local: {
    camera: OFF,
    microphone: OFF,
    lists: { cameras: [], microphones: [], speakers: [] },
    speakerId: null,
    calm: false,
    settling: false,
    news: null,
    background: { choice: "none", phase: "off", problem: null, ownUrl: null },
    processing: PLAIN,
  },
  remotes: new Map(),
  speaking: new Set(),
  outgoing: [],
  captions: [],
  mutedTalk: false,
  share: NOT_SHARING,
  declined: NONE_DECLINED,
  soundBlocked: false,
  entering: false,
  leaving: false,
  unrecorded: false,
  clockOffsetMs: 0,
};

const nothing = () => undefined;
const done = () => Promise.resolve();

export function noCall(read: () => CallState): RoomCall {
  return {
    api: ROOM_API,
    read,
    subscribe: () => nothing,
    prepare: done,
    previewed: nothing,
    ready: done,
    setOn: done,
    choose: done,
    resume: done,
    process: done,
    sharing: { start: done, confirm: done, stop: done, dismiss: nothing },
    talk: { say: done, unsay: nothing },
    answer: done,
    quality: () => Promise.resolve(new Map()),
    backgrounds: "",
    setBackground: nothing,
    setOwnPicture: () => Promise.resolve(null),
    testLine: () => {
      throw new Error("a replay has no line to test");
    },
    join: done,
    moveHere: done,
    leave: done,
    again: nothing,
    useHere: nothing,
    poke: nothing,
    turnOnSound: nothing,
    adjust: nothing,
    testSpeaker: () => Promise.resolve(false),
    chime: nothing,
    level: () => 0,
    command: done,
    link: () => Promise.resolve(""),
    invite: () => Promise.resolve(""),
  };
}

// @vitest-environment happy-dom
// With panels open, what changes is drawn again and nothing else: counted, not timed.
import { options, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SCENES } from "../gallery/screens.ts";
import type { CallState, RoomCall } from "../src/call/room.ts";
import { en } from "../src/strings/en.ts";
import { openRoom } from "../src/ui/context.ts";
import * as inside from "../src/ui/inside.tsx";
import { Room } from "../src/ui/Room.tsx";

let drawn = new Map<string, number>();
let close = (): void => undefined;
const usual = options.diffed;

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  // Measured once, as on a page whose size stays.
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = () => undefined;
      disconnect = () => undefined;
    },
  );
  HTMLCanvasElement.prototype.getContext = (() => null) as never;
  vi.stubGlobal(
    "AudioContext",
    class {
      createMediaStreamDestination = () => ({ stream: { getAudioTracks: () => [] } });
    },
  );
  options.diffed = (vnode) => {
    usual?.(vnode);
    if (typeof vnode.type === "function") {
      drawn.set(vnode.type.name, (drawn.get(vnode.type.name) ?? 0) + 1);
    }
  };
});
afterEach(() => {
  close();
  if (usual === undefined) delete options.diffed;
  else options.diffed = usual;
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

function five(panel: "attendees" | "chat") {
  let now = SCENES["40-five"]?.().state as CallState;
  const listeners = new Set<() => void>();
  const call = {
    read: () => now,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    level: () => 0,
  } as unknown as RoomCall;
  const [room, stop] = openRoom(call, () => en, false);
  const root = document.createElement("div");
  document.body.append(root);
  room.page.panel.value = panel;
  act(() => render(<Room room={room} inside={inside} />, root));
  close = () => {
    act(() => render(null, root));
    stop();
  };
  drawn = new Map();
  const become = (change: Partial<CallState>) =>
    act(() => {
      now = { ...now, ...change };
      for (const listener of listeners) listener();
    });
  return { room, become };
}

test("a voice redraws the two tiles it moved between, and their lines in the list", () => {
  const { become } = five("attendees");
  become({ speaking: new Set(["p_t1"]) });
  expect(drawn.get("Tile")).toBe(2);
  expect(drawn.get("Member")).toBe(2);
  for (const whole of ["Stage", "VideoGrid", "ActionTray", "StageHead", "Attendees", "View"]) {
    expect([whole, drawn.get(whole) ?? 0]).toEqual([whole, 0]);
  }
});

test("the clock redraws the clock, and no picture", () => {
  const { room } = five("chat");
  act(() => {
    room.page.nowMs.value += 1_000;
  });
  expect(drawn.get("Clock")).toBe(1);
  for (const other of ["Tile", "VideoGrid", "ActionTray", "ChatLog", "ChatPanel", "View"]) {
    expect([other, drawn.get(other) ?? 0]).toEqual([other, 0]);
  }
});

test("a chat message redraws the messages and the badge, and no picture", () => {
  const { become } = five("chat");
  become({ chat: SCENES["08-session-chat"]?.().state.chat ?? [] });
  expect(drawn.get("ChatLog")).toBe(1);
  expect(drawn.get("Tile") ?? 0).toBe(0);
  expect(drawn.get("VideoGrid") ?? 0).toBe(0);
});

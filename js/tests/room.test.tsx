// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { person, rows, source, state } from "../gallery/rows.ts";
import { SCENES } from "../gallery/screens.ts";
import { type CallState, ROOM_API, type RoomCall } from "../src/call/room.ts";
import type { ConnectionReport, TestStep } from "../src/protocol/types.ts";
import { en } from "../src/strings/en.ts";
import { openRoom } from "../src/ui/context.ts";
import * as inside from "../src/ui/inside.tsx";
import { Room } from "../src/ui/Room.tsx";

let close = (): void => undefined;

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  HTMLCanvasElement.prototype.getContext = (() => null) as never;
  vi.stubGlobal(
    "AudioContext",
    class {
      createMediaStreamDestination = () => ({ stream: { getAudioTracks: () => [] } });
    },
  );
});
afterEach(() => {
  close();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

function show(start: CallState, calls: Partial<RoomCall> = {}, embedded = false) {
  let now = start;
  const listeners = new Set<() => void>();
  const nothing = vi.fn(async () => undefined);
  const call = {
    api: ROOM_API,
    read: () => now,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    command: nothing,
    setOn: nothing,
    leave: nothing,
    ready: nothing,
    prepare: nothing,
    level: () => 0,
    ...calls,
  } as unknown as RoomCall;
  const [room, stop] = openRoom(call, () => en, embedded);
  const root = document.createElement("div");
  document.body.append(root);
  act(() => render(<Room room={room} inside={inside} />, root));
  close = () => {
    act(() => render(null, root));
    stop();
  };
  const become = (next: CallState) =>
    act(() => {
      now = next;
      for (const listener of listeners) listener();
    });
  const find = (selector: string) => root.querySelector<HTMLElement>(selector);
  const button = (name: string) =>
    [...root.querySelectorAll("button")].find(
      (one) => (one.getAttribute("aria-label") ?? one.textContent) === name,
    ) as HTMLButtonElement;
  return { root, room, become, find, button };
}

const key = (target: Element | null, name: string) =>
  act(() => {
    target?.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  });

const inSession = () =>
  state({
    rows: rows([person("me", { you: true, name: "Ana" }), person("t", { role: "provider" })]),
    local: {
      ...state({}).local,
      microphone: source({ on: true, had: true }),
    },
  });

test.each(Object.keys(SCENES))("screen %s renders", (name) => {
  const scene = SCENES[name]?.();
  if (scene === undefined) throw new Error(name);
  const { root, room } = show(scene.state, {}, scene.embedded);
  act(() => {
    room.page.panel.value = scene.panel ?? null;
    room.page.ending.value = scene.ending ?? false;
  });
  expect(root.textContent?.length).toBeGreaterThan(5);
  expect(root.querySelector("[style*='undefined'], [class*='undefined']")).toBeNull();
});

test("the action tray is one tab stop; arrows, Home and End move within and wrap", () => {
  const { find, root } = show(inSession());
  const bar = find("[role=toolbar]");
  const stops = () => [...root.querySelectorAll("[role=toolbar] button[tabindex='0']")];
  expect(stops()).toHaveLength(1);
  act(() => (stops()[0] as HTMLElement).focus());
  key(bar, "ArrowRight");
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Start video");
  key(bar, "Home");
  key(bar, "ArrowLeft");
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Leave session");
  expect(stops()).toHaveLength(1);
});

test("a client's tray ends with leaving, a provider's with ending", () => {
  const names = (root: Element) =>
    [...root.querySelectorAll("[role=toolbar] button")].map((one) =>
      one.getAttribute("aria-label"),
    );
  expect(names(show(inSession()).root)).toEqual([
    "Mute",
    "Start video",
    "Attendees",
    "Chat",
    "Leave session",
  ]);
});

test("ending asks first; Escape takes it back and the session stays", () => {
  const command = vi.fn(async () => undefined);
  const desk = state({
    door: "host",
    rows: rows([person("t", { you: true, role: "provider" })]),
  });
  const { find, button } = show(desk, { command });
  act(() => button("End session").click());
  const dialog = find("[role=alertdialog]");
  expect(dialog?.textContent).toContain("End session for everyone?");
  expect(dialog?.contains(document.activeElement)).toBe(true);
  key(dialog, "Escape");
  expect(find("[role=alertdialog]")).toBeNull();
  expect(command).not.toHaveBeenCalled();
});

test("Enter sends a message and leaves the box empty for the next one", () => {
  const say = vi.fn(async () => undefined);
  const { button, find, room } = show(inSession(), { talk: { say, unsay: vi.fn() } });
  act(() => button("Chat").click());
  act(() => {
    room.page.draft.value = "Hello";
  });
  key(find("textarea"), "Enter");
  expect(say).toHaveBeenCalledWith("everyone", "Hello");
  expect(room.page.draft.value).toBe("");
});

test("a message that was not sent stays in sight with the reason, and can be sent again or given up", () => {
  const say = vi.fn(async () => undefined);
  const unsay = vi.fn();
  const code = "TOO_MANY" as const;
  const failed = { code, message: "Too many messages in a short time." };
  const line = { key: 7, to: "everyone", text: "Hello", atMs: 0, failed };
  const { button, root } = show(
    { ...inSession(), outgoing: [line, { ...line, key: 8, failed: null }] },
    { talk: { say, unsay } },
  );
  act(() => button("Chat").click());
  expect(root.textContent).toContain("Not sent. Too many messages in a short time.");
  expect(root.textContent).toContain("Sending…");
  act(() => button("Try again").click());
  expect(say).toHaveBeenCalledWith("everyone", "Hello", 7);
  act(() => button("Discard").click());
  expect(unsay).toHaveBeenCalledWith(7);
});

test("Escape closes a panel and the focus returns to the button that opened it", () => {
  const { button, find } = show(inSession());
  act(() => button("Attendees").click());
  expect(button("Attendees").getAttribute("aria-expanded")).toBe("true");
  key(find("section"), "Escape");
  expect(find("section")).toBeNull();
  expect(document.activeElement).toBe(button("Attendees"));
});

test("a name is text, whatever is in it", () => {
  const name = '<img src=x onerror="alert(1)">';
  const { root } = show(
    state({ rows: rows([person("me", { you: true, name: "Ana" }), person("b", { name })]) }),
  );
  expect(root.querySelector("img")).toBeNull();
  expect(root.querySelector(`[role=group][aria-label*="onerror"] bdi`)?.textContent).toBe(name);
});

test.each(["waiting", "paused"] as const)("who is %s without a name is asked for one", (phase) => {
  const command = vi.fn(async () => undefined);
  const me = (name: string | null) =>
    state({ rows: rows([person("me", { you: true, phase, name })]) });
  const { root, become, button } = show(me("Dr. Reed"), { command });
  expect(root.querySelector("input[autocomplete=name]")).toBeNull();
  become(me(null));
  expect(root.textContent).toContain("Your name looks like your provider's.");
  const box = root.querySelector<HTMLInputElement>("input[autocomplete=name]");
  act(() => button("Save name").click());
  expect(root.querySelector("[role=alert]")?.textContent).toContain("Type your name first.");
  act(() => {
    if (box !== null) box.value = " Ana ";
    box?.dispatchEvent(new Event("input", { bubbles: true }));
  });
  act(() => button("Save name").click());
  expect(command.mock.calls).toEqual([[{ do: "SetName", name: "Ana" }]]);
  become(me("Ana"));
  expect(root.querySelector("input[autocomplete=name]")).toBeNull();
});

test("a muted person's picture is not shown, even if it arrives", () => {
  const track = { kind: "video" } as MediaStreamTrack;
  const { root } = show(
    state({
      rows: rows([
        person("me", { you: true, name: "Ana" }),
        person("b", { name: "Ben", publications: [{ source: "camera", muted: true }] }),
      ]),
      remotes: new Map([["b", { state: "connected", video: track }]]),
    }),
  );
  expect(root.querySelector("video")).toBeNull();
});

test("the end of the session takes the screen, with the time in words and no way back", () => {
  const { become, root } = show(inSession());
  become(
    state({
      rows: rows([person("me", { you: true, phase: "left" })], {
        phase: "ended",
        durationMs: 48 * 60_000,
      }),
    }),
  );
  expect(root.textContent).toContain("It lasted 48 minutes.");
  expect(root.querySelector("button")).toBeNull();
});

function withBackground(more: Partial<CallState["local"]["background"]> = {}) {
  const start = SCENES["02b-background"]?.().state as CallState;
  const background = { ...start.local.background, ...more };
  return { ...start, local: { ...start.local, camera: source({ had: true }), background } };
}

const radios = (root: Element) => [
  ...root.querySelectorAll<HTMLInputElement>("[role=radiogroup] input"),
];
const press = (element: Element, key: string) =>
  act(() => {
    element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });

test("arrow keys pass over backgrounds without choosing one, Enter chooses and sends no form", () => {
  const setBackground = vi.fn();
  const ready = vi.fn();
  const { root } = show(withBackground({ choice: "light" }), {
    setBackground,
    ready,
    backgrounds: "/",
  });
  const [none, light, blur] = radios(root);
  expect(light?.checked).toBe(true);
  act(() => light?.focus());
  press(light as Element, "ArrowLeft");
  expect(document.activeElement).toBe(none);
  press(none as Element, "ArrowLeft");
  press(document.activeElement as Element, "ArrowRight");
  press(none as Element, "ArrowRight");
  press(light as Element, "ArrowDown");
  expect(document.activeElement).toBe(blur);
  expect(setBackground).not.toHaveBeenCalled();
  press(blur as Element, "Enter");
  expect(setBackground).toHaveBeenCalledExactlyOnceWith("blur");
  expect(ready).not.toHaveBeenCalled();
});

test("a background that failed says so and leaves the choice to the person", () => {
  const setBackground = vi.fn();
  const setOn = vi.fn(async () => undefined);
  const stopped = withBackground({ choice: "blur", phase: "stopped", problem: "slow" });
  const { root } = show(stopped, { setBackground, setOn, backgrounds: "/" });
  const alert = root.querySelector(".background-ways")?.closest("[role=alert]");
  expect(alert?.textContent).toContain("Nobody sees your room");
  const [again, off, without] = alert?.querySelectorAll("button") ?? [];
  act(() => again?.click());
  expect(setOn).toHaveBeenLastCalledWith("camera", true);
  expect(setBackground).not.toHaveBeenCalled();
  act(() => off?.click());
  expect(setOn).toHaveBeenLastCalledWith("camera", false);
  act(() => without?.click());
  expect(setBackground).toHaveBeenCalledExactlyOnceWith("none");
  expect(setOn).toHaveBeenLastCalledWith("camera", true);
});

test("while a background is prepared it is said that nobody sees anything", () => {
  const { root } = show(withBackground({ phase: "starting" }), { backgrounds: "/" });
  expect(root.textContent).toContain(en.background.starting);
});

const POOR: ConnectionReport = {
  verdict: "poor",
  causes: ["slow_up"],
  route: "relayed",
  up_kbps: 310,
  microphone_heard: true,
};
const had = source({ on: true, had: true });
const testing = (connection: ConnectionReport | null = null) =>
  state({
    rows: rows([person("me", { you: true, phase: "preparing", name: "Ana", connection })]),
    local: { ...state({}).local, camera: had, microphone: had },
  });
const region = (root: HTMLElement) =>
  root.querySelector<HTMLElement>('section[aria-label="Connection test"]');

test("a connection test's verdict is a status with advice, and its figures are in words", () => {
  const { root } = show(testing(POOR));
  const status = region(root)?.querySelector('[role="status"]');
  expect(status?.textContent).toContain("Poor connection");
  expect(status?.textContent).toContain("Pause uploads");
  expect(status?.textContent).toContain("sound alone needs far less");
  const figures = region(root)?.querySelector("dl")?.textContent;
  expect(figures).toContain("310 kbit/s");
  expect(figures).toContain("relayed");
  expect(figures).not.toContain("Round trip");
});

test("a test that has to wait says so, can be cancelled, and keeps the focus", async () => {
  let hear: ((step: TestStep) => void) | null = null;
  const send = vi.fn(() => true);
  const testLine = () => ({
    send,
    listen: (onStep: typeof hear) => {
      hear = onStep;
    },
    tracks: () => ({ audio: null, video: null }),
  });
  const { root, button } = show(testing(), { testLine });
  const start = button("Test my connection");
  start.focus();
  act(() => start.click());
  await vi.waitFor(() => expect(send).toHaveBeenCalledWith({ t: "begintest" }));
  act(() => hear?.({ t: "teststep", at: "queued", place: 2 }));
  await vi.waitFor(() => expect(region(root)?.textContent).toContain("you are number 2"));
  act(() => button("Cancel test").click());
  await vi.waitFor(() => expect(region(root)?.textContent).toContain("Test cancelled."));
  expect(send).toHaveBeenLastCalledWith({ t: "endtest" });
  expect(document.activeElement).toBe(button("Test my connection"));
});

test("a heard tone is told with the last test's figures, and the focus goes back", async () => {
  const command = vi.fn(async () => undefined);
  const { button } = show(testing(POOR), { command, testSpeaker: async () => true });
  await act(async () => button("Play test tone").click());
  act(() => button("Yes").click());
  const report = { ...POOR, speaker_heard: true };
  expect(command).toHaveBeenCalledWith({ do: "ReportConnection", report });
  expect(document.activeElement).toBe(button("Play test tone"));
});

test("the provider's waiting card carries the verdict and why", () => {
  const waits = person("b", { code: "P07", phase: "waiting", connection: POOR });
  const { root, button } = show(
    state({ door: "host", rows: rows([person("t", { you: true, role: "provider" }), waits]) }),
    {},
    true,
  );
  act(() => button("Attendees").click());
  expect(root.querySelector(".waiting-card")?.textContent).toContain(
    "Connection poor: sends slowly",
  );
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Credentials } from "../src/link/credentials.ts";
import {
  ANSWER_WITHIN_MS,
  BEAT_EVERY_MS,
  DEAD_AFTER_MS,
  Link,
  type LinkState,
  PROBE_WITHIN_MS,
  type Socket,
  WELCOME_WITHIN_MS,
} from "../src/link/link.ts";
import type { AnyDownward } from "../src/protocol/types.ts";

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: { t: string; id?: number }[] = [];
  closed = false;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const SESSION = { id: "s", kind: "individual", phase: "open" };
const YOU = { person: "p", seat: "here" };

function start() {
  const sockets: FakeSocket[] = [];
  const states: LinkState[] = [];
  const messages: AnyDownward[] = [];
  const credentials = new Credentials({
    page: "page1",
    store: null,
    key: "k",
    host: false,
    invite: "LINK",
  });
  const link = new Link({
    url: "ws://x/socket",
    credentials,
    onMessage: (message) => messages.push(message),
    onState: (state) => states.push(state),
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    random: () => 0,
  });
  link.start();
  const socket = () => sockets.at(-1) as FakeSocket;
  const letIn = (seq = 1, epoch = "e1") => {
    socket().onopen?.();
    socket().say({
      t: "welcome",
      epoch,
      session: "s",
      connection: "c",
      resume: `R${sockets.length}`,
      now_ms: 0,
    });
    socket().say({ t: "snapshot", epoch, seq, session: SESSION, people: [], you: YOU });
  };
  const hello = (index: number) => sockets[index]?.sent[0] as Record<string, unknown>;
  return { link, sockets, states, messages, socket, letIn, hello };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first message says who this is, and the link opens with the welcome", () => {
  const { states, letIn, hello, messages } = start();
  letIn();
  expect(hello(0)).toMatchObject({ t: "hello", invite: "LINK" });
  expect(states.map((state) => state.at)).toEqual(["open"]);
  expect(messages.map((message) => message.t)).toEqual(["welcome", "snapshot"]);
});

test("a lost socket comes back by itself, resuming from where it was", () => {
  const { sockets, states, letIn, hello, socket } = start();
  letIn(4);
  socket().say({ t: "change", seq: 5 });
  socket().onclose?.({ code: 1006 });
  expect(states.at(-1)).toMatchObject({ at: "lost" });
  vi.advanceTimersByTime(500);
  expect(sockets).toHaveLength(2);
  letIn(9);
  expect(hello(1)).toMatchObject({ resume: "R1", epoch: "e1", seq: 5 });
  expect(states.at(-1)).toEqual({ at: "open" });
});

test("attempts wait longer and longer while the server is away", () => {
  const { sockets, socket } = start();
  const after = (ms: number) => {
    socket().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(ms);
    return sockets.length;
  };
  expect(after(200)).toBe(2);
  expect(after(200)).toBe(2);
  expect(after(400)).toBe(3);
});

test("a gap in the sequence asks for a whole snapshot", () => {
  const { letIn, socket, sockets, hello, messages } = start();
  letIn(4);
  socket().say({ t: "change", seq: 6 });
  expect(sockets[0]?.closed).toBe(true);
  expect(messages.at(-1)?.t).toBe("snapshot");
  vi.advanceTimersByTime(500);
  letIn(1, "e1");
  expect(hello(1).seq).toBeUndefined();
  expect(hello(1).resume).toBe("R1");
});

test("a step of a connection test goes out while the link is open, and what comes back is passed on", () => {
  const { link, socket, letIn, messages } = start();
  expect(link.tell({ t: "begintest" })).toBe(false);
  letIn();
  expect(link.tell({ t: "begintest" })).toBe(true);
  expect(socket().sent.at(-1)).toEqual({ t: "begintest" });
  socket().say({ t: "teststep", at: "queued", place: 2 });
  expect(messages.at(-1)).toEqual({ t: "teststep", at: "queued", place: 2 });
});

test("a command is answered by the message with its id", async () => {
  const { link, letIn, socket } = start();
  letIn();
  const asked = link.do({ do: "Admit", person: "p1" });
  const id = socket().sent.at(-1)?.id;
  socket().say({ t: "done", id, recorded: false });
  await expect(asked).resolves.toMatchObject({ recorded: false });
});

test("a refusal carries its code and its sentence", async () => {
  const { link, letIn, socket } = start();
  letIn();
  const asked = link.do({ do: "SetName", name: "x" });
  socket().say({ t: "refused", id: socket().sent.at(-1)?.id, code: "BAD_NAME", message: "No." });
  await expect(asked).rejects.toMatchObject({ code: "BAD_NAME", message: "No." });
});

test("a command without an answer fails in time", async () => {
  const { link, letIn, socket } = start();
  letIn();
  const asked = link.takeSeat();
  const failed = expect(asked).rejects.toMatchObject({ code: "NO_ANSWER" });
  const beat = setInterval(() => socket().say({ t: "beaten", n: 1, now_ms: 1 }), 1_000);
  await vi.advanceTimersByTimeAsync(ANSWER_WITHIN_MS);
  clearInterval(beat);
  await failed;
});

test("commands of a lost connection fail at once, and so do those asked for meanwhile", async () => {
  const { link, letIn, socket } = start();
  letIn();
  const asked = link.getLink("p1");
  socket().onclose?.({ code: 1006 });
  await expect(asked).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  await expect(link.do({ do: "End" })).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  expect(link.signal({ to: "e" })).toBe(false);
});

test("a silent server is noticed by its missing beats", () => {
  const { letIn, socket, sockets } = start();
  letIn();
  vi.advanceTimersByTime(BEAT_EVERY_MS);
  expect(socket().sent.at(-1)?.t).toBe("beat");
  vi.advanceTimersByTime(DEAD_AFTER_MS + BEAT_EVERY_MS);
  expect(sockets[0]?.closed).toBe(true);
  expect(sockets.length).toBeGreaterThan(1);
});

test("a server that answers its beats is left alone", () => {
  const { letIn, socket, sockets } = start();
  letIn();
  for (let i = 0; i < 20; i++) {
    vi.advanceTimersByTime(BEAT_EVERY_MS);
    socket().say({ t: "beaten", n: i, now_ms: i });
  }
  expect(sockets).toHaveLength(1);
});

test("a socket that opens but is never let in is given up", () => {
  const { socket, sockets } = start();
  socket().onopen?.();
  vi.advanceTimersByTime(WELCOME_WITHIN_MS + 1_000);
  expect(sockets[0]?.closed).toBe(true);
  expect(sockets).toHaveLength(2);
});

test("a link that is not valid closes for good, with the server's sentence", () => {
  const { socket, states, sockets } = start();
  socket().onopen?.();
  socket().say({ t: "closed", code: "LINK_EXPIRED", message: "Expired." });
  socket().onclose?.({ code: 4003 });
  vi.advanceTimersByTime(60_000);
  expect(states.at(-1)).toMatchObject({ at: "closed", code: "LINK_EXPIRED", message: "Expired." });
  expect(sockets).toHaveLength(1);
});

test("the end of the session brings its duration", () => {
  const { letIn, socket, states } = start();
  letIn();
  socket().say({ t: "closed", code: "SESSION_ENDED", message: "Over.", duration_ms: 5_000 });
  socket().onclose?.({ code: 4003 });
  expect(states.at(-1)).toMatchObject({ at: "closed", durationMs: 5_000 });
});

test("after a final close only the person's own act begins again", () => {
  const { link, letIn, socket, sockets } = start();
  letIn();
  socket().say({ t: "closed", code: "SEAT_TAKEN", message: "Moved." });
  socket().onclose?.({ code: 4001 });
  link.poke();
  vi.advanceTimersByTime(60_000);
  expect(sockets).toHaveLength(1);
  link.restart();
  expect(sockets).toHaveLength(2);
});

test("when the network comes back nobody waits for the timer", () => {
  const { link, letIn, socket, sockets } = start();
  letIn();
  socket().onclose?.({ code: 1006 });
  link.poke();
  expect(sockets).toHaveLength(2);
});

test("a page that wakes up finds out quickly whether its socket still lives", () => {
  const { link, letIn, sockets } = start();
  letIn();
  link.poke();
  vi.advanceTimersByTime(PROBE_WITHIN_MS);
  expect(sockets[0]?.closed).toBe(true);
});

test("what is no message of ours changes nothing", () => {
  const { letIn, socket, messages } = start();
  letIn();
  for (const data of ["", "{", "[]", '{"t":"other"}', '{"t":7}', new ArrayBuffer(4)]) {
    socket().onmessage?.({ data });
  }
  expect(messages).toHaveLength(2);
});

test("a late message of an abandoned socket is not heard", () => {
  const { link, letIn, sockets, messages } = start();
  letIn();
  const old = sockets[0]?.onmessage;
  link.restart();
  old?.({ data: JSON.stringify({ t: "change", seq: 2 }) });
  expect(messages).toHaveLength(2);
});

import { expect, test, vi } from "vitest";
import { CAPTION_SHOWN_MS, CAPTIONS_KEPT, shown } from "../src/call/captions.ts";
import { Talk } from "../src/call/talk.ts";
import { Refusal } from "../src/link/link.ts";
import type { Caption, Chat } from "../src/protocol/types.ts";

const chat = (id: string, more: Partial<Chat> = {}): Chat => ({
  t: "chat",
  id,
  person: "b",
  to: "everyone",
  text: "Hello",
  at_ms: 1,
  ...more,
});
const caption = (id: string): Caption => ({
  t: "caption",
  id,
  person: "b",
  text: `words ${id}`,
  at_ms: 1,
  name: null,
});

function start(answer: () => Promise<unknown> = async () => undefined) {
  const asked = vi.fn(answer);
  const talk = new Talk({ do: asked, onChange: () => undefined });
  return { talk, asked };
}

test("what is written is under way until the server took it", async () => {
  const { talk, asked } = start();
  const saying = talk.say("everyone", "Hello");
  expect(talk.state.outgoing).toMatchObject([{ text: "Hello", failed: null }]);
  await saying;
  expect(asked).toHaveBeenCalledExactlyOnceWith({ do: "SendChat", to: "everyone", text: "Hello" });
  expect(talk.state.outgoing).toEqual([]);
});

test("without a connection nothing is lost, and the same message goes out at the second try", async () => {
  let connected = false;
  const { talk } = start(async () => {
    if (!connected) throw new Refusal("NOT_CONNECTED", "not connected");
  });
  await talk.say("everyone", "Hello");
  const [kept] = talk.state.outgoing;
  expect(kept?.failed?.code).toBe("NOT_CONNECTED");
  connected = true;
  await talk.say("everyone", "Hello", kept?.key);
  expect(talk.state.outgoing).toEqual([]);
});

test("an answer that got lost is made up for by the message itself", async () => {
  const { talk } = start(async () => {
    throw new Refusal("NO_ANSWER", "no answer");
  });
  await talk.say("everyone", "Hello");
  talk.receive(chat("1", { person: "me" }), "me");
  expect(talk.state.outgoing).toEqual([]);
  expect(talk.state.chat).toHaveLength(1);
});

test("a message that comes twice is one line, and removes nothing that is under way", async () => {
  const { talk } = start(() => new Promise(() => undefined));
  talk.receive(chat("1", { person: "me" }), "me");
  void talk.say("everyone", "Hello");
  talk.receive(chat("1", { person: "me", earlier: true }), "me");
  expect(talk.state.chat).toHaveLength(1);
  expect(talk.state.outgoing).toHaveLength(1);
});

test("the last few captions are kept, each once and for some seconds; they end with the call", () => {
  const { talk } = start();
  for (const id of ["1", "2", "2", "3", "4"]) talk.receive(caption(id), "me");
  expect(talk.state.captions.map(({ id }) => id)).toEqual(["2", "3", "4"]);
  expect(talk.state.captions).toHaveLength(CAPTIONS_KEPT);
  const came = talk.state.captions[0]?.cameMs ?? 0;
  expect(shown(talk.state.captions, came)).toHaveLength(3);
  expect(shown(talk.state.captions, came + CAPTION_SHOWN_MS + 1_000)).toHaveLength(0);
  talk.hush();
  expect(talk.state.captions).toEqual([]);
});

test("another visit begins without what was read before, and keeps what was not sent", async () => {
  const { talk } = start(async () => {
    throw new Refusal("NOT_CONNECTED", "x");
  });
  talk.receive(chat("1"), "me");
  await talk.say("everyone", "Still here");
  talk.clear();
  expect(talk.state.chat).toEqual([]);
  expect(talk.state.outgoing).toHaveLength(1);
});

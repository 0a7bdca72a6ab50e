import { expect, test, vi } from "vitest";
import { person } from "../gallery/rows.ts";
import { Mesh } from "../src/call/mesh.ts";
import type { Peer, PeerOptions } from "../src/call/peer.ts";
import type { Ice, LinkRow } from "../src/protocol/types.ts";

const link = (endpoint: string): LinkRow => ({
  endpoint,
  polite: true,
  offers: true,
  agent: "browser",
});
const ICE: Ice = {
  t: "ice",
  servers: [{ urls: ["turn:x"], username: "u", credential: "c" }],
  relay_only: true,
  expires_at_ms: 0,
};

function start() {
  const made: {
    options: PeerOptions;
    close: () => void;
    receive: () => void;
    widen: () => void;
  }[] = [];
  const mesh = new Mesh({
    send: () => true,
    onChange: () => undefined,
    makePeer: (options) => {
      const peer = {
        endpoint: options.link.endpoint,
        options,
        state: "connecting",
        close: vi.fn(),
        receive: vi.fn(),
        configure: vi.fn(),
        setTracks: vi.fn(),
        resend: vi.fn(),
        setPlan: vi.fn(),
        widen: vi.fn(),
        track: () => null,
      };
      made.push(peer);
      return peer as unknown as Peer;
    },
  });
  return { mesh, made };
}

test("no peer is built before the ICE servers are known", () => {
  const { mesh, made } = start();
  mesh.reconcile([person("a", { link: link("e1") })]);
  expect(made).toHaveLength(0);
  mesh.setIce(ICE);
  mesh.reconcile([person("a", { link: link("e1") })]);
  expect(made[0]?.options.configuration).toMatchObject({ iceTransportPolicy: "relay" });
});

test("the same rows again change nothing, so a resumed socket costs no picture", () => {
  const { mesh, made } = start();
  mesh.setIce(ICE);
  mesh.reconcile([person("a", { link: link("e1") })]);
  mesh.reconcile([person("a", { link: link("e1") })]);
  expect(made).toHaveLength(1);
});

test("a new endpoint is a new peer, and the old one is closed", () => {
  const { mesh, made } = start();
  mesh.setIce(ICE);
  mesh.reconcile([person("a", { link: link("e1") })]);
  mesh.reconcile([person("a", { link: link("e2") })]);
  expect(made[0]?.close).toHaveBeenCalledOnce();
  expect(made[1]?.options.link.endpoint).toBe("e2");
});

test("who has no link any more is disconnected", () => {
  const { mesh, made } = start();
  mesh.setIce(ICE);
  mesh.reconcile([person("a", { link: link("e1") })]);
  mesh.reconcile([person("a")]);
  expect(made[0]?.close).toHaveBeenCalledOnce();
  expect(mesh.peers.size).toBe(0);
});

test("who comes into a group begins with a part of the line", () => {
  const { mesh, made } = start();
  mesh.setIce(ICE);
  mesh.reconcile(["a", "b", "c", "d"].map((id) => person(id, { link: link(id) })));
  expect(made.map(({ options }) => options.plan)).toEqual(Array(4).fill("shared"));
});

test("who shares a screen is given room for it, also by a page that comes to it later", () => {
  const { mesh, made } = start();
  mesh.setIce(ICE);
  mesh.reconcile([person("a", { link: link("e1") })]);
  expect(made[0]?.widen).not.toHaveBeenCalled();
  const shares = { publications: [{ source: "screen" as const, muted: false }] };
  mesh.reconcile([person("a", { link: link("e1"), ...shares })]);
  expect(made[0]?.widen).toHaveBeenCalled();
  mesh.reconcile([person("a", { link: link("e2"), ...shares })]);
  expect(made[1]?.widen).toHaveBeenCalled();
});

test("an offer that overtakes its row is kept for the peer", () => {
  const { mesh, made } = start();
  mesh.setIce(ICE);
  mesh.receive({ t: "signaled", sender: "e1", description: { type: "offer", sdp: "x" } });
  mesh.reconcile([person("a", { link: link("e1") })]);
  expect(made[0]?.receive).toHaveBeenCalledWith({ type: "offer", sdp: "x" }, []);
});

test("signals of endless unknown endpoints are not hoarded", () => {
  const { mesh, made } = start();
  mesh.setIce(ICE);
  for (let i = 0; i < 10_000; i++) mesh.receive({ t: "signaled", sender: `e${i}` });
  mesh.reconcile([person("a", { link: link("e9999") })]);
  expect(made[0]?.receive).not.toHaveBeenCalled();
});

test("another address of one's own is another stint: peers begin anew, and say which stint they are of", () => {
  const { mesh, made } = start();
  mesh.setIce(ICE);
  mesh.setOwn("me1");
  mesh.reconcile([person("a", { link: link("e1") })]);
  mesh.setOwn("me2");
  mesh.reconcile([person("a", { link: link("e1") })]);
  expect(made[0]?.close).toHaveBeenCalledOnce();
  expect(made).toHaveLength(2);
  expect(made.map(({ options }) => options.send({ to: "e1" }))).toEqual([true, true]);
});

test("a fourth person makes every picture smaller, and their leaving makes it large again", () => {
  const { mesh, made } = start();
  mesh.setIce(ICE);
  const others = ["a", "b", "c"].map((id) => person(id, { link: link(id) }));
  mesh.reconcile(others.slice(0, 2));
  mesh.reconcile(others);
  const [first] = made as unknown as { setPlan: ReturnType<typeof vi.fn> }[];
  expect(first?.setPlan).toHaveBeenLastCalledWith("shared");
  mesh.reconcile(others.slice(0, 2));
  expect(first?.setPlan).toHaveBeenLastCalledWith("full");
});

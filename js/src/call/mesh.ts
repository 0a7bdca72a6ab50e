// All peers of this seat: one for each row with a link, built, rebuilt and closed as the rows say.
// It plays nothing and asks the server for nothing.
import type { Ice, LinkRow, Signal, Signaled } from "../protocol/types.ts";
import { isOn, type Person } from "../store/rows.ts";
import { Peer, type PeerOptions, type Tracks } from "./peer.ts";
import type { Remote } from "./room.ts";
import { type Plan, planOf } from "./sending.ts";

const MAX_HELD_ENDPOINTS = 32;
const MAX_HELD_SIGNALS = 64;

export interface MeshOptions {
  send(signal: Omit<Signal, "t">): boolean;
  onChange(): void;
  makePeer?: (options: PeerOptions) => Peer;
}

export class Mesh {
  readonly #options: MeshOptions;
  readonly #peers = new Map<string, Peer>();
  /** Signals of seats whose row, or whose ICE servers, are still to come. */
  readonly #held = new Map<string, Signaled[]>();
  #configuration: RTCConfiguration | null = null;
  #tracks: Tracks = { audio: null, video: null };
  #own: string | null = null;
  #thrifty = false;
  #plan: Plan = "full";

  constructor(options: MeshOptions) {
    this.#options = options;
  }

  get ready(): boolean {
    return this.#configuration !== null;
  }

  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers;
  }

  setIce(ice: Ice): void {
    this.#configuration = {
      iceServers: ice.servers.map((server) => ({
        urls: [...server.urls],
        ...(server.username != null ? { username: server.username } : {}),
        ...(server.credential != null ? { credential: server.credential } : {}),
      })),
      iceTransportPolicy: ice.relay_only ? "relay" : "all",
      bundlePolicy: "max-bundle",
    };
    for (const peer of this.#peers.values()) peer.configure(this.#configuration);
  }

  /** With another address of one's own the others begin anew, so nothing of the old peers is of use. True: it is another. */
  setOwn(endpoint: string | null): boolean {
    if (endpoint === this.#own) return false;
    this.#own = endpoint;
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#held.clear();
    return true;
  }

  setTracks(tracks: Tracks): void {
    const slots = ["audio", "video", "screen", "screenAudio"] as const;
    if (slots.every((slot) => (tracks[slot] ?? null) === (this.#tracks[slot] ?? null))) return;
    this.#tracks = tracks;
    for (const peer of this.#peers.values()) peer.setTracks(tracks);
  }

  /** Low bandwidth: small pictures at a low rate. */
  setThrifty(on: boolean): void {
    this.#thrifty = on;
    this.#share(this.#peers.size);
  }

  /** The line is shared out anew, among so many. */
  #share(others: number): void {
    const plan = planOf(this.#thrifty, others);
    if (plan === this.#plan) return;
    this.#plan = plan;
    for (const peer of this.#peers.values()) peer.setPlan(plan);
  }

  /** Makes the peers be those of the rows. Does nothing before the ICE servers are known. */
  reconcile(people: Iterable<Person>): void {
    if (this.#configuration === null) return;
    const linked = new Map<string, { link: LinkRow; shares: boolean }>();
    for (const person of people) {
      const { id, link } = person;
      if (link !== null) linked.set(id, { link, shares: isOn(person, "screen") });
    }
    for (const [id, peer] of this.#peers) {
      // Another endpoint is another page or seat: nothing of the old connection is of use.
      if (peer.endpoint === linked.get(id)?.link.endpoint) continue;
      peer.close();
      this.#peers.delete(id);
    }
    // Before they are built: then they begin with their part of the line.
    this.#share(linked.size);
    for (const [id, { link, shares }] of linked) {
      const peer = this.#peers.get(id) ?? this.#build(link, this.#configuration);
      this.#peers.set(id, peer);
      if (shares) peer.widen();
    }
  }

  receive(signaled: Signaled): void {
    for (const peer of this.#peers.values()) {
      if (peer.endpoint !== signaled.sender) continue;
      peer.receive(signaled.description ?? null, signaled.candidates ?? []);
      return;
    }
    const held = this.#held.get(signaled.sender) ?? [];
    if (this.#held.size >= MAX_HELD_ENDPOINTS && held.length === 0) return;
    if (held.length < MAX_HELD_SIGNALS) held.push(signaled);
    this.#held.set(signaled.sender, held);
  }

  resend(): void {
    for (const peer of this.#peers.values()) peer.resend();
  }

  /** What a view may see of the peers. Returns `before` itself if nothing changed. */
  remotes(before: ReadonlyMap<string, Remote>): ReadonlyMap<string, Remote> {
    const now = new Map<string, Remote>();
    for (const [id, peer] of this.#peers) {
      const remote = {
        state: peer.state,
        video: peer.track("video"),
        screen: peer.track("screen"),
      };
      const known = before.get(id);
      const same =
        known?.state === remote.state &&
        known.video === remote.video &&
        known.screen === remote.screen;
      now.set(id, same ? known : remote);
    }
    const same = now.size === before.size && [...now].every(([id, r]) => before.get(id) === r);
    return same ? before : now;
  }

  close(): void {
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#held.clear();
    this.#configuration = null;
  }

  #build(link: PeerOptions["link"], configuration: RTCConfiguration): Peer {
    // As of now: what is said later still belongs to this stint.
    const own = this.#own === null ? {} : { own: this.#own };
    const options: PeerOptions = {
      link,
      configuration,
      tracks: this.#tracks,
      plan: this.#plan,
      send: (signal) => this.#options.send({ ...signal, ...own }),
      onChange: this.#options.onChange,
    };
    const peer = (this.#options.makePeer ?? ((o) => new Peer(o)))(options);
    const held = this.#held.get(link.endpoint) ?? [];
    this.#held.delete(link.endpoint);
    for (const { description, candidates } of held) {
      peer.receive(description ?? null, candidates ?? []);
    }
    return peer;
  }
}

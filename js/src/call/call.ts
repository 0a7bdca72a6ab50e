// One session in one page: joins the link, the rows, the own devices, the peers and the sound.
// It follows the rows and holds no rule about who may do what. Views read it through `room.ts`.

import type { Credentials } from "../link/credentials.ts";
import { type Command, Link, type LinkState } from "../link/link.ts";
import type { AnyDownward, Done, Invite, Reissue, TestStep } from "../protocol/types.ts";
import {
  applyChange,
  fromSnapshot,
  ownRow,
  type Person,
  publication,
  type Rows,
} from "../store/rows.ts";
import { Answers, NONE_DECLINED } from "./answers.ts";
import type { Background, PictureProblem } from "./background/choices.ts";
import type { Memory } from "./chosen.ts";
import type { TestLine } from "./connection-test.ts";
import type { Device, Opened } from "./devices.ts";
import { Ear } from "./ear.ts";
import { Local } from "./local.ts";
import { Measuring } from "./measuring.ts";
import { Mesh } from "./mesh.ts";
import { Offering } from "./offering.ts";
import type { Processing } from "./processing.ts";
import { DEVICES } from "./publishing.ts";
import { Gauge, type Quality } from "./quality.ts";
import { onReturn } from "./return.ts";
import { type CallState, ROOM_API, type RoomCall, type RoomCommand } from "./room.ts";
import { Sharing } from "./sharing.ts";
import { hear, Sound } from "./sound.ts";
import { recallStay, rememberStay } from "./stay.ts";
import { Talk } from "./talk.ts";

export interface CallOptions {
  door: CallState["door"];
  url: string;
  credentials: Credentials;
  /** Device choices, between visits. */
  memory: Memory | null;
  /** Whether this page is in the call, and what was on: for a reload. */
  stay: Memory | null;
  stayKey: string;
  /** Address of the background effect's files, ends with a slash. */
  backgrounds: string;
}

export class Call implements RoomCall {
  readonly api = ROOM_API;
  readonly sharing: Sharing;
  readonly talk: Talk;
  readonly #options: CallOptions;
  readonly #link: Link;
  readonly #local: Local;
  readonly #mesh: Mesh;
  readonly #sound: Sound;
  readonly #offering: Offering;
  readonly #listeners = new Set<() => void>();
  readonly #ear: Ear;
  readonly #measuring: Measuring;
  readonly #answers: Answers;
  readonly #gauge = new Gauge();
  readonly #unhook: () => void;
  #state: CallState;
  #active = false;
  /** How many hold the devices for choosing or testing them. */
  #adjusting = 0;
  #onTestStep: ((step: TestStep) => void) | null = null;
  /** The first rows of this page may carry what was published before a reload. */
  #fresh = true;
  /** The page remembers an earlier stay of its own. */
  readonly #returned: boolean;
  #syncing = false;
  #told = false;

  constructor(options: CallOptions) {
    this.#options = options;
    this.#link = new Link({
      url: options.url,
      credentials: options.credentials,
      onMessage: (message) => this.#receive(message),
      onState: (state) => this.#linked(state),
    });
    // First of all: the server answers while the rest is made, and nothing of it arrives before that is done.
    if (options.credentials.any) this.#link.start();
    this.#local = new Local(options.memory, () => this.#sync(), options.backgrounds);
    this.#mesh = new Mesh({
      send: (signal) => this.#link.signal(signal),
      onChange: () => this.#sync(),
    });
    this.#sound = new Sound(() => this.#sync());
    const act = (command: Command) => this.#do(command);
    this.sharing = new Sharing({ do: act, onChange: () => this.#sync() });
    this.#offering = new Offering({ do: act, local: this.#local, onChange: () => this.#sync() });
    this.#ear = new Ear({
      local: this.#local,
      peers: () => this.#mesh.peers,
      state: () => this.#state,
      onChange: (change) => this.#set(change),
    });
    this.#measuring = new Measuring({
      local: this.#local,
      peers: () => this.#mesh.peers,
      live: () => this.#state.rows?.session.phase === "live",
      send: (measured) => this.#link.tell(measured),
    });
    this.#answers = new Answers({ do: act, onChange: (declined) => this.#set({ declined }) });
    this.talk = new Talk({ do: act, onChange: (state) => this.#set(state) });
    this.#state = {
      door: options.door,
      known: options.credentials.any,
      link: this.#link.state,
      rows: null,
      ...this.talk.state,
      local: this.#local.state,
      remotes: new Map(),
      speaking: new Set(),
      mutedTalk: false,
      share: this.sharing.state,
      declined: NONE_DECLINED,
      soundBlocked: false,
      entering: false,
      leaving: false,
      unrecorded: false,
      clockOffsetMs: 0,
    };
    const stay = recallStay(options.stay, options.stayKey);
    this.#returned = stay !== null;
    if (stay !== null) {
      for (const device of DEVICES) this.#local.wish(device, stay.wanted.includes(device));
    }
    this.#unhook = onReturn(() => {
      this.poke();
      void this.#local.revive();
    });
  }

  read(): CallState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async prepare(opened?: Promise<Opened>): Promise<void> {
    for (const device of DEVICES) this.#local.wish(device, true);
    await this.#local.open(true, opened);
    this.#local.meter.wake();
  }

  /** The preview shows its first picture. */
  previewed(): void {
    this.#local.settled();
  }

  async ready(name: string | null): Promise<void> {
    if (name !== null) await this.#do({ do: "SetName", name });
    // This press is also what lets the page play sound later.
    this.turnOnSound();
    const { camera, microphone } = this.#local.state;
    for (const device of DEVICES) this.#local.wish(device, this.#local.state[device].on);
    this.#rememberStay(false);
    await this.#do({
      do: "GetReady",
      camera: camera.on,
      microphone: microphone.on,
    });
  }

  async setOn(device: Device, on: boolean): Promise<void> {
    await this.#local.setOn(device, on);
    this.#rememberStay(this.#active);
  }

  choose(device: Device | "speaker", id: string): Promise<void> {
    return this.#local.choose(device, id);
  }

  resume(): Promise<void> {
    return this.#local.resume();
  }

  get backgrounds(): string {
    return this.#options.backgrounds;
  }

  setBackground(choice: Background): void {
    this.#local.setBackground(choice);
  }

  setOwnPicture(file: Blob): Promise<PictureProblem | null> {
    return this.#local.setOwnPicture(file);
  }

  process(change: Partial<Processing>): Promise<void> {
    return this.#local.process(change);
  }

  async answer(device: Device, yes: boolean): Promise<void> {
    if (yes) await this.setOn(device, true);
    // On, it is an answer by itself; what cannot be switched on is a "not now" too.
    if (this.#local.state[device].on) return;
    this.#answers.decline(device);
    this.#sync();
  }

  quality(): Promise<ReadonlyMap<string, Quality>> {
    return this.#gauge.look(this.#mesh.peers);
  }

  join(name: string | null): Promise<void> {
    return this.#enter(async () => {
      if (name !== null) await this.#do({ do: "SetName", name });
      await this.#local.open();
      await this.#do({ do: "Join" });
    });
  }

  moveHere(): Promise<void> {
    return this.#enter(async () => {
      await this.#local.open();
      await this.#link.takeSeat();
    });
  }

  async leave(): Promise<void> {
    this.#set({ leaving: true });
    this.#rememberStay(false);
    this.#options.credentials.holdsSeat(false);
    this.#sync();
    await this.#sayGoodbye();
  }

  again(): void {
    this.talk.clear();
    this.#set({ leaving: false, rows: null });
    this.#options.credentials.forgetPosition();
    this.#link.restart();
  }

  useHere(): void {
    this.talk.clear();
    this.#set({ leaving: false, rows: null });
    this.#options.credentials.forgetPosition();
    this.#options.credentials.take();
    this.#link.restart();
  }

  poke(): void {
    if (this.#state.known) this.#link.poke();
  }

  turnOnSound(): void {
    this.#sound.turnOn();
    this.#local.meter.wake();
  }

  adjust(on: boolean): void {
    this.#adjusting = Math.max(0, this.#adjusting + (on ? 1 : -1));
    this.#sync();
    if (on) void this.#local.open().then(() => this.#local.meter.wake());
  }

  testSpeaker(): Promise<boolean> {
    return this.#sound.test();
  }

  testLine(): TestLine {
    return {
      send: (message) => this.#link.tell(message),
      listen: (onStep) => {
        this.#onTestStep = onStep;
      },
      tracks: () => {
        const { camera, microphone } = this.#local.state;
        return {
          audio: microphone.on ? microphone.track : null,
          video: camera.on ? camera.track : null,
        };
      },
    };
  }

  chime(): void {
    this.#sound.chime();
  }

  level(): number {
    return this.#local.state.microphone.on ? this.#local.meter.level() : 0;
  }

  async command(command: RoomCommand): Promise<void> {
    await this.#do(command);
  }

  async link(person: string): Promise<string> {
    return (await this.#link.getLink(person)).url ?? "";
  }

  async invite(command: Invite | Reissue): Promise<string> {
    const done = await this.#do(command);
    if (done.url) return done.url;
    return done.person ? this.link(done.person) : "";
  }

  /** The last borrower is gone. */
  close(): void {
    this.#unhook();
    this.#measuring.stop();
    this.#link.stop();
    this.#active = false;
    this.#ear.stop();
    this.#mesh.close();
    this.sharing.drop();
    this.#sound.close();
    this.#local.close();
    this.#listeners.clear();
  }

  async #enter(steps: () => Promise<void>): Promise<void> {
    if (this.#state.entering) return;
    this.#set({ entering: true, leaving: false });
    this.turnOnSound();
    try {
      await steps();
      this.#rememberStay(true);
    } finally {
      this.#set({ entering: false });
      this.#sync();
    }
  }

  async #do(command: Command): Promise<Done> {
    const done = await this.#link.do(command);
    const unrecorded = done.recorded === false;
    if (unrecorded !== this.#state.unrecorded) this.#set({ unrecorded });
    return done;
  }

  async #sayGoodbye(): Promise<void> {
    if (this.#link.state.at !== "open") return; // said with the next snapshot
    try {
      await this.#do({ do: "Leave" });
    } catch {
      // The server lets go by itself when the hold runs out.
    }
    if (this.#options.door === "guest" && this.#state.leaving) this.#link.stop();
  }

  #linked(state: LinkState): void {
    if (state.at === "open") this.#offering.reset();
    this.#set({ link: state });
    // The server lets go of a test whose page it has lost.
    if (state.at !== "open") this.#onTestStep?.({ t: "teststep", at: "over" });
    this.#sync();
    if (state.at === "open") this.#mesh.resend();
  }

  #receive(message: AnyDownward): void {
    switch (message.t) {
      case "welcome":
        this.#set({ clockOffsetMs: message.now_ms - Date.now() });
        return;
      case "snapshot":
        this.#rows(fromSnapshot(message));
        if (this.#state.leaving) void this.#sayGoodbye();
        return;
      case "change":
        if (this.#state.rows !== null) this.#rows(applyChange(this.#state.rows, message));
        return;
      case "ice":
        this.#mesh.setIce(message);
        this.#sync();
        return;
      case "signaled":
        this.#mesh.receive(message);
        return;
      case "teststep":
        this.#onTestStep?.(message);
        return;
      case "chat":
      case "caption":
        this.talk.receive(message, this.#state.rows?.me ?? null);
    }
  }

  #rows(rows: Rows): void {
    const before = this.#state.rows === null ? null : ownRow(this.#state.rows);
    const me = ownRow(rows);
    const host = this.#options.door === "host";
    if (!this.#state.leaving) {
      this.#options.credentials.holdsSeat(host ? rows.seat === "here" : rows.seat !== "elsewhere");
    }
    // At a desk the room goes on after leaving; only the call is over, once the rows say so too.
    const left = host && this.#state.leaving && me?.phase !== "admitted";
    this.#set({ rows, ...(left ? { leaving: false } : {}) });
    if (me !== null) {
      if (this.#fresh) this.#wishAsBefore(me);
      for (const device of this.#offering.forcedOff(before, me)) {
        this.#local.forceOff(device);
      }
      // Another page's share is that page's own.
      if (me.phase === "admitted" && rows.seat === "here") this.sharing.follow(before, me);
    }
    this.#fresh = false;
    this.#sync();
  }

  /** A page that was just opened does as the person did elsewhere: what they had off stays off. */
  #wishAsBefore(me: Person): void {
    const published = me.publications.length > 0;
    // A reload remembers its own wishes; preparing, everything is still to be asked.
    const chosen = this.#options.door === "guest" && me.phase !== "preparing" && !this.#returned;
    if (!published && !chosen) return;
    for (const device of DEVICES) {
      const on = published ? publication(me, device)?.muted === false : me[device] === true;
      this.#local.wish(device, on);
    }
  }

  /** Makes devices, peers and sound be what the rows say. Safe to call at any time, from anywhere. */
  #sync(): void {
    if (this.#syncing) {
      this.#told = true;
      return;
    }
    this.#syncing = true;
    try {
      do {
        this.#told = false;
        this.#syncOnce();
      } while (this.#told);
    } finally {
      this.#syncing = false;
    }
    this.#set({
      local: this.#local.state,
      remotes: this.#mesh.remotes(this.#state.remotes),
      share: this.sharing.state,
      soundBlocked: this.#sound.blocked,
    });
  }

  #syncOnce(): void {
    const { rows, link, leaving, entering } = this.#state;
    const me = rows === null ? null : ownRow(rows);
    const over = link.at === "closed" || leaving || rows?.session.phase === "ended";
    const active =
      !over && rows !== null && me?.phase === "admitted" && rows.seat === "here" && !entering;
    const preparing = !over && me?.phase === "preparing";
    const adjusting = this.#adjusting > 0 && !over;
    if (!active && !preparing && !entering && !adjusting) this.#local.release();
    if (active !== this.#active) {
      this.#active = active;
      this.#offering.reset();
      if (active) {
        this.#rememberStay(true);
        void this.#local.open();
        this.#ear.start();
        this.#measuring.start();
      } else {
        this.#measuring.stop();
        this.#ear.stop();
        this.#mesh.close();
        this.sharing.drop();
        this.#sound.keepOnly(new Set());
        this.talk.hush();
      }
    }
    // In the order of the messages: what comes after a new address of one's own is meant for it, and is
    // kept until the devices are open.
    const anew = this.#mesh.setOwn(rows?.endpoint ?? null);
    // A whole pause may fit into a lost connection: then nothing that was offered before it counts.
    if (anew) this.#offering.reset();
    this.#sound.setSpeaker(this.#local.state.speakerId);
    if (!active || rows === null || me === null) return;
    const { camera, microphone } = this.#local.state;
    const { at, track: screen, audio: screenAudio } = this.sharing.state;
    this.#mesh.setTracks({
      audio: microphone.track,
      video: camera.track,
      ...(at === "on" ? { screen, screenAudio } : {}),
    });
    this.#mesh.setThrifty(this.#local.state.processing.lowBandwidth);
    this.#mesh.reconcile(rows.people.values());
    hear(this.#sound, this.#mesh.peers, rows);
    this.#answers.follow(me, link.at === "open");
    if (link.at === "open") this.#offering.tell(me, () => this.#state.link.at === "open");
  }

  #rememberStay(inCall: boolean): void {
    const wanted = DEVICES.filter((device) => this.#local.state[device].wanted);
    rememberStay(this.#options.stay, this.#options.stayKey, { inCall, wanted });
  }

  #set(change: Partial<CallState>): void {
    const before = this.#state;
    const entries = Object.entries(change) as [keyof CallState, unknown][];
    if (entries.every(([key, value]) => before[key] === value)) return;
    this.#state = { ...before, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}

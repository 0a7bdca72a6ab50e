// What this page's own camera and microphone do: wanted, on, or why not. Stops tracks for real.
// It does not know the session; `call.ts` says when devices may be held.
import { Backdrop } from "./background/backdrop.ts";
import { type Background, type PictureProblem, recalled } from "./background/choices.ts";
import { type Chosen, type Memory, recallChosen, rememberChosen } from "./chosen.ts";
import {
  calmReactions,
  type Device,
  type DeviceLists,
  isGranted,
  list,
  NO_DEVICES,
  type Opened,
  obstacle,
  open,
  stopAll,
  type Wishes,
  watchPermission,
} from "./devices.ts";
import { newsOf, sameName } from "./hotplug.ts";
import { Meter } from "./level.ts";
import { type LocalState, OFF, type SourceState } from "./local-state.ts";
import { applySound, type Processing, recallProcessing, rememberProcessing } from "./processing.ts";

/** A device that stops is opened again by itself, but not over and over. */
const REOPEN_ONCE_IN_MS = 10_000;

/** Chromium mutes a camera after 25 missed pictures, not a second; a phone call is longer. */
const SILENCED_AFTER_MS = 3_000;

/** A picture that does not come holds nothing up for longer. */
const PICTURE_WITHIN_MS = 500;

export class Local {
  readonly meter = new Meter();
  readonly #memory: Memory | null;
  readonly #onChange: () => void;
  #state: LocalState;
  /** Grows with each release, so that a late answer of the browser is thrown away. */
  #stint = 0;
  #listening = false;
  #settleTimer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: (() => void) | null = null;
  /** What the person chose. */
  #chosen: Chosen;
  /** Being opened anew, and to be opened anew after that. */
  readonly #reopening = new Set<Device>();
  readonly #due = new Set<Device>();
  readonly #reopenedMs = new Map<Device, number>();
  readonly #backdrop: Backdrop;
  /** The camera itself, which only `Backdrop` may show. */
  #camera: MediaStreamTrack | null = null;

  /** `folder`: address of the background effect's files. */
  constructor(memory: Memory | null, onChange: () => void, folder = "") {
    this.#memory = memory;
    this.#onChange = onChange;
    const chosen = recallChosen(memory);
    const problem = obstacle();
    this.#state = {
      camera: { ...OFF, problem, deviceId: chosen.camera ?? null },
      microphone: { ...OFF, problem, deviceId: chosen.microphone ?? null },
      lists: NO_DEVICES,
      speakerId: chosen.speaker ?? null,
      processing: recallProcessing(memory),
      calm: false,
      settling: false,
      news: null,
      background: { choice: "none", phase: "off", problem: null, ownUrl: null },
    };
    this.#chosen = chosen;
    this.#backdrop = new Backdrop({
      folder,
      choice: recalled(chosen.background),
      onChange: () => this.#behind(),
      onStopped: () => this.#unshown(),
    });
    this.#state = { ...this.#state, background: this.#backdrop.state };
  }

  get state(): LocalState {
    return this.#state;
  }

  /** Sets wishes without opening anything. */
  wish(device: Device, wanted: boolean): void {
    this.#set(device, { wanted });
  }

  /**
   * Opens whatever is wanted and not on. `preview`: somebody waits to see themselves; `settled` says that they do.
   * `opened`: both devices were asked for before; taken where both are wanted, else stopped.
   */
  async open(preview = false, opened?: Promise<Opened>): Promise<void> {
    const wishes = this.#missing();
    const { camera, microphone } = wishes;
    if (camera.wanted && microphone.wanted) return this.#open(wishes, preview, opened);
    if (opened !== undefined) stopAll(await opened);
    if (camera.wanted || microphone.wanted) await this.#open(wishes, preview);
  }

  /** The preview shows its picture: now the rest that takes the machine's time. */
  settled(): void {
    if (!this.#state.settling) return;
    clearTimeout(this.#settleTimer);
    this.#state = { ...this.#state, settling: false };
    this.#onChange();
    this.meter.listen(this.#state.microphone.track);
    void this.#relist();
  }

  /** One's own act, at once: a muted microphone keeps its device, a stopped camera lets it go. */
  async setOn(device: Device, on: boolean): Promise<void> {
    this.#set(device, { wanted: on, ...(on ? { forcedOff: false } : {}) });
    const { track } = this.#state[device];
    if (device === "camera") this.#backdrop.settle();
    if (!on) {
      if (device === "microphone" && track !== null) track.enabled = false;
      else this.#stop(device);
      // "Off" is an answer to whatever kept it from being on.
      this.#set(device, { on: false, problem: null });
    } else if (device === "microphone" && track !== null && track.readyState === "live") {
      track.enabled = true;
      this.#set(device, { on: true, problem: null });
    } else {
      await this.#open({
        camera: { wanted: device === "camera", id: this.#state.camera.deviceId },
        microphone: { wanted: device === "microphone", id: this.#state.microphone.deviceId },
      });
    }
  }

  /** A provider muted this microphone or stopped this camera. */
  forceOff(device: Device): void {
    void this.setOn(device, false);
    this.#set(device, { forcedOff: true });
  }

  async choose(device: Device | "speaker", id: string): Promise<void> {
    this.#mean(device, id);
    if (device === "speaker") return;
    const { track, problem, opening } = this.#state[device];
    if (track !== null || opening || this.#reopening.has(device)) await this.#reopen(device);
    else if (problem !== null) await this.setOn(device, true);
  }

  /** Another background, or none. The room is shown by `none` alone. */
  setBackground(choice: Background): void {
    this.#backdrop.choose(choice);
    this.#chosen = { ...this.#chosen, background: this.#backdrop.state.choice };
    rememberChosen(this.#memory, this.#chosen);
    const camera = this.#camera;
    if (camera === null || this.#state.camera.track === null) return;
    this.#set("camera", { track: this.#backdrop.cover(camera) });
  }

  /** A picture of the person's own; once it is taken, it is the background. Why not, or `null`. */
  async setOwnPicture(file: Blob): Promise<PictureProblem | null> {
    const problem = await this.#backdrop.take(file);
    if (problem === null) this.setBackground("own");
    return problem;
  }

  /** Noise suppression and the like, at once and for the next visits. */
  async process(change: Partial<Processing>): Promise<void> {
    const processing = { ...this.#state.processing, ...change };
    rememberProcessing(this.#memory, processing);
    this.#state = { ...this.#state, processing };
    this.#onChange();
    const { track } = this.#state.microphone;
    if (track === null || (await applySound(track, processing))) return;
    if (this.#state.microphone.track === track) await this.#reopen("microphone");
  }

  /** Takes back what the system paused. Call it from a click. */
  async resume(): Promise<void> {
    await Promise.all(
      (["camera", "microphone"] as const)
        .filter((device) => this.#state[device].silenced)
        .map((device) => this.#reopen(device)),
    );
  }

  /**
   * As it is now, on or muted: nobody is heard for a moment because of another choice. What is chosen while this is
   * under way is opened after it.
   */
  async #reopen(device: Device): Promise<void> {
    this.#due.add(device);
    // Whoever opens it now sees to it.
    if (this.#reopening.has(device) || this.#state[device].opening) return;
    this.#reopening.add(device);
    const stint = this.#stint;
    const nothing = { wanted: false, id: null };
    try {
      while (stint === this.#stint && this.#due.delete(device)) {
        const again = { wanted: true, id: this.#state[device].deviceId };
        this.#stop(device);
        await this.#open({ camera: nothing, microphone: nothing, [device]: again });
      }
    } finally {
      this.#reopening.delete(device);
    }
  }

  /** The page is in front again: what the device took away meanwhile is opened, where nobody has to be asked. */
  async revive(): Promise<void> {
    const stint = this.#stint;
    for (const device of ["camera", "microphone"] as const) {
      const { had, wanted, opening, silenced } = this.#state[device];
      if (silenced && (await isGranted(device)) && this.#state[device].silenced) {
        await this.#reopen(device);
        continue;
      }
      const dead = this.#opened(device)?.readyState === "ended";
      if (had && wanted && !opening && dead && stint === this.#stint) await this.#ended(device);
    }
  }

  /** Camera and microphone really stop; the wishes stay for the next time. */
  release(): void {
    this.#stint++;
    this.#due.clear();
    const problem = obstacle();
    for (const device of ["camera", "microphone"] as const) {
      const source = this.#state[device];
      const idle = source.track === null && !source.had && !source.opening;
      if (idle && source.problem === problem) continue;
      this.#stop(device);
      // What failed before may work next time; if not, it is said again.
      this.#set(device, { on: false, had: false, opening: false, forcedOff: false, problem });
    }
    this.settled();
  }

  close(): void {
    this.release();
    this.#backdrop.close();
    this.meter.close();
    this.#unwatch?.();
    if (this.#listening) {
      navigator.mediaDevices.removeEventListener("devicechange", this.#relist);
    }
  }

  #missing(): Wishes {
    const of = (device: Device) => {
      const source = this.#state[device];
      return { wanted: source.wanted && !source.on && !source.opening, id: source.deviceId };
    };
    return { camera: of("camera"), microphone: of("microphone") };
  }

  async #open(wishes: Wishes, preview = false, before?: Promise<Opened>): Promise<void> {
    const stint = this.#stint;
    this.#unwatch ??= watchPermission((device) => this.#permitted(device));
    const devices = (["camera", "microphone"] as const).filter((device) => wishes[device].wanted);
    for (const device of devices) this.#set(device, { opening: true, problem: null });
    const opened = await (before ?? open(wishes, this.#state.processing));
    const pictured = opened.camera !== null && typeof opened.camera !== "string";
    if (preview && pictured && stint === this.#stint) {
      this.#state = { ...this.#state, settling: true };
      this.#settleTimer = setTimeout(() => this.settled(), PICTURE_WITHIN_MS);
    }
    for (const device of devices) {
      const result = opened[device];
      if (result === null) continue;
      if (typeof result === "string") {
        if (stint === this.#stint) {
          this.#set(device, { opening: false, problem: result, on: false });
        }
      } else if (stint !== this.#stint) {
        result.stop();
      } else {
        this.#have(device, result);
      }
    }
    if (this.#camera === null) this.settled();
    if (!this.#state.settling) void this.#relist();
    // Another one was chosen while this one was being opened.
    for (const device of devices) {
      if (this.#due.has(device) && !this.#reopening.has(device)) await this.#reopen(device);
    }
  }

  #have(device: Device, track: MediaStreamTrack): void {
    this.#stop(device);
    track.onended = () => {
      if (this.#opened(device) === track) void this.#ended(device);
    };
    track.onmute = track.onunmute = () => this.#heed(device, track);
    // Switched off while the browser was still asking.
    const { wanted } = this.#state[device];
    if (!wanted && device === "camera") {
      track.onended = null;
      track.stop();
      this.#set(device, { opening: false, had: true, on: false });
      return;
    }
    track.enabled = wanted;
    if (device === "camera") this.#camera = track;
    const shown = device === "camera" ? this.#backdrop.cover(track) : track;
    this.#set(device, { track: shown, had: true, opening: false, on: wanted, problem: null });
    if (track.muted) this.#heed(device, track);
    const id = track.getSettings?.().deviceId;
    // Another one was chosen meanwhile, and comes next.
    const next = this.#due.has(device);
    if (id !== undefined && id !== "" && !next) this.#set(device, { deviceId: id });
    if (device === "camera") void this.#calm(track);
    else if (!this.#state.settling) this.meter.listen(track);
  }

  /** The system paused it, or gives again. A busy machine lets a camera stand still for a moment: that is no pause. */
  #heed(device: Device, track: MediaStreamTrack): void {
    if (this.#opened(device) !== track) return;
    if (!track.muted) {
      if (this.#state[device].silenced) this.#set(device, { silenced: false });
      return;
    }
    setTimeout(() => {
      const still = this.#opened(device) === track && track.muted;
      if (still && !this.#state[device].silenced) this.#set(device, { silenced: true });
    }, SILENCED_AFTER_MS);
  }

  async #calm(track: MediaStreamTrack): Promise<void> {
    const calm = await calmReactions(track);
    if (this.#camera !== track || calm === this.#state.calm) return;
    this.#state = { ...this.#state, calm };
    this.#onChange();
  }

  /** Allowed in the browser's settings after all: what was refused is opened, without a reload. */
  #permitted(device: Device): void {
    const { wanted, opening, problem } = this.#state[device];
    const refused = problem === "blocked" || problem === "dismissed" || problem === "system";
    if (refused && wanted && !opening) void this.setOn(device, true);
  }

  /**
   * The browser ended it: unplugged, taken by a phone call, or lost while the machine slept. Where nobody has to be
   * asked it is opened again; what was switched off anyway stays so without a word.
   */
  async #ended(device: Device): Promise<void> {
    const stint = this.#stint;
    const lost = this.#opened(device)?.label;
    this.#stop(device);
    this.#set(device, { on: false });
    if (!this.#state[device].wanted) return;
    const before = this.#reopenedMs.get(device);
    const recently = before !== undefined && performance.now() - before < REOPEN_ONCE_IN_MS;
    if (!recently && (await isGranted(device))) {
      if (stint !== this.#stint || !this.#state[device].wanted) return;
      this.#reopenedMs.set(device, performance.now());
      await this.setOn(device, true);
      const now = this.#opened(device);
      if (now !== null && now.label !== "" && now.label !== lost) {
        const news = { kind: "changed" as const, device, label: now.label, atMs: Date.now() };
        this.#state = { ...this.#state, news };
        this.#onChange();
      }
    }
    const { track, wanted, problem } = this.#state[device];
    if (stint !== this.#stint || track !== null || !wanted) return;
    // It was there a moment ago, so "there is none" is not the word for it.
    const named = problem === null || problem === "missing" || problem === "unknown";
    this.#set(device, { wanted: false, problem: named ? "gone" : problem });
  }

  #stop(device: Device): void {
    const track = this.#opened(device);
    if (track === null) return;
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
    if (device === "microphone") {
      this.meter.listen(null);
    } else {
      this.#camera = null;
      this.#backdrop.uncover();
    }
    this.#set(device, { track: null, silenced: false });
  }

  /** The device's own track, which for a camera is not always the one that is shown. */
  #opened(device: Device): MediaStreamTrack | null {
    return device === "camera" ? this.#camera : this.#state.microphone.track;
  }

  #behind(): void {
    this.#state = { ...this.#state, background: this.#backdrop.state };
    this.#onChange();
  }

  /** The background failed: the camera goes off, and the person decides what comes next. */
  #unshown(): void {
    this.#stop("camera");
    this.#set("camera", { on: false, wanted: false });
  }

  #relist = async (): Promise<void> => {
    if (obstacle() !== null) return;
    if (!this.#listening) {
      this.#listening = true;
      navigator.mediaDevices.addEventListener("devicechange", this.#relist);
    }
    const lists = await list();
    // Only now: the state may have changed while the browser was asked.
    const [last] = newsOf(this.#state.lists, lists)
      .filter(({ kind, device }) => kind !== "changed" || this.#follows(device))
      .slice(-1);
    const news = last === undefined ? this.#state.news : { ...last, atMs: Date.now() };
    this.#state = { ...this.#state, lists, news, speakerId: this.#speaker(lists) };
    this.#onChange();
    await this.#findAgain();
  };

  /** The chosen speaker while it is there, else the system's: nobody is to hear nothing because a headset went. */
  #speaker({ speakers }: DeviceLists): string | null {
    const { speaker } = this.#chosen;
    const there = speakers.length === 0 || speakers.some(({ id }) => id === speaker);
    return speaker !== undefined && there ? speaker : null;
  }

  /** Whether the system's choice is what is used. */
  #follows(device: Device | "speaker"): boolean {
    const id = device === "speaker" ? this.#state.speakerId : this.#state[device].deviceId;
    return id === null || id === "" || id === "default";
  }

  /** Uses a chosen device that the browser lists under another id now. */
  async #findAgain(): Promise<void> {
    const { lists } = this.#state;
    const { camera, microphone, speaker, labels } = this.#chosen;
    const found = [
      ["camera", sameName(lists.cameras, camera, labels.camera)],
      ["microphone", sameName(lists.microphones, microphone, labels.microphone)],
      ["speaker", sameName(lists.speakers, speaker, labels.speaker)],
    ] as const;
    for (const [device, id] of found) {
      if (id === null) continue;
      this.#mean(device, id);
      // What is off, or was lost, is not switched on by a cable.
      if (device !== "speaker" && this.#state[device].track !== null) await this.#reopen(device);
    }
  }

  /** From now on it is this one, whenever it is opened. */
  #mean(device: Device | "speaker", id: string): void {
    this.#remember(device, id);
    if (device !== "speaker") {
      this.#set(device, { deviceId: id });
      return;
    }
    this.#state = { ...this.#state, speakerId: id };
    this.#onChange();
  }

  #remember(device: Device | "speaker", id: string): void {
    const { lists } = this.#state;
    const of = { camera: lists.cameras, microphone: lists.microphones, speaker: lists.speakers };
    const label = of[device].find((choice) => choice.id === id)?.label;
    const labels = { ...this.#chosen.labels, [device]: label };
    this.#chosen = { ...this.#chosen, [device]: id, labels };
    rememberChosen(this.#memory, this.#chosen);
  }

  #set(device: Device, change: Partial<SourceState>): void {
    this.#state = { ...this.#state, [device]: { ...this.#state[device], ...change } };
    this.#onChange();
  }
}

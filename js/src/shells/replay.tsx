// The anywidget module of `Replay`: asks the kernel for the record, and shares time, speed, range with Python.
// The record comes as a message when a page asks for it: it is never part of the model, so no notebook saves it.
import { effect } from "@preact/signals";
import { render as renderInto } from "preact";
import "../styles/index.ts";
import "../styles/replay-timeline.css";
import "../styles/replay-panel.css";
import "../styles/replay.css";
import type { ReplayComment, ReplayData } from "../protocol/types.ts";
import { clamp, FASTEST, rangeOf, SLOWEST } from "../replay/playback.ts";
import { Recording, VERSION } from "../replay/recording.ts";
import { type ReplayStore, replayStore } from "../store/replay.ts";
import { pick } from "../strings/index.ts";
import { wordsFor } from "../strings/replay/index.ts";
import { openReplay, run } from "../ui/replay/context.tsx";
import { Replay } from "../ui/replay/Replay.tsx";

type Trait = "time" | "selection" | "speed" | "playing";

interface Model {
  get(name: Trait): unknown;
  set(name: Trait, value: unknown): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, listener: (...args: never[]) => void): void;
  off(event: string, listener: (...args: never[]) => void): void;
}

interface Props {
  model: Model;
  el: HTMLElement;
  signal?: AbortSignal;
}

/** How often Python hears of the time while it goes on, ms. */
const TELL_EVERY_MS = 200;
/** After that long without an answer, say what to do, ms. The answer may still come. */
const SILENT_AFTER_MS = 8_000;
const ANSWER_WITHIN_MS = 60_000;

/** What the views of one model share: one time, one record. */
class Shared {
  readonly model: Model;
  /** `undefined`: not here yet; `null`: this page cannot show it. */
  recording: Recording | null | undefined;
  store: ReplayStore = replayStore([]);
  readonly #listeners = new Set<() => void>();
  readonly #kept = new Map<number, { keep: () => void; lose: (error: Error) => void }>();
  #undo: (() => void)[] = [];
  #uses = 0;
  #asked = 0;

  constructor(model: Model) {
    this.model = model;
  }

  /** Returns what ends the use. */
  use(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#uses++ === 0) {
      this.model.on("msg:custom", this.#heard);
      this.model.send({ ask: "record" });
    }
    return () => {
      this.#listeners.delete(listener);
      if (--this.#uses > 0) return;
      this.model.off("msg:custom", this.#heard);
      for (const undo of this.#undo.splice(0)) undo();
      this.store.playing.value = false;
      this.recording = undefined;
    };
  }

  keep = (comment: ReplayComment): Promise<void> =>
    new Promise((keep, lose) => {
      const id = ++this.#asked;
      this.#kept.set(id, { keep, lose });
      this.model.send({ ask: "comment", id, comment });
      // A busy kernel answers when its cell is over; one that was killed never does.
      setTimeout(() => {
        if (this.#kept.delete(id)) lose(new Error("no answer"));
      }, ANSWER_WITHIN_MS);
    });

  readonly #heard = (content: { tell?: string; id?: number }, buffers?: readonly DataView[]) => {
    const [bytes] = buffers ?? [];
    if (content.tell === "record" && bytes !== undefined && this.recording === undefined) {
      this.#open(JSON.parse(new TextDecoder().decode(bytes)) as ReplayData);
    } else if (content.tell === "comments" && bytes !== undefined) {
      this.store.comments.value = JSON.parse(new TextDecoder().decode(bytes)) as ReplayComment[];
    } else if (content.tell === "kept" && content.id !== undefined) {
      this.#kept.get(content.id)?.keep();
      this.#kept.delete(content.id);
    } else if (content.tell === "lost" && content.id !== undefined) {
      this.#kept.get(content.id)?.lose(new Error("not kept"));
      this.#kept.delete(content.id);
    }
  };

  #open(data: ReplayData): void {
    if (data.version !== VERSION) {
      this.recording = null;
    } else {
      this.recording = new Recording(data);
      this.store = replayStore(this.recording.comments);
      this.#undo = [follow(this.model, this.store, this.recording), run(this as Ready)];
    }
    for (const listener of this.#listeners) listener();
  }
}

type Ready = Shared & { recording: Recording };

const models = new WeakMap<Model, Shared>();

function sharedOf(model: Model): Shared {
  const known = models.get(model);
  if (known !== undefined) return known;
  const made = new Shared(model);
  models.set(model, made);
  return made;
}

/** Traits and store as one: whoever changed last is right. */
function follow(model: Model, store: ReplayStore, recording: Recording): () => void {
  const { endMs } = recording;
  let told = 0;
  /** What Python was told last; any other value is its own. */
  let sent: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    clearTimeout(timer);
    timer = undefined;
    told = Date.now();
    sent = clamp(store.time.peek(), endMs);
    model.set("time", sent);
    model.save_changes();
  };
  const hear = {
    time: () => {
      const value = Number(model.get("time"));
      if (value === sent) return;
      clearTimeout(timer);
      timer = undefined;
      sent = null;
      store.time.value = clamp(value, endMs);
    },
    selection: () => {
      const value = model.get("selection");
      const [from, to] = Array.isArray(value) ? value : [];
      const range =
        typeof from === "number" && typeof to === "number" ? rangeOf(from, to, endMs) : null;
      const now = store.range.peek();
      if (range?.from !== now?.from || range?.to !== now?.to) store.range.value = range;
    },
    speed: () => {
      const speed = Number(model.get("speed"));
      if (speed >= SLOWEST && speed <= FASTEST) store.speed.value = speed;
    },
    playing: () => {
      store.playing.value = model.get("playing") === true;
    },
  };
  const names = Object.keys(hear) as Trait[];
  for (const name of names) {
    hear[name]();
    model.on(`change:${name}`, hear[name]);
  }
  const share = (name: Trait, value: () => unknown) =>
    effect(() => {
      const now = value();
      if (JSON.stringify(now) === JSON.stringify(model.get(name))) return;
      model.set(name, now);
      model.save_changes();
    });
  const undo = [
    share("selection", () => {
      const range = store.range.value;
      return range === null ? null : [range.from, range.to];
    }),
    share("speed", () => store.speed.value),
    share("playing", () => store.playing.value),
    effect(() => {
      if (clamp(store.time.value, endMs) === model.get("time") || timer !== undefined) return;
      timer = setTimeout(tell, Math.max(0, told + TELL_EVERY_MS - Date.now()));
    }),
  ];
  return () => {
    for (const end of undo) end();
    for (const name of names) model.off(`change:${name}`, hear[name]);
    if (timer !== undefined) tell();
  };
}

function render({ model, el, signal }: Props): () => void {
  const t = pick([document.documentElement.lang, ...navigator.languages]);
  const w = wordsFor(t);
  const shared = sharedOf(model);
  let close = (): void => undefined;
  const say = (sentence: string) =>
    renderInto(
      <div class="telehealth-widget embedded problem" lang={w.language}>
        <p role="status">{sentence}</p>
      </div>,
      el,
    );
  const show = () => {
    clearTimeout(silence);
    close();
    const { recording, store } = shared;
    if (recording == null) {
      say(w.newer);
      return;
    }
    const [replay, stop] = openReplay({ recording, store, t, embedded: true, keep: shared.keep });
    close = stop;
    renderInto(<Replay key={Date.now()} replay={replay} />, el);
  };
  const silence = setTimeout(() => say(w.silent), SILENT_AFTER_MS);
  say(w.loading);
  const done = shared.use(show);
  if (shared.recording !== undefined) show();
  const end = () => {
    clearTimeout(silence);
    renderInto(null, el);
    close();
    close = () => undefined;
    done();
  };
  let ended = false;
  const once = () => {
    if (!ended) end();
    ended = true;
  };
  signal?.addEventListener("abort", once, { once: true });
  return once;
}

export default { render };

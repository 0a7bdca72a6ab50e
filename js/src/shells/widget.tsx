// The anywidget module of `Session`: borrows the page's call of that session and shows the room in an output.
// The model carries only `session_id` and `problem`; everything live comes over the view's own socket.
import { render as renderInto } from "preact";
import "../styles/index.ts";
import { Call } from "../call/call.ts";
import { borrow, type Loan, OtherVersion } from "../call/registry.ts";
import { recallStay } from "../call/stay.ts";
import { Credentials } from "../link/credentials.ts";
import { pick } from "../strings/index.ts";
import { openRoom } from "../ui/context.ts";
import * as inside from "../ui/inside.tsx";
import { Problem } from "../ui/Problem.tsx";
import { Room } from "../ui/Room.tsx";
import { baseUrl } from "./base-url.ts";
import { pageId, socketUrl, storage } from "./page-id.ts";

interface Model {
  get(name: "session_id" | "problem"): unknown;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
}

interface InitializeProps {
  model: Model;
  signal?: AbortSignal;
}

interface RenderProps {
  model: Model;
  el: HTMLElement;
  signal?: AbortSignal;
}

const page = pageId();

function makeCall(session: string): Call {
  const store = storage("sessionStorage");
  const stayKey = `telehealth_widget:${session}:stay`;
  return new Call({
    door: "host",
    url: socketUrl(
      new URL(
        `${baseUrl()}telehealth/sessions/${encodeURIComponent(session)}/socket`,
        location.href,
      ),
    ),
    credentials: new Credentials({
      page,
      store,
      key: `telehealth_widget:${session}`,
      host: true,
      seat: recallStay(store, stayKey)?.inCall ?? false,
    }),
    memory: storage("localStorage"),
    stay: store,
    stayKey,
    backgrounds: new URL(`${baseUrl()}telehealth/assets/background/`, location.href).href,
  });
}

function text(model: Model, name: "session_id" | "problem"): string {
  const value = model.get(name);
  return typeof value === "string" ? value : "";
}

function lend(model: Model): Loan | null {
  const session = text(model, "session_id");
  return session === "" ? null : borrow(session, () => makeCall(session));
}

/** Holds a call for the life of the model, so that a scrolled-away output keeps it. Never waits for the network. */
function initialize({ model, signal }: InitializeProps): () => void {
  let loan: Loan | null = null;
  const change = () => {
    const before = loan;
    try {
      loan = lend(model);
    } catch {
      loan = null; // `render` says why.
    }
    before?.release();
  };
  change();
  model.on("change:session_id", change);
  const end = () => {
    model.off("change:session_id", change);
    loan?.release();
    loan = null;
  };
  signal?.addEventListener("abort", end, { once: true });
  return end;
}

/**
 * The first time that this tab shows a session, its room is brought into sight: "Run All" leaves a notebook at its end.
 * Never again after that, nor if some of it can be seen.
 */
function bringIntoSight(el: HTMLElement, session: string): void {
  const store = storage("sessionStorage");
  const key = `telehealth_widget:${session}:shown`;
  try {
    if (session === "" || store === null || store.getItem(key) !== null) return;
    store.setItem(key, "yes");
  } catch {
    return;
  }
  const look = new IntersectionObserver(([seen]) => {
    look.disconnect();
    if (seen?.isIntersecting === false) el.scrollIntoView({ block: "nearest" });
  });
  look.observe(el);
}

function render({ model, el, signal }: RenderProps): () => void {
  const t = pick([document.documentElement.lang, ...navigator.languages]);
  let undo = (): void => undefined;
  const show = () => {
    undo();
    try {
      const loan = lend(model);
      if (loan === null) {
        renderInto(<Problem t={t} sentence={text(model, "problem")} />, el);
        undo = () => undefined;
        return;
      }
      const [room, stop] = openRoom(loan.call, () => t, true);
      renderInto(<Room key={Date.now()} room={room} inside={inside} />, el);
      bringIntoSight(el, text(model, "session_id"));
      undo = () => {
        stop();
        loan.release();
      };
    } catch (error) {
      if (!(error instanceof OtherVersion)) throw error;
      renderInto(<Problem t={t} sentence={t.lobby.otherVersion} />, el);
      undo = () => undefined;
    }
  };
  show();
  model.on("change:session_id", show);
  model.on("change:problem", show);
  const end = () => {
    model.off("change:session_id", show);
    model.off("change:problem", show);
    renderInto(null, el);
    undo();
    undo = () => undefined;
  };
  signal?.addEventListener("abort", end, { once: true });
  return end;
}

export default { initialize, render };

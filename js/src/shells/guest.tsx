// The guest page: makes the call with the link's token, shows the room. Nothing else.
import { render } from "preact";
import { Call } from "../call/call.ts";
import { stopAll } from "../call/devices.ts";
import { Credentials } from "../link/credentials.ts";
import { en } from "../strings/en.ts";
import type { Strings } from "../strings/index.ts";
import { openRoom } from "../ui/context.ts";
import { Room } from "../ui/Room.tsx";
import { screenOf } from "../ui/screen.ts";
import type { Door } from "./door.tsx";
import { pageId, socketUrl, storage } from "./page-id.ts";
import { takeToken } from "./token.ts";
import { fetchWords, languages, wordsFor } from "./words.ts";

const RESUME_KEY = "telehealth_widget:guest";
const STAY_KEY = "telehealth_widget:guest:stay";
const page = pageId();
/** A file of its own (`assets/stage.js`): nobody needs it before they wait. */
const inside = () => import("../ui/inside.tsx");
let close: (() => void) | null = null;

const best = (invited: string | null) =>
  invited === null ? languages() : [invited, ...languages()];

/** The invitation's language first, then the browser's; the page itself says which it is. */
function choose(invited: string | null): Strings {
  const t = wordsFor(best(invited)) ?? en;
  document.title = t.pageTitle;
  document.documentElement.lang = t.language;
  return t;
}

function start(invite: string | null, door: Door | null = null): void {
  close?.();
  const call = new Call({
    door: "guest",
    url: socketUrl(new URL("socket", location.href)),
    credentials: new Credentials({
      page,
      store: storage("sessionStorage"),
      key: RESUME_KEY,
      host: false,
      invite,
      seat: invite === null,
    }),
    memory: storage("localStorage"),
    stay: storage("sessionStorage"),
    stayKey: STAY_KEY,
    backgrounds: new URL("assets/background/", location.href).href,
  });
  const [room, stop] = openRoom(call, choose, false, (invited) => fetchWords(best(invited)));
  const root = document.getElementById("room");
  if (root === null) return;
  if (door !== null) root.className = "behind";
  render(<Room key={Date.now()} room={room} inside={inside} />, root);
  const undo = door === null ? null : takeOver(call, door, root);
  close = () => {
    undo?.();
    stop();
    call.close();
  };
}

/**
 * The door stays in front until the room has something to show in its place, and what it opened goes to the call. Returns
 * what ends that early.
 */
function takeOver(call: Call, door: Door, root: HTMLElement): () => void {
  let given = false;
  let over = false;
  let behind = true;
  const show = () => {
    if (!behind) return;
    behind = false;
    root.className = "";
    if (!door.close()) return;
    const target =
      root.querySelector<HTMLElement>(".ask button:enabled") ??
      root.querySelector<HTMLElement>("[data-heading]");
    target?.focus();
  };
  const look = () => {
    const state = call.read();
    const screen = screenOf(state);
    if (over) return;
    if (screen === "connecting") {
      // No way to the server: the room says so, and what was opened here waits for it.
      if (state.link.at === "lost") show();
      return;
    }
    if (screen === "preparation" && door.asked !== null && !given) {
      given = true;
      void call.prepare(door.asked);
    }
    // A picture gives way to a picture. While the browser still asks, the room goes on, with its name field and its rest.
    const { camera, microphone, settling } = call.read().local;
    const comes = camera.opening || microphone.opening || settling;
    if (behind && screen === "preparation" && door.pictured && comes) return;
    end();
  };
  const end = () => {
    if (over) return;
    over = true;
    stop();
    if (!given) void door.asked?.then(stopAll);
    show();
  };
  // Later, since the call is in the middle of its own work when it tells.
  const stop = call.subscribe(() => queueMicrotask(look));
  look();
  return end;
}

/** Called once, when the page's own code is there. */
export function enter(token: string | null, door: Door | null): void {
  addEventListener("hashchange", () => {
    const another = takeToken();
    if (another !== null) start(another);
  });
  start(token, door);
}

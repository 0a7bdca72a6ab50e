// The guest page: takes the link's token out of the address bar, makes the call, shows the room. Nothing else.
import { render } from "preact";
import "../styles/page.css";
import "../styles/index.ts";
import { Call } from "../call/call.ts";
import { Credentials } from "../link/credentials.ts";
import { pick, type Strings } from "../strings/index.ts";
import { openRoom } from "../ui/context.ts";
import { Room } from "../ui/Room.tsx";
import { pageId, socketUrl, storage } from "./page-id.ts";

const RESUME_KEY = "telehealth_widget:guest";
const STAY_KEY = "telehealth_widget:guest:stay";
const page = pageId();
/** A file of its own (`assets/stage.js`): nobody needs it before they wait. */
const inside = () => import("../ui/inside.tsx");
let close: (() => void) | null = null;

/** The token must not stay where a screenshot or the history keeps it. */
function takeToken(): string | null {
  const token = location.hash.slice(1);
  if (token === "") return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  try {
    return decodeURIComponent(token);
  } catch {
    return token; // no link of ours, and the server says so
  }
}

/** The invitation's language first, then the browser's; the page itself says which it is. */
function choose(invited: string | null): Strings {
  const t = pick(invited === null ? navigator.languages : [invited, ...navigator.languages]);
  document.title = t.pageTitle;
  document.documentElement.lang = t.language;
  return t;
}

function start(invite: string | null): void {
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
  const [room, stop] = openRoom(call, choose, false);
  const root = document.getElementById("room");
  if (root === null) return;
  render(<Room key={Date.now()} room={room} inside={inside} />, root);
  close = () => {
    stop();
    call.close();
  };
}

addEventListener("hashchange", () => {
  const token = takeToken();
  if (token !== null) start(token);
});
start(takeToken());

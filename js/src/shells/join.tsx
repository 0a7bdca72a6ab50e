// The guest page's first file: takes the link's token, shows the door at once, and gets the room. Nothing else, so that it
// is small.
import "../styles/page.css";
import "../styles/index.ts";
import { type Door, openDoor, sayFailed } from "./door.tsx";
import { storage } from "./page-id.ts";
import { forgetToken, keepToken, recallToken, takeToken } from "./token.ts";
import { fetchWords, languages } from "./words.ts";

const RETRY_MS = 2_000;
/** So often nobody is told that a file did not come. */
const QUIET_TRIES = 3;

async function begin(): Promise<void> {
  if (document.readyState === "loading") {
    await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve, { once: true }));
  }
  const store = storage("sessionStorage");
  const token = takeToken() ?? recallToken(store);
  const front = document.getElementById("door");
  const words = fetchWords(languages());
  let door: Door | null = null;
  if (token !== null) {
    keepToken(store, token);
    door = front === null ? null : openDoor(front, languages());
  }
  // What the person sees and pressed goes first: the room's code takes the machine for a moment.
  await door?.painted();
  const guest = await load(() => {
    door?.dismiss();
    door = null;
    if (front !== null) sayFailed(front, languages());
  });
  if (door === null) front?.replaceChildren();
  await words;
  const newest = takeToken() ?? token;
  forgetToken(store);
  guest.enter(newest, door);
}

/** The room's code, however long the network takes. A browser may remember a failure until the page is loaded anew. */
async function load(onFailing: () => void): Promise<typeof import("./guest.tsx")> {
  for (let tries = 1; ; tries++) {
    try {
      return await import("./guest.tsx");
    } catch {
      if (tries === QUIET_TRIES) onFailing();
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

void begin();

// The guest page's first file: takes the link's token, shows the door at once, and gets the room. Nothing else, so that it
// is small.
import "../styles/page.css";
import "../styles/index.ts";
import { openDoor } from "./door.tsx";
import { putBack, takeToken } from "./token.ts";
import { fetchWords, languages } from "./words.ts";

const RETRY_MS = 2_000;

async function begin(): Promise<void> {
  const token = takeToken();
  const front = document.getElementById("door");
  const words = fetchWords(languages());
  const door = front === null || token === null ? null : openDoor(front, languages());
  // What the person sees and pressed goes first: the room's code takes the machine for a moment.
  await door?.painted();
  for (;;) {
    try {
      const guest = await import("./guest.tsx");
      await words;
      guest.enter(takeToken() ?? token, door);
      return;
    } catch {
      // A lost network. A browser may remember that for as long as the page is open, so a reload must work too.
      if (token !== null) putBack(token);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

void begin();

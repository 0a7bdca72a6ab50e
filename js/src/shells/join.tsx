// The guest page's first file: shows the door at once, and gets the room. Nothing else, so that it is small.
import "../styles/page.css";
import "../styles/index.ts";
import { openDoor } from "./door.tsx";
import { fetchWords, languages } from "./words.ts";

const RETRY_MS = 2_000;

async function begin(): Promise<void> {
  const front = document.getElementById("door");
  const words = fetchWords(languages());
  const door = front === null ? null : openDoor(front, languages());
  // What the person sees and pressed goes first: the room's code takes the machine for a moment.
  await door?.painted();
  for (;;) {
    try {
      const guest = await import("./guest.tsx");
      await words;
      guest.enter(door);
      return;
    } catch {
      // A lost network. The link is still in the address bar, so that a reload works too.
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

void begin();

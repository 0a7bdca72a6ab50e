// The offline page of a replay: the record stands in the page itself, and nothing is ever fetched.
import { render } from "preact";
import "../styles/page.css";
import "../styles/index.ts";
import "../styles/replay-timeline.css";
import "../styles/replay-panel.css";
import "../styles/replay.css";
import type { ReplayData } from "../protocol/types.ts";
import { Recording, VERSION } from "../replay/recording.ts";
import { replayStore } from "../store/replay.ts";
import { pick } from "../strings/index.ts";
import { wordsFor } from "../strings/replay/index.ts";
import { openReplay, run } from "../ui/replay/context.tsx";
import { Replay } from "../ui/replay/Replay.tsx";

function start(root: HTMLElement): void {
  const t = pick(navigator.languages);
  const w = wordsFor(t);
  document.documentElement.lang = w.language;
  document.title = w.region;
  const text = document.getElementById("record")?.textContent ?? "";
  const say = (sentence: string) =>
    render(
      <main class="telehealth-widget page">
        <p role="alert">{sentence}</p>
      </main>,
      root,
    );
  try {
    const data = JSON.parse(text) as ReplayData;
    if (data.version !== VERSION) {
      say(w.newer);
      return;
    }
    const recording = new Recording(data);
    const store = replayStore(recording.comments);
    const keep = (comment: (typeof recording.comments)[number]) => {
      store.comments.value = [...store.comments.peek(), comment];
      return Promise.resolve();
    };
    const [replay] = openReplay({ recording, store, t, embedded: false, keep });
    run(replay);
    render(<Replay replay={replay} />, root);
  } catch {
    say(w.failed);
  }
}

const root = document.getElementById("replay");
if (root !== null) start(root);

// The question for camera and microphone, with its reason: asked at a press, and never before.
import type { DoorWords } from "../strings/door/en.ts";

interface AskCardProps {
  words: Pick<DoorWords, "why" | "allow" | "allowing" | "without">;
  /** The browser is asking. */
  opening: boolean;
  onAsk: () => void;
}

export function AskCard({ words, opening, onAsk }: AskCardProps) {
  return (
    <div class="card ask">
      <p id="tw-why">{words.why}</p>
      <button
        type="button"
        class="button button-primary button-wide"
        aria-describedby="tw-why"
        disabled={opening}
        onClick={onAsk}
      >
        {words.allow}
      </button>
      <p class="muted small" role="status">
        {opening ? words.allowing : words.without}
      </p>
    </div>
  );
}

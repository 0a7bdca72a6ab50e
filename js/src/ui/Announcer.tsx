// The live region: tells a screen reader what others see happen.
import { useEffect, useRef, useState } from "preact/hooks";
import { announcements } from "./announcements.ts";
import { useRoom } from "./context.ts";
import { type Screen, screenOf } from "./screen.ts";

const KEEP_MS = 6_000;
const WITH_CHAT: ReadonlySet<Screen> = new Set(["connecting", "waiting", "paused"]);

export function Announcer() {
  const { state, page, t } = useRoom();
  const [said, setSaid] = useState({ n: 0, text: "" });
  const before = useRef(state.value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const now = state.value;
  // A log on the screen reads its messages out itself.
  const chatOpen = page.panel.value === "chat" || WITH_CHAT.has(screenOf(now));
  const verbosity = page.stage.verbosity.value;
  useEffect(() => {
    const fresh = announcements(before.current, now, chatOpen, t, verbosity);
    before.current = now;
    if (fresh.length === 0) return;
    setSaid(({ n }) => ({ n: n + 1, text: fresh.join(" ") }));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(({ n }) => ({ n, text: "" })), KEEP_MS);
  }, [now, chatOpen, t, verbosity]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div class="unseen" aria-live="polite" aria-atomic="true">
      {/* A new element each time: the same sentence is said again. */}
      <span key={said.n}>{said.text}</span>
    </div>
  );
}

// The live region: tells a screen reader what others see happen.
import { useEffect, useRef, useState } from "preact/hooks";
import { announcements } from "./announcements.ts";
import { useRoom } from "./context.ts";

const KEEP_MS = 6_000;

export function Announcer() {
  const { state, page, t } = useRoom();
  const [said, setSaid] = useState<readonly string[]>([]);
  const before = useRef(state.value);
  const now = state.value;
  const chatOpen = page.panel.value === "chat" || now.rows === null;
  const verbosity = page.stage.verbosity.value;
  useEffect(() => {
    const fresh = announcements(before.current, now, chatOpen, t, verbosity);
    before.current = now;
    if (fresh.length === 0) return;
    setSaid(fresh);
    const timer = setTimeout(() => setSaid((kept) => (kept === fresh ? [] : kept)), KEEP_MS);
    return () => clearTimeout(timer);
  }, [now, chatOpen, t, verbosity]);
  return (
    <div class="unseen" aria-live="polite" aria-atomic="true">
      {said.join(" ")}
    </div>
  );
}

// Beside the replay, one of four: events, attendees, chat, comments; tabs by the ARIA pattern.
import { useId, useRef } from "preact/hooks";
import { PANELS, type ReplayPanel } from "../../store/replay.ts";
import { Attendees } from "../Attendees.tsx";
import { ChatLog } from "../ChatLog.tsx";
import { Comments } from "./Comments.tsx";
import { useReplay } from "./context.tsx";
import { EventList } from "./EventList.tsx";
import { Shortcuts } from "./Shortcuts.tsx";

export function Panel() {
  const { store, w } = useReplay();
  const id = useId();
  const bar = useRef<HTMLDivElement>(null);
  const open = store.panel.value;
  const names: Record<ReplayPanel, string> = {
    events: w.eventsTab,
    attendees: w.attendeesTab,
    chat: w.chatTab,
    comments: w.commentsTab,
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const index = PANELS.indexOf(open);
    const to = {
      ArrowRight: (index + 1) % PANELS.length,
      ArrowLeft: (index + PANELS.length - 1) % PANELS.length,
      Home: 0,
      End: PANELS.length - 1,
    }[event.key];
    const next = to === undefined ? undefined : PANELS[to];
    if (next === undefined) return;
    event.preventDefault();
    store.panel.value = next;
    bar.current?.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  return (
    <div class="replay-panel">
      <div class="replay-panel-inner">
        <div ref={bar} class="tabs" role="tablist" aria-label={w.panels} onKeyDown={onKeyDown}>
          {PANELS.map((panel) => (
            <button
              key={panel}
              id={`${id}-${panel}`}
              type="button"
              role="tab"
              class="tab"
              data-tab={panel}
              aria-selected={panel === open}
              aria-controls={`${id}-panel`}
              tabIndex={panel === open ? 0 : -1}
              onClick={() => {
                store.panel.value = panel;
              }}
            >
              {names[panel]}
            </button>
          ))}
        </div>
        <div
          id={`${id}-panel`}
          class={`tab-panel tab-panel-${open}`}
          role="tabpanel"
          aria-labelledby={`${id}-${open}`}
        >
          <h2 class="unseen">{names[open]}</h2>
          {open === "events" && <EventList />}
          {open === "attendees" && <Attendees />}
          {open === "chat" && <ChatLog />}
          {open === "comments" && <Comments />}
        </div>
        <Shortcuts />
      </div>
    </div>
  );
}

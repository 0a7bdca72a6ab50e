// The side panel "Attendees" in a session.
import { X } from "lucide-preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Attendees } from "./Attendees.tsx";
import { useRoom } from "./context.ts";

export function AttendeesPanel({ onClose }: { onClose: () => void }) {
  const { t } = useRoom();
  const id = useId();
  const head = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => head.current?.focus(), []);
  return (
    <section
      class="panel"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
    >
      <header class="panel-head">
        <h2 id={id} ref={head} tabIndex={-1}>
          {t.attendees.region}
        </h2>
        <button type="button" class="icon-button" aria-label={t.close} onClick={onClose}>
          <X aria-hidden="true" />
        </button>
      </header>
      <div class="panel-body">
        <Attendees />
      </div>
    </section>
  );
}

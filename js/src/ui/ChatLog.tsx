// The messages, oldest first, that stays at the newest unless someone reads further up.
import { useEffect, useRef } from "preact/hooks";
import { audienceOf, authorOf } from "./chat-lines.ts";
import { useRoom } from "./context.ts";

export function ChatLog() {
  const { state, t } = useRoom();
  const { chat, rows } = state.value;
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const newest = chat.at(-1);
  useEffect(() => {
    const element = log.current;
    if (element === null || newest === undefined) return;
    if (atEnd.current || newest.own) element.scrollTop = element.scrollHeight;
  }, [newest]);
  return (
    <div
      ref={log}
      class="log"
      role="log"
      aria-label={t.chat.log}
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
    >
      {chat.length === 0 && <p class="muted small">{t.chat.empty}</p>}
      {chat.map((line) => {
        const audience = audienceOf(line, rows, t);
        return (
          <div key={line.id} class={line.own ? "line line-own" : "line"}>
            <p class="line-head">
              <bdi class="line-author">{authorOf(line, rows, t)}</bdi>{" "}
              <span class="muted small">
                {audience !== null && <bdi>{audience}</bdi>} {t.time(line.atMs)}
              </span>
            </p>
            <p class="line-text" dir="auto">
              {line.text}
            </p>
          </div>
        );
      })}
    </div>
  );
}

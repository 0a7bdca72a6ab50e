// The messages, oldest first, that stays at the newest unless someone reads further up.
import { useEffect, useRef } from "preact/hooks";
import type { Outgoing } from "../call/outgoing.ts";
import { audienceOf, authorOf } from "./chat-lines.ts";
import { sentenceOf, useRoom, useSelect } from "./context.ts";

export function ChatLog() {
  const { t } = useRoom();
  const chat = useSelect((state) => state.chat);
  const rows = useSelect((state) => state.rows);
  const outgoing = useSelect((state) => state.outgoing);
  const lastOwn = [...chat].reverse().find((line) => line.own)?.id;
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const newest = chat.at(-1);
  useEffect(() => {
    const element = log.current;
    if (element === null) return;
    if (atEnd.current || newest?.own || outgoing.length > 0)
      element.scrollTop = element.scrollHeight;
  }, [newest, outgoing]);
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
      {chat.length === 0 && outgoing.length === 0 && <p class="muted small">{t.chat.empty}</p>}
      {chat.map((line) => {
        const audience = audienceOf(line, rows, t);
        return (
          <div key={line.id} class={line.own ? "line line-own" : "line"}>
            <p class="line-head">
              <bdi class="line-author">{authorOf(line, rows, t)}</bdi>{" "}
              <span class="muted small">
                {audience !== null && <bdi>{audience}</bdi>} {t.time(line.atMs)}
                {line.id === lastOwn && ` · ${t.room.delivered}`}
              </span>
            </p>
            <p class="line-text" dir="auto">
              {line.text}
            </p>
          </div>
        );
      })}
      {outgoing.map((line) => (
        <OutgoingLine key={`out-${line.key}`} line={line} />
      ))}
    </div>
  );
}

/** On its way, or not sent: then with the reason, and both ways on. */
function OutgoingLine({ line }: { line: Outgoing }) {
  const { call, t } = useRoom();
  return (
    <div class="line line-own line-outgoing">
      <p class="line-text" dir="auto">
        {line.text}
      </p>
      {line.failed === null ? (
        <p class="muted small">{t.room.sending}</p>
      ) : (
        <>
          <p class="small line-failed">
            {t.room.notSent} {sentenceOf(line.failed, t)}
          </p>
          <div class="row">
            <button
              type="button"
              class="button button-small"
              onClick={() => void call.talk.say(line.to, line.text, line.key)}
            >
              {t.retry}
            </button>
            <button
              type="button"
              class="button button-small"
              onClick={() => call.talk.unsay(line.key)}
            >
              {t.room.discard}
            </button>
          </div>
        </>
      )}
    </div>
  );
}

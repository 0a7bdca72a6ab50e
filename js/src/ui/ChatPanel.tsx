// Chat: what was written, to whom one writes, the box. As a side panel in a session, as a card while waiting.
import { Send, X } from "lucide-preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { ChatLog } from "./ChatLog.tsx";
import {
  type Audience,
  audienceNote,
  audiences,
  chosenOf,
  fromOthers,
  readersOf,
} from "./chat-lines.ts";
import { useRoom } from "./context.ts";

const MAX_CHARACTERS = 4_000;

interface ChatPanelProps {
  inline?: boolean;
  onClose?: () => void;
}

export function ChatPanel({ inline = false, onClose }: ChatPanelProps) {
  const { state, page, t } = useRoom();
  const { rows, chat, door } = state.value;
  const titleId = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const options = rows === null ? [] : audiences(rows, door === "host", t);
  const chosen = chosenOf(options, page.draft.value, page.begunFor.value, page.to.value);
  const notice = chosen === null ? null : readersOf(chosen.to, rows, t);
  const note = rows !== null ? audienceNote(rows, t) : "";

  useEffect(() => {
    page.read.value = fromOthers(chat);
  }, [page, chat]);
  useLayoutEffect(() => {
    // On a phone the keyboard would cover what was written.
    if (!inline && matchMedia("(pointer: fine)").matches) box.current?.focus();
  }, [inline]);

  return (
    <section
      class={inline ? "card chat chat-inline" : "panel chat"}
      aria-labelledby={titleId}
      onKeyDown={(event) => {
        if (event.key === "Escape" && onClose !== undefined) onClose();
      }}
    >
      <header class="panel-head">
        <h2 id={titleId}>{t.chat.region}</h2>
        {inline && note !== "" && <span class="muted small">· {note}</span>}
        {onClose !== undefined && (
          <button type="button" class="icon-button" aria-label={t.close} onClick={onClose}>
            <X aria-hidden="true" />
          </button>
        )}
      </header>
      {!inline && notice !== null && <p class="chat-notice muted small">{notice}</p>}
      {rows?.session.chatKept && <p class="chat-notice small">{t.room.chatKept}</p>}
      <ChatLog />
      {options.length > 0 && (
        <Composer box={box} options={options} chosen={chosen} choice={!inline} />
      )}
    </section>
  );
}

interface ComposerProps {
  box: { current: HTMLTextAreaElement | null };
  options: readonly Audience[];
  /** Null: whom the draft was begun for cannot be written to any more, and somebody has to be chosen. */
  chosen: Audience | null;
  choice: boolean;
}

function Composer({ box, options, chosen, choice }: ComposerProps) {
  const { call, page, t } = useRoom();
  const toId = useId();
  const hintId = useId();
  const readers = useRef<HTMLSelectElement>(null);
  const draft = page.draft.value;

  const send = async () => {
    const text = page.draft.value.trim();
    if (text === "") return;
    if (chosen === null) {
      readers.current?.focus();
      return;
    }
    // It goes on among the messages, where it says how far it got; nothing is lost.
    page.draft.value = "";
    page.begunFor.value = null;
    box.current?.focus();
    await call.talk.say(chosen.to, text);
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {choice && (
        <div class="field field-row">
          <label class="label" for={toId}>
            {t.chat.to}
          </label>
          <select
            ref={readers}
            id={toId}
            class="input select"
            value={chosen?.to ?? ""}
            aria-invalid={chosen === null}
            aria-describedby={chosen === null ? `${toId}-gone` : undefined}
            onChange={(event) => {
              const { value } = event.currentTarget;
              page.to.value = value;
              page.begunFor.value = draft.trim() === "" ? null : value;
            }}
          >
            {chosen === null && <option value="">{t.chat.choose}</option>}
            {options.map((option) => (
              <option key={option.to} value={option.to}>
                {option.label}
              </option>
            ))}
          </select>
        </div>
      )}
      {choice && (
        <p
          id={`${toId}-gone`}
          class={chosen === null ? "note note-warn small" : "unseen"}
          role="status"
        >
          {chosen === null ? t.chat.gone : ""}
        </p>
      )}
      <div class="row composer-row">
        <textarea
          ref={box}
          class="input"
          rows={1}
          aria-label={t.chat.message}
          aria-describedby={hintId}
          placeholder={t.chat.message}
          maxLength={MAX_CHARACTERS}
          value={draft}
          onInput={(event) => {
            const { value } = event.currentTarget;
            page.draft.value = value;
            if (value.trim() === "") page.begunFor.value = null;
            else page.begunFor.value ??= chosen?.to ?? null;
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <button type="submit" class="button button-primary button-send">
          <Send aria-hidden="true" />
          <span>{t.chat.send}</span>
        </button>
      </div>
      <p id={hintId} class="unseen">
        {t.chat.hint}
      </p>
    </form>
  );
}

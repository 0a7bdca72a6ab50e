// What reviewers wrote about moments. Never part of the record: beside it in a file, or in this page until it closes.
import { useId, useState } from "preact/hooks";
import type { ReplayComment } from "../../protocol/types.ts";
import { seek, stamp, useReplay } from "./context.tsx";

const MAX_CHARACTERS = 4_000;

export function Comments() {
  const replay = useReplay();
  const { recording, store, w, offline } = replay;
  const comments = store.comments.value;
  const { endMs } = recording;
  return (
    <>
      <CommentForm />
      {comments.length === 0 && <p class="muted small">{w.noComments}</p>}
      {comments.length > 0 && (
        // A list without bullets is still a list to VoiceOver.
        // biome-ignore lint/a11y/noRedundantRoles: see above
        <ul role="list" class="replay-comments" aria-label={w.comments}>
          {comments.map((comment) => (
            <li key={`${comment.at_ms} ${comment.t_ms} ${comment.text}`}>
              <button type="button" class="replay-event" onClick={() => seek(replay, comment.t_ms)}>
                <span class="event-time">{whenOf(comment, endMs)}</span>{" "}
                <bdi class="pre">{comment.text}</bdi>
              </button>
            </li>
          ))}
        </ul>
      )}
      {offline && comments.length > 0 && (
        <button
          type="button"
          class="button button-small"
          onClick={() => download(comments, `${recording.session}.${w.downloadName}`)}
        >
          {w.download}
        </button>
      )}
    </>
  );
}

function CommentForm() {
  const { recording, store, keep, w, offline } = useReplay();
  const id = useId();
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  const range = store.range.value;
  // The words of the moment change as it plays; a second is close enough.
  const time = Math.floor(store.time.value / 1_000) * 1_000;
  const when =
    range === null
      ? stamp(time, recording.endMs)
      : `${stamp(range.from, recording.endMs)}–${stamp(range.to, recording.endMs)}`;
  const send = async () => {
    const text = store.commenting.peek().trim();
    if (text === "" || busy) return;
    const now = Date.now();
    const comment: ReplayComment =
      range === null
        ? { t_ms: Math.round(store.time.peek()), text, at_ms: now }
        : { t_ms: range.from, to_ms: range.to, text, at_ms: now };
    setBusy(true);
    try {
      await keep(comment);
      // What was written meanwhile is the next comment.
      if (store.commenting.peek().trim() === text) store.commenting.value = "";
      setFailed(false);
    } catch {
      setFailed(true);
    }
    setBusy(false);
  };
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="label" for={id}>
        {w.commentOn(when)}
      </label>
      <textarea
        id={id}
        class="input"
        rows={3}
        maxLength={MAX_CHARACTERS}
        aria-describedby={`${id}-hint`}
        value={store.commenting.value}
        onInput={(event) => {
          store.commenting.value = event.currentTarget.value;
        }}
      />
      <p id={`${id}-hint`} class="muted small">
        {offline ? w.commentHintOffline : w.commentHint}
      </p>
      <div role="alert">{failed && <p class="note note-warn">{w.commentFailed}</p>}</div>
      <button type="submit" class="button button-small" aria-disabled={busy}>
        {busy ? w.addingComment : w.addComment}
      </button>
    </form>
  );
}

function whenOf(comment: ReplayComment, endMs: number): string {
  const from = stamp(comment.t_ms, endMs);
  return comment.to_ms == null ? from : `${from}–${stamp(comment.to_ms, endMs)}`;
}

/** A file from this page itself; nothing is sent anywhere. */
function download(comments: readonly ReplayComment[], name: string): void {
  const lines = comments.map((comment) => `${JSON.stringify(comment)}\n`).join("");
  const url = URL.createObjectURL(new Blob([lines], { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

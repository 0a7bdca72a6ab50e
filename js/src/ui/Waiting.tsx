// The client in the queue, or paused: what happens next, who is there, and a way to write.
import type { ComponentChildren } from "preact";
import { ownRow } from "../store/rows.ts";
import { ChatPanel } from "./ChatPanel.tsx";
import { ConnectionTest } from "./ConnectionTest.tsx";
import { attempt, serverNow, useRoom } from "./context.ts";
import { DeviceButton } from "./DeviceButton.tsx";
import { Main } from "./Main.tsx";
import { NameAgain } from "./NameAgain.tsx";
import { Trouble } from "./Trouble.tsx";

export function Waiting() {
  const room = useRoom();
  const { state, page, t } = room;
  const { rows } = state.value;
  const me = rows === null ? null : ownRow(rows);
  const waitedMs = me?.sinceMs == null ? 0 : serverNow(room) - me.sinceMs;
  return (
    <Queue status={t.waiting.status} foot={t.waiting.keepOpen}>
      <p class="muted">
        {rows?.session.providerPresent ? t.waiting.providerHere : t.waiting.providerAway}{" "}
        {waitedMs < 60_000 ? t.waiting.justNow : t.waiting.since(waitedMs)}
      </p>
      <Outlook />
      <DeviceButton />
      {!page.devices.value && <ConnectionTest holds />}
    </Queue>
  );
}

/** When the provider means to come, and one's place in the line if the session shows it. */
function Outlook() {
  const room = useRoom();
  const { state, t } = room;
  const { rows } = state.value;
  const place = rows === null ? null : (ownRow(rows)?.place ?? null);
  const expected = rows?.session.expectedAtMs ?? null;
  return (
    <div role="status" class="outlook">
      {expected !== null && <p>{t.waiting.expected(expected - serverNow(room))}</p>}
      {place !== null && <p class="muted">{t.waiting.place(place)}</p>}
    </div>
  );
}

export function Paused() {
  const room = useRoom();
  const { state, t } = room;
  const { rows } = state.value;
  const since = rows === null ? null : (ownRow(rows)?.sinceMs ?? null);
  const pausedMs = since === null ? 0 : serverNow(room) - since;
  return (
    <Queue status={t.paused.status} still foot={null}>
      <p class="muted">
        {t.paused.off} {pausedMs >= 60_000 && t.room.pausedSince(pausedMs)}
      </p>
    </Queue>
  );
}

interface QueueProps {
  status: string;
  foot: string | null;
  still?: boolean;
  children: ComponentChildren;
}

function Queue({ status, foot, still = false, children }: QueueProps) {
  const room = useRoom();
  const { call, t } = room;
  return (
    <Main class="queue">
      <div class={still ? "ring ring-still" : "ring"} aria-hidden="true" />
      <div role="status">
        <h1 tabIndex={-1} data-heading>
          {status}
        </h1>
      </div>
      <NameAgain />
      {children}
      <ChatPanel inline />
      <Trouble />
      <button
        type="button"
        class="button button-quiet"
        onClick={() => void attempt(room, () => call.leave())}
      >
        {t.waiting.leave}
      </button>
      {foot !== null && <p class="muted small">{foot}</p>}
    </Main>
  );
}

// The provider's room before (or without) joining: rosters and admission work from here.
import { MessageSquare } from "lucide-preact";
import { useId, useState } from "preact/hooks";
import { ownRow } from "../store/rows.ts";
import { Attendees } from "./Attendees.tsx";
import { ChatPanel } from "./ChatPanel.tsx";
import { fromOthers } from "./chat-lines.ts";
import { attempt, serverNow, useRoom } from "./context.ts";
import { DeviceButton } from "./DeviceButton.tsx";
import { DeviceTrouble } from "./DeviceTrouble.tsx";
import { Main } from "./Main.tsx";
import { NameField } from "./NameField.tsx";
import { RecordBanner } from "./RecordBanner.tsx";
import { stateOf } from "./StageHead.tsx";
import { Trouble } from "./Trouble.tsx";

export function Lobby() {
  const room = useRoom();
  const { state, page, t } = room;
  const { rows, chat, local } = state.value;
  const regionId = useId();
  if (rows === null) return null;
  const { session } = rows;
  const chatOpen = page.panel.value === "chat";
  const unread = Math.max(0, fromOthers(chat) - page.read.value);
  const tried = local.camera.problem !== null || local.microphone.problem !== null;
  return (
    <div class="lobby">
      <RecordBanner />
      <div class="lobby-head">
        <div class="grow">
          <h1 tabIndex={-1} data-heading>
            <bdi>{session.title ?? t.stage.session}</bdi>
          </h1>
          <p class="muted">
            {session.kind === "group" ? t.lobby.group : t.lobby.individual} ·{" "}
            {stateOf(session, serverNow(room), t)}
          </p>
        </div>
        <DeviceButton icon />
        <span class="with-badge">
          <button
            type="button"
            class="button"
            aria-expanded={chatOpen}
            aria-describedby={unread > 0 ? `${regionId}-new` : undefined}
            onClick={() => {
              page.panel.value = chatOpen ? null : "chat";
            }}
          >
            <MessageSquare aria-hidden="true" />
            {t.tray.chat}
          </button>
          {unread > 0 && (
            <span class="badge" id={`${regionId}-new`} aria-hidden="true">
              {unread}
              <span class="unseen"> {t.tray.unread}</span>
            </span>
          )}
        </span>
      </div>
      <div class="lobby-columns" data-chat={chatOpen}>
        <Main class="lobby-main">
          <Join />
          {tried && <DeviceTrouble />}
          <Trouble />
        </Main>
        {chatOpen && (
          <ChatPanel
            onClose={() => {
              page.panel.value = null;
            }}
          />
        )}
        <section class="card lobby-side" aria-labelledby={regionId}>
          <h2 id={regionId} tabIndex={-1}>
            {t.attendees.region}
          </h2>
          <Attendees />
        </section>
      </div>
    </div>
  );
}

function Join() {
  const room = useRoom();
  const { call, state, page, t } = room;
  const { rows, entering } = state.value;
  const me = rows === null ? null : ownRow(rows);
  const [name, setName] = useState("");
  const [refused, setRefused] = useState(false);
  const needsName = me !== null && me.name === null;
  const elsewhere = rows?.seat === "elsewhere" && me?.phase === "admitted";
  if (elsewhere) {
    return (
      <div class="card join">
        <p class="join-title">{t.lobby.elsewhere}</p>
        <p class="muted">{t.lobby.elsewhereBody}</p>
        <button
          type="button"
          class="button button-primary button-big"
          disabled={entering}
          onClick={() => void attempt(room, () => call.moveHere())}
        >
          {entering ? t.lobby.joining : t.lobby.moveHere}
        </button>
      </div>
    );
  }
  const join = async () => {
    const typed = name.trim();
    if (needsName && typed === "") {
      page.trouble.value = t.preparation.nameMissing;
      setRefused(true);
      return;
    }
    setRefused(false);
    const worked = await attempt(room, () => call.join(needsName ? typed : null));
    setRefused(!worked && needsName);
  };
  return (
    <form
      class="card join"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void join();
      }}
    >
      {needsName && (
        <NameField
          label={t.lobby.name}
          hint={t.lobby.nameHint}
          value={name}
          refused={refused && page.trouble.value !== null}
          onInput={setName}
        />
      )}
      <button type="submit" class="button button-primary button-big" disabled={entering}>
        {entering ? t.lobby.joining : t.lobby.join}
      </button>
      <p class="muted small centred">{t.lobby.joinHint}</p>
    </form>
  );
}

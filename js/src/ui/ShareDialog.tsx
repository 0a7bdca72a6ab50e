// Before a screen is shared: the warning, and a second question for a whole screen.
import { ownRow, sharer } from "../store/rows.ts";
import { attempt, useRoom } from "./context.ts";
import { Dialog } from "./Dialog.tsx";
import { nameOf } from "./names.ts";

export function ShareDialog() {
  const room = useRoom();
  const { call, state, page, t } = room;
  const { rows } = state.value;
  const other = rows === null ? null : sharer(rows);
  const taken = other !== null && !other.you;
  // One screen at a time; only a provider's goes before a client's. The server has the last word.
  const provider = rows !== null && ownRow(rows)?.role === "provider";
  const may = !taken || (provider && other.role !== "provider");
  const close = () => {
    page.stage.sharing.value = false;
  };
  const share = () => {
    close();
    void attempt(room, () => call.sharing.start());
  };
  return (
    <Dialog title={t.room.shareTitle} onCancel={close}>
      {taken && <p>{(may ? t.room.shareOver : t.room.shareTaken)(nameOf(other, t))}</p>}
      <p>{t.room.shareWarn}</p>
      <ul class="bullets">
        <li>{t.room.shareNames}</li>
        <li>{t.room.shareClose}</li>
        <li>{t.room.shareChoose}</li>
      </ul>
      <div class="row row-end">
        <button type="button" class="button" data-first onClick={close}>
          {t.cancel}
        </button>
        <button type="button" class="button button-primary" disabled={!may} onClick={share}>
          {t.room.shareYes}
        </button>
      </div>
    </Dialog>
  );
}

export function WholeScreenDialog() {
  const room = useRoom();
  const { call, state, page, t } = room;
  const cancel = () => void call.sharing.stop();
  const whole = state.value.share.surface === "monitor";
  return (
    <Dialog title={whole ? t.room.wholeTitle : t.room.chosenTitle} onCancel={cancel}>
      <p>{whole ? t.room.wholeBody : t.room.chosenBody}</p>
      <div class="row row-end row-wrap">
        <button type="button" class="button" data-first onClick={cancel}>
          {t.cancel}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            cancel();
            page.stage.sharing.value = true;
          }}
        >
          {t.room.wholeOther}
        </button>
        <button
          type="button"
          class="button button-primary"
          onClick={() => void attempt(room, () => call.sharing.confirm())}
        >
          {whole ? t.room.wholeYes : t.room.shareYes}
        </button>
      </div>
    </Dialog>
  );
}

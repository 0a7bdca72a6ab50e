// "End session for everyone?"
import { attempt, useRoom } from "./context.ts";
import { Dialog } from "./Dialog.tsx";

export function EndDialog() {
  const room = useRoom();
  const { call, page, t } = room;
  const cancel = () => {
    page.ending.value = false;
  };
  const end = async () => {
    await attempt(room, () => call.command({ do: "End" }));
    page.ending.value = false;
  };
  return (
    <Dialog title={t.dialogs.endTitle} onCancel={cancel}>
      <p>{t.dialogs.endBody}</p>
      <div class="row row-end">
        <button type="button" class="button" data-first onClick={cancel}>
          {t.cancel}
        </button>
        <button type="button" class="button button-danger" onClick={end}>
          {t.dialogs.end}
        </button>
      </div>
    </Dialog>
  );
}

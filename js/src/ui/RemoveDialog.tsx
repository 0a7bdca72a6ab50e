// "Remove NAME from the session?"
import { attempt, useRoom } from "./context.ts";
import { Dialog } from "./Dialog.tsx";
import { nameOf } from "./names.ts";

export function RemoveDialog() {
  const room = useRoom();
  const { call, state, page, t } = room;
  const id = page.stage.removing.value;
  const person = id === null ? undefined : state.value.rows?.people.get(id);
  const close = () => {
    page.stage.removing.value = null;
  };
  if (person === undefined) return null;
  return (
    <Dialog title={t.room.removeTitle(nameOf(person, t))} onCancel={close}>
      <p>{t.room.removeBody}</p>
      <div class="row row-end">
        <button type="button" class="button" data-first onClick={close}>
          {t.cancel}
        </button>
        <button
          type="button"
          class="button button-danger"
          onClick={() => {
            close();
            void attempt(room, () => call.command({ do: "Remove", person: person.id }));
          }}
        >
          {t.room.remove}
        </button>
      </div>
    </Dialog>
  );
}

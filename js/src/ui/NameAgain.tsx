// Asks whoever waits for a name once more: the first was taken back, since it looked like a provider's.
import { useState } from "preact/hooks";
import { ownRow } from "../store/rows.ts";
import { attempt, useRoom } from "./context.ts";
import { useFocusPassed } from "./focus.ts";
import { NameField } from "./NameField.tsx";

export function NameAgain() {
  const { state, t } = useRoom();
  const { rows } = state.value;
  const me = rows === null ? null : ownRow(rows);
  const asked = me !== null && me.name === null;
  return (
    <>
      <div role="status">{asked && <p>{t.waiting.nameAgain}</p>}</div>
      {asked && <NameForm />}
    </>
  );
}

function NameForm() {
  const room = useRoom();
  const { call, page, t } = room;
  const root = useFocusPassed<HTMLFormElement>();
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(false);

  const give = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const typed = name.trim();
    if (typed === "") {
      page.trouble.value = t.preparation.nameMissing;
      setRefused(true);
      return;
    }
    setBusy(true);
    setRefused(false);
    setRefused(!(await attempt(room, () => call.command({ do: "SetName", name: typed }))));
    setBusy(false);
  };

  return (
    <form ref={root} class="card" onSubmit={give} noValidate>
      <NameField
        label={t.preparation.name}
        hint={t.preparation.nameHint}
        value={name}
        refused={refused && page.trouble.value !== null}
        onInput={setName}
      />
      <button type="submit" class="button button-wide" disabled={busy}>
        {t.waiting.giveName}
      </button>
    </form>
  );
}

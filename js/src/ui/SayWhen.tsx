// "With you in N minutes": what a provider tells everyone who waits.
import { useId, useState } from "preact/hooks";
import { attempt, serverNow, useRoom } from "./context.ts";

const MINUTES = [2, 5, 10, 15, 30] as const;

export function SayWhen() {
  const room = useRoom();
  const { call, state, t } = room;
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState("");
  const expected = state.value.rows?.session.expectedAtMs ?? null;
  // Passing over a choice with the arrow keys tells nobody: the button does.
  const say = async () => {
    if (busy || chosen === "") return;
    setBusy(true);
    const minutes = chosen === "none" ? null : Number(chosen);
    if (await attempt(room, () => call.command({ do: "SayWhen", minutes }))) setChosen("");
    setBusy(false);
  };
  return (
    <form
      class="say-when"
      onSubmit={(event) => {
        event.preventDefault();
        void say();
      }}
    >
      <label class="label" for={id}>
        {t.attendees.sayWhen}
      </label>
      <select
        id={id}
        class="input select"
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
      >
        <option value="">
          {expected === null ? t.attendees.noTime : t.attendees.told(expected - serverNow(room))}
        </option>
        {MINUTES.map((minutes) => (
          <option key={minutes} value={String(minutes)}>
            {t.attendees.minutes(minutes)}
          </option>
        ))}
        {expected !== null && <option value="none">{t.attendees.shortly}</option>}
      </select>
      <button type="submit" class="button" aria-disabled={busy || chosen === ""}>
        {t.attendees.tell}
      </button>
    </form>
  );
}

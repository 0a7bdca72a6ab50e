// "With you in N minutes": what a provider tells everyone who waits.
import { useId, useState } from "preact/hooks";
import { attempt, serverNow, useRoom } from "./context.ts";

const MINUTES = [2, 5, 10, 15, 30] as const;

export function SayWhen() {
  const room = useRoom();
  const { call, state, t } = room;
  const id = useId();
  const [busy, setBusy] = useState(false);
  const expected = state.value.rows?.session.expectedAtMs ?? null;
  const say = async (minutes: number | null) => {
    setBusy(true);
    await attempt(room, () => call.command({ do: "SayWhen", minutes }));
    setBusy(false);
  };
  return (
    <div class="say-when">
      <label class="label" for={id}>
        {t.attendees.sayWhen}
      </label>
      <select
        id={id}
        class="input select"
        disabled={busy}
        value=""
        onChange={(event) => {
          const { value } = event.currentTarget;
          event.currentTarget.value = "";
          if (value !== "") void say(value === "none" ? null : Number(value));
        }}
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
    </div>
  );
}

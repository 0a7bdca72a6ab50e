// "Session ended": what happened, that camera and microphone are off. There is no way back in.
import { useRoom } from "./context.ts";
import { Dialog } from "./Dialog.tsx";
import { Main } from "./Main.tsx";

export function Ended() {
  const { state, embedded, t } = useRoom();
  const { rows, link, door } = state.value;
  const duration =
    rows?.session.durationMs ?? (link.at === "closed" ? link.durationMs : null) ?? null;
  const cause = rows?.session.endCause ?? "person";
  const host = door === "host";
  return (
    <Main class="ended">
      <Dialog title={t.dialogs.endedTitle} takesFocus={!embedded}>
        <p>
          {cause === "person" && host ? t.dialogs.endedByYou : t.room.endedBy[cause]}{" "}
          {duration !== null && (duration > 0 ? t.dialogs.lasted(duration) : t.dialogs.notStarted)}
        </p>
        <p class="muted">{host ? t.dialogs.endedOffHost : t.dialogs.endedOff}</p>
      </Dialog>
    </Main>
  );
}

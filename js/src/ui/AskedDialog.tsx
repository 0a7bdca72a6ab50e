// "Your provider asks you to unmute": a question. Nobody's microphone or camera opens without a yes.
import { useState } from "preact/hooks";
import type { Device } from "../call/devices.ts";
import { attempt, useRoom } from "./context.ts";
import { Dialog } from "./Dialog.tsx";
import { isFocusInRoom } from "./focus.ts";

export function AskedDialog({ device }: { device: Device }) {
  const room = useRoom();
  const { call, embedded, t } = room;
  const [busy, setBusy] = useState(false);
  const answer = async (yes: boolean) => {
    setBusy(true);
    await attempt(room, () => call.answer(device, yes));
    setBusy(false);
  };
  // The focus goes to the question and to neither answer: who is typing must not agree by accident.
  return (
    <Dialog
      title={t.room.askedTitle[device]}
      takesFocus={!embedded || isFocusInRoom()}
      onCancel={() => void answer(false)}
    >
      <p>{t.room.askedBody[device]}</p>
      <div class="row row-end">
        <button type="button" class="button" disabled={busy} onClick={() => void answer(false)}>
          {t.room.notNow}
        </button>
        <button
          type="button"
          class="button button-primary"
          disabled={busy}
          onClick={() => void answer(true)}
        >
          {device === "microphone" ? t.tray.unmute : t.tray.startVideo}
        </button>
      </div>
    </Dialog>
  );
}

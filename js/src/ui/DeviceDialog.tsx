// "Audio and video": the same choices in the waiting room and in the session, with a picture of oneself.
import { useEffect } from "preact/hooks";
import { ownRow } from "../store/rows.ts";
import { BackgroundChoice } from "./BackgroundChoice.tsx";
import { BackgroundTrouble } from "./BackgroundTrouble.tsx";
import { ConnectionTest } from "./ConnectionTest.tsx";
import { useRoom } from "./context.ts";
import { DeviceChoices } from "./DeviceChoices.tsx";
import { DeviceNews } from "./DeviceNews.tsx";
import { DeviceTrouble } from "./DeviceTrouble.tsx";
import { Dialog } from "./Dialog.tsx";
import { MicrophoneMeter } from "./MicrophoneMeter.tsx";
import { ProcessingChoices, ReadingChoices } from "./MoreChoices.tsx";
import { Preview } from "./Preview.tsx";
import { ReactionsAdvice } from "./ReactionsAdvice.tsx";
import { SpeakerTest } from "./SpeakerTest.tsx";

export function DeviceDialog() {
  const { call, state, page, t } = useRoom();
  const { rows } = state.value;
  const shared = rows?.seat === "here" && ownRow(rows)?.phase === "admitted";
  const close = () => {
    page.devices.value = false;
  };
  useEffect(() => {
    // Outside of the session nobody sees or hears what is held here.
    call.adjust(true);
    return () => call.adjust(false);
  }, [call]);
  return (
    <Dialog title={t.devices.title} role="dialog" onCancel={close}>
      <div class="devices">
        <div class="column">
          <Preview shared={shared} always />
          <MicrophoneMeter />
          <BackgroundTrouble />
          <BackgroundChoice />
          <DeviceTrouble />
          <DeviceNews />
        </div>
        <div class="column">
          <DeviceChoices />
          <SpeakerTest />
          <ConnectionTest />
          <ProcessingChoices />
          <ReadingChoices />
          <ReactionsAdvice always off={state.value.local.calm} />
        </div>
      </div>
      <div class="row row-end">
        <button type="button" class="button button-primary" onClick={close}>
          {t.devices.done}
        </button>
      </div>
    </Dialog>
  );
}

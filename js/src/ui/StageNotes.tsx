// What the person in a session has to know now: sound is blocked, a provider muted them, they talk while muted,
// they share a screen, the time runs out.
import { MicOff, ScreenShare, Volume2, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { minutesLeft } from "./announcements.ts";
import { BackgroundTrouble } from "./BackgroundTrouble.tsx";
import { serverNow, useRoom, useSelect } from "./context.ts";
import { DeviceNews } from "./DeviceNews.tsx";

export function StageNotes() {
  const { call, t } = useRoom();
  const soundBlocked = useSelect((state) => state.soundBlocked);
  const forcedMute = useSelect(({ local }) => local.microphone.forcedOff);
  const forcedVideo = useSelect(({ local }) => local.camera.forcedOff);
  const mutedTalk = useSelect((state) => state.mutedTalk);
  return (
    <>
      {soundBlocked && (
        <p class="note note-warn">
          <span>{t.stage.soundBlocked}</span>
          <button
            type="button"
            class="button button-primary button-small"
            onClick={() => call.turnOnSound()}
          >
            <Volume2 aria-hidden="true" />
            {t.stage.turnOnSound}
          </button>
        </p>
      )}
      <BackgroundTrouble />
      <DeviceNews />
      {forcedMute && <p class="note note-warn">{t.stage.forcedMute}</p>}
      {forcedVideo && <p class="note note-warn">{t.stage.forcedVideo}</p>}
      <div role="status" class="alerts">
        {mutedTalk && (
          <p class="note note-quiet">
            <MicOff aria-hidden="true" />
            <span>{t.room.mutedTalk}</span>
          </p>
        )}
      </div>
      <Sharing />
      <EndingSoon />
    </>
  );
}

function Sharing() {
  const { call, t } = useRoom();
  const { at, lost } = useSelect((state) => state.share);
  return (
    <div role="status" class="alerts">
      {at === "on" && (
        <p class="note note-quiet">
          <ScreenShare aria-hidden="true" />
          <span>{t.room.sharing}</span>
        </p>
      )}
      {lost && (
        <p class="note note-warn">
          <span>{t.room.shareStopped}</span>
          <Dismiss onClick={() => call.sharing.dismiss()} />
        </p>
      )}
    </div>
  );
}

/** Each warning can be put away; the next one shows again. It is read out once (`announcements.ts`), and counts on. */
function EndingSoon() {
  const warned = useSelect(({ rows }) => rows?.session.warnedMin ?? null);
  const endsAt = useSelect(({ rows }) => rows?.session.endsAtMs ?? null);
  const [read, setRead] = useState<number | null>(null);
  if (warned === null || endsAt === null || warned === read) return null;
  return (
    <p class="note note-warn">
      <MinutesLeft endsAtMs={endsAt} />
      <Dismiss onClick={() => setRead(warned)} />
    </p>
  );
}

function MinutesLeft({ endsAtMs }: { endsAtMs: number }) {
  const room = useRoom();
  return <span>{room.t.room.endsIn(minutesLeft(endsAtMs, serverNow(room)))}</span>;
}

function Dismiss({ onClick }: { onClick: () => void }) {
  const { t } = useRoom();
  return (
    <button type="button" class="icon-button" aria-label={t.dismiss} onClick={onClick}>
      <X aria-hidden="true" />
    </button>
  );
}

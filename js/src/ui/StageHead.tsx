// Above the pictures: which session, how long, who observes, how one looks at it, full screen.
import {
  Captions,
  Eye,
  GalleryVertical,
  Maximize,
  Minimize,
  Pause,
  PictureInPicture2,
} from "lucide-preact";
import { inPhase, isStaff, ownRow, type Session } from "../store/rows.ts";
import { choose } from "../store/stage.ts";
import { type Room, serverNow, useRoom, useSelect } from "./context.ts";
import { DeviceButton } from "./DeviceButton.tsx";
import { floatPicture, leaveSolo, toggleFullScreen } from "./fullscreen.ts";
import { nameOf } from "./names.ts";

export function StageHead() {
  const room = useRoom();
  const { page, t } = room;
  const rows = useSelect((state) => state.rows);
  if (rows === null) return null;
  const observers = inPhase(rows, "admitted").filter((person) => person.role === "supervisor");
  const paused = inPhase(rows, "paused").length;
  const full = page.fullScreen.value;
  const Icon = full ? Minimize : Maximize;
  const label = full ? t.stage.exitFullScreen : t.stage.fullScreen;
  return (
    <div class="stage-head">
      <h1 tabIndex={-1} data-heading>
        <bdi>{rows.session.title ?? t.stage.session}</bdi>
      </h1>
      <Clock session={rows.session} />
      {paused > 0 && (
        <span class="chip" title={t.room.peoplePaused(paused)}>
          <Pause aria-hidden="true" />
          <span class="short" aria-hidden="true">
            {paused}
          </span>
          <bdi>{t.room.peoplePaused(paused)}</bdi>
        </span>
      )}
      <span class="spring" />
      {observers.map((person) => (
        <span key={person.id} class="chip" title={t.stage.observing(nameOf(person, t))}>
          <Eye aria-hidden="true" />
          <bdi>{t.stage.observing(nameOf(person, t))}</bdi>
        </span>
      ))}
      <Views />
      <DeviceButton icon />
      {document.fullscreenEnabled && (
        <button
          type="button"
          class="icon-button"
          aria-label={label}
          title={label}
          onClick={(event) => {
            if (page.stage.solo.value !== null) leaveSolo(room);
            else toggleFullScreen(event.currentTarget);
          }}
        >
          <Icon aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

/** The one part of the stage that ticks. */
function Clock({ session }: { session: Session }) {
  const room = useRoom();
  const { t } = room;
  const now = serverNow(room);
  const left = session.endsAtMs === null ? null : session.endsAtMs - now;
  return (
    <span class="stage-state">
      {session.phase === "live" && session.startedAtMs !== null ? (
        <>
          <span class="stage-word">{t.stage.live} · </span>
          {clock(now - session.startedAtMs)}
        </>
      ) : (
        stateOf(session, now, t)
      )}
      {left !== null && session.warnedMin !== null && (
        <b class="stage-left"> · {t.room.left(clock(left))}</b>
      )}
    </span>
  );
}

/** Speaker view, a floating picture, and the box for captions, each where it is of use. */
function Views() {
  const { page, t } = useRoom();
  const { stage } = page;
  const rows = useSelect((state) => state.rows);
  const me = rows === null ? null : ownRow(rows);
  const several = rows !== null && inPhase(rows, "admitted").length > 2;
  const choice = stage.choice.value;
  const speaker = choice.view === "speaker";
  return (
    <>
      {several && (
        <button
          type="button"
          class="icon-button"
          aria-label={t.room.speakerView}
          title={t.room.speakerView}
          aria-pressed={speaker}
          onClick={() =>
            choose(stage, { ...choice, view: speaker ? "grid" : "speaker", enlarged: null })
          }
        >
          <GalleryVertical aria-hidden="true" />
        </button>
      )}
      {me !== null && isStaff(me) && (
        <button
          type="button"
          class="icon-button"
          aria-label={t.room.captions}
          title={t.room.captions}
          aria-expanded={stage.captioning.value}
          onClick={() => {
            stage.captioning.value = !stage.captioning.value;
          }}
        >
          <Captions aria-hidden="true" />
        </button>
      )}
      {document.pictureInPictureEnabled && (
        <button
          type="button"
          class="icon-button head-float"
          aria-label={t.room.pictureInPicture}
          title={t.room.pictureInPicture}
          onClick={(event) => void floatPicture(event.currentTarget)}
        >
          <PictureInPicture2 aria-hidden="true" />
        </button>
      )}
    </>
  );
}

/** `In session · 12:41`. */
export function stateOf(session: Session, nowMs: number, t: Room["t"]): string {
  if (session.phase === "ended") return t.stage.ended;
  if (session.startedAtMs === null) return t.stage.open;
  return t.stage.elapsed(clock(nowMs - session.startedAtMs));
}

/** `12:41`, `1:02:41`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3_600);
  const rest = `${two(minutes)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

// Above the pictures: which session, how long, who observes, full screen.
import { Eye, Maximize, Minimize } from "lucide-preact";
import { inPhase, type Session } from "../store/rows.ts";
import { serverNow, useRoom } from "./context.ts";
import { DeviceButton } from "./DeviceDialog.tsx";
import { toggleFullScreen } from "./fullscreen.ts";
import { nameOf } from "./names.ts";

export function StageHead() {
  const room = useRoom();
  const { state, page, t } = room;
  const { rows } = state.value;
  if (rows === null) return null;
  const observers = inPhase(rows, "admitted").filter((person) => person.role === "supervisor");
  const full = page.fullScreen.value;
  const Icon = full ? Minimize : Maximize;
  const label = full ? t.stage.exitFullScreen : t.stage.fullScreen;
  return (
    <div class="stage-head">
      <h1 tabIndex={-1} data-heading>
        <bdi>{rows.session.title ?? t.stage.session}</bdi>
      </h1>
      <span class="stage-state">{stateOf(rows.session, serverNow(room), t)}</span>
      <span class="spring" />
      {observers.map((person) => (
        <span key={person.id} class="chip">
          <Eye aria-hidden="true" />
          <bdi>{t.stage.observing(nameOf(person, t))}</bdi>
        </span>
      ))}
      <DeviceButton icon />
      {document.fullscreenEnabled && (
        <button
          type="button"
          class="icon-button"
          aria-label={label}
          title={label}
          onClick={(event) => toggleFullScreen(event.currentTarget)}
        >
          <Icon aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

/** `In session · 12:41`. */
export function stateOf(
  session: Session,
  nowMs: number,
  t: ReturnType<typeof useRoom>["t"],
): string {
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

// One person on the stage: picture or initials, name in a corner, state as icon and text.
import { MicOff } from "lucide-preact";
import { isOn, type Person } from "../store/rows.ts";
import { useRoom } from "./context.ts";
import type { Box } from "./layout.ts";
import { initialsOf, labelOf } from "./names.ts";
import { Picture } from "./Picture.tsx";

interface TileProps {
  person: Person;
  box: Box;
  small: boolean;
}

export function Tile({ person, box, small }: TileProps) {
  const { state, t } = useRoom();
  const { local, remotes, speaking } = state.value;
  const remote = remotes.get(person.id);
  const track = person.you
    ? local.camera.track
    : isOn(person, "camera")
      ? (remote?.video ?? null)
      : null;
  const heard = person.you ? local.microphone.on : isOn(person, "microphone");
  const label = labelOf(person, t);
  const trouble = person.you ? null : troubleOf(person, remote?.state, t);
  const talks = speaking.has(person.id) && heard;
  return (
    <div
      role="group"
      aria-label={label}
      class={small ? "tile tile-small" : "tile"}
      data-speaking={talks}
      style={{
        width: `${box.width}px`,
        height: `${box.height}px`,
        transform: `translate(${box.x}px, ${box.y}px)`,
      }}
    >
      {track !== null ? (
        <Picture track={track} mirrored={person.you} />
      ) : (
        <div class="initials" aria-hidden="true">
          <span>{initialsOf(person, t)}</span>
        </div>
      )}
      {trouble !== null && <p class="tile-trouble">{trouble}</p>}
      <div class="tile-label tag">
        {!heard && <MicOff aria-hidden="true" />}
        <bdi>{small && person.you ? t.person.you : label}</bdi>
        {person.simulated && <span class="chip chip-small">{t.person.simulated}</span>}
        <span class="unseen">
          {!heard && `, ${t.stage.muted}`}
          {track === null && `, ${t.stage.cameraOff}`}
          {talks && `, ${t.stage.speaking}`}
        </span>
      </div>
    </div>
  );
}

function troubleOf(
  person: Person,
  state: string | undefined,
  t: ReturnType<typeof useRoom>["t"],
): string | null {
  if (state === "connected") return null;
  if (!person.connected) return t.stage.away;
  return state === "trouble" ? t.stage.trouble : t.stage.connecting;
}

// One tile on the stage: a person's picture or initials, or the screen they share; name in a corner, state as icon
// and text, and the menu's button. It looks at its own part of the state, so that one voice redraws one tile.
import { CameraOff, MicOff } from "lucide-preact";
import type { CallState } from "../call/room.ts";
import { isOn, type Person } from "../store/rows.ts";
import { useRoom, useSelect } from "./context.ts";
import { useFocusPassed } from "./focus.ts";
import type { Box } from "./layout.ts";
import { initialsOf, labelOf } from "./names.ts";
import { Picture } from "./Picture.tsx";
import type { StageTile } from "./stage-view.ts";
import { MenuButton, screenName } from "./TileMenu.tsx";

interface TileProps {
  tile: StageTile;
  box: Box;
  small: boolean;
  onToggle: (key: string) => void;
}

export function Tile({ tile, box, small, onToggle }: TileProps) {
  const { t, silhouette } = useRoom();
  const { person, kind } = tile;
  const root = useFocusPassed<HTMLDivElement>();
  const screen = kind === "screen";
  const track = useSelect((state) => trackOf(tile, state), [person, kind]);
  const heard = useSelect(
    ({ local }) => (person.you ? local.microphone.on : isOn(person, "microphone")),
    [person],
  );
  const speaks = useSelect(({ speaking }) => speaking.has(person.id), [person.id]);
  const remote = useSelect(({ remotes }) => remotes.get(person.id)?.state, [person.id]);
  const figure =
    !screen && isOn(person, "camera") ? silhouette?.(initialsOf(person, t)) : undefined;
  const noPicture = track === null && figure === undefined;
  const talks = !screen && speaks && heard;
  const label = screen ? screenName(person, t) : labelOf(person, t);
  const trouble = person.you ? null : troubleOf(person, remote, t);
  return (
    // A double click is a second way; the menu is the one for keyboards.
    <div
      ref={root}
      role="group"
      aria-label={label}
      class={small ? "tile tile-small" : "tile"}
      data-kind={kind}
      data-own={person.you}
      data-speaking={talks}
      style={{
        width: `${box.width}px`,
        height: `${box.height}px`,
        transform: `translate(${box.x}px, ${box.y}px)`,
      }}
      onDblClick={() => onToggle(tile.key)}
    >
      {track !== null ? (
        <Picture track={track} mirrored={person.you && !screen} whole={screen} />
      ) : figure !== undefined ? (
        figure
      ) : (
        <div class="initials" aria-hidden="true">
          <span>{initialsOf(person, t)}</span>
        </div>
      )}
      {trouble !== null && <p class="tile-trouble">{trouble}</p>}
      <MenuButton tile={tile} />
      <div class="tile-label tag">
        {!screen && !heard && <MicOff aria-hidden="true" />}
        {!screen && noPicture && <CameraOff aria-hidden="true" />}
        <bdi>{small && person.you && !screen ? t.person.you : label}</bdi>
        {!screen && person.role !== "client" && person.name !== null && !person.you && !small && (
          <span class="tile-role">{t.person.role[person.role]}</span>
        )}
        {person.simulated && <span class="chip chip-small">{t.person.simulated}</span>}
        {!screen && (
          <span class="unseen">
            {!heard && `, ${t.stage.muted}`}
            {noPicture && `, ${t.stage.cameraOff}`}
            {talks && `, ${t.stage.speaking}`}
          </span>
        )}
      </div>
    </div>
  );
}

/** What the rows do not say is on is not shown, even if it arrives. */
function trackOf({ person, kind }: StageTile, state: CallState): MediaStreamTrack | null {
  const { local, remotes, share } = state;
  if (kind === "screen") {
    if (person.you) return share.track;
    return isOn(person, "screen") ? (remotes.get(person.id)?.screen ?? null) : null;
  }
  if (person.you) return local.camera.track;
  return isOn(person, "camera") ? (remotes.get(person.id)?.video ?? null) : null;
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

// Who is on the stage, and where: measures the room there is, and asks `stage-view.ts` and `layout.ts`.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { ownRow, type Person } from "../store/rows.ts";
import { choose } from "../store/stage.ts";
import { useRoom, useSelect } from "./context.ts";
import { arrange } from "./layout.ts";
import { labelOf } from "./names.ts";
import { isEnlarged, mainOf, nextSpeaker, sharedScreen, tilesOf, toggled } from "./stage-view.ts";
import { Tile } from "./Tile.tsx";
import { MenuButton, TileMenu } from "./TileMenu.tsx";

export function VideoGrid() {
  const { page, t } = useRoom();
  const { stage } = page;
  const [ref, size] = useSize();
  const rows = useSelect((state) => state.rows);
  const door = useSelect((state) => state.door);
  const choice = stage.choice.value;
  const tiles = useMemo(
    () => (rows === null ? [] : tilesOf(rows, choice.selfHidden)),
    [rows, choice.selfHidden],
  );
  const last = useRef<string | null>(null);
  // Only the speaker view follows voices.
  const speaker = useSelect(
    ({ speaking }) =>
      choice.view === "speaker" ? nextSpeaker(last.current, speaking, tiles) : null,
    [choice.view, tiles],
  );
  last.current = speaker;
  const shared = sharedScreen(tiles) !== null;
  useEffect(() => {
    // The next screen takes the stage again.
    if (!shared && choice.overShare !== null) choose(stage, { ...choice, overShare: null });
  }, [shared, choice, stage]);
  const solo = tiles.find(({ key }) => key === stage.solo.value);
  useEffect(() => {
    if (stage.solo.value !== null && solo === undefined) stage.solo.value = null;
  }, [solo, stage]);
  const shown = solo === undefined ? tiles : [solo];
  const main = solo === undefined ? mainOf(tiles, choice, speaker) : solo.key;
  const places = arrange({
    ...size,
    keys: shown.map(({ key }) => key),
    main,
    clear: shown.find(({ key }) => key === main)?.kind === "screen",
  });
  const me = rows === null ? null : ownRow(rows);
  const hidden = me !== null && choice.selfHidden && solo === undefined ? me : null;
  const self =
    hidden === null ? null : ({ key: hidden.id, person: hidden, kind: "camera" } as const);
  const menu = [...shown, ...(self === null ? [] : [self])].find(
    ({ key }) => key === stage.menu.value,
  );
  const alone = me?.phase === "admitted" && tiles.every(({ person }) => person.you);
  return (
    <>
      <div class="stage-grid" ref={ref}>
        {places.map(({ key, box, small }) => {
          const tile = shown.find((one) => one.key === key);
          return (
            tile !== undefined && (
              <Tile
                key={key}
                tile={tile}
                box={box}
                small={small}
                onToggle={() => choose(stage, toggled(tiles, choice, key))}
              />
            )
          );
        })}
        {alone && (
          <p class="stage-words">{door === "guest" ? t.stage.aloneClient : t.stage.alone}</p>
        )}
        {self !== null && <HiddenSelf person={self.person} />}
      </div>
      {menu !== undefined && (
        <TileMenu
          key={menu.key}
          tile={menu}
          enlarged={isEnlarged(tiles, choice, menu.key)}
          onToggle={() => choose(stage, toggled(tiles, choice, menu.key))}
        />
      )}
    </>
  );
}

/** Who does not look at oneself is still seen by others, and must know it. */
function HiddenSelf({ person }: { person: Person }) {
  const { page, t } = useRoom();
  const { stage } = page;
  const camera = useSelect(({ local }) => local.camera.on);
  return (
    <div role="group" aria-label={labelOf(person, t)} class="hidden-self">
      <span>{camera ? t.room.selfHidden : t.room.selfHiddenOff}</span>
      <button
        type="button"
        class="button button-small"
        onClick={() => choose(stage, { ...stage.choice.value, selfHidden: false })}
      >
        {t.room.showSelf}
      </button>
      <MenuButton tile={{ key: person.id, person, kind: "camera" }} />
    </div>
  );
}

function useSize() {
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 960, height: 540 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width > 0 && height > 0) {
        setSize((now) => (now.width === width && now.height === height ? now : { width, height }));
      }
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size] as const;
}

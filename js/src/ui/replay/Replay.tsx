// The whole of a replay: the room as it was, how to go about in time, and what was recorded. Shells render this.
import { useEffect, useLayoutEffect } from "preact/hooks";
import { RoomProvider } from "../context.ts";
import { Main } from "../Main.tsx";
import { VideoGrid } from "../VideoGrid.tsx";
import { ReplayProvider, type ReplayRoom, useReplay } from "./context.tsx";
import { onKey } from "./keys.ts";
import { Panel } from "./Panel.tsx";
import { Playback } from "./Playback.tsx";
import { ReplayHead } from "./ReplayHead.tsx";
import { Timeline } from "./Timeline.tsx";

export function Replay({ replay }: { replay: ReplayRoom }) {
  const { room, w } = replay;
  const { embedded } = room;
  useEffect(() => {
    // A page has nothing else that a key could be meant for.
    if (embedded) return;
    const listener = (event: KeyboardEvent) => {
      if (event.target === document.body) onKey(replay, event);
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [replay, embedded]);
  useEffect(() => {
    // Escape left the whole screen, and with it the one tile.
    const changed = () => {
      if (document.fullscreenElement === null) room.page.stage.solo.value = null;
    };
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, [room]);
  return (
    <ReplayProvider value={replay}>
      <RoomProvider value={room}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: keys are a second way to the controls in it */}
        <div
          {...(embedded ? { role: "region", "aria-label": w.region } : {})}
          class={`telehealth-widget replay ${embedded ? "embedded" : "page"}`}
          lang={w.language}
          // A click anywhere in it brings the keys here: else the notebook would take them for its own.
          {...(embedded ? { tabIndex: -1 } : {})}
          data-lm-suppress-shortcuts="true"
          onBeforeInputCapture={(event) => event.stopPropagation()}
          onKeyDown={(event) => onKey(replay, event)}
        >
          <Main class="replay-view">
            <ReplayHead />
            <div class="replay-body">
              <div class="replay-column">
                <Scene />
                <Playback />
                <Timeline />
              </div>
              <Panel />
            </div>
          </Main>
          <Said />
        </div>
      </RoomProvider>
    </ReplayProvider>
  );
}

/** Who was in the session at this moment, as the provider saw them. */
function Scene() {
  const { room, w, recording } = useReplay();
  const { rows } = room.state.value;
  const inside = [...(rows?.people.values() ?? [])].some(({ phase }) => phase === "admitted");
  return (
    <div class="stage replay-stage">
      <div class="stage-main">
        {rows === null ? (
          <p class="stage-words">{w.empty}</p>
        ) : (
          <>
            {inside && <VideoGrid />}
            {!inside && <p class="stage-words">{w.nobody}</p>}
          </>
        )}
      </div>
      {!recording.ended && rows !== null && <p class="replay-unfinished small">{w.unfinished}</p>}
    </div>
  );
}

/** Jumps are told; what happens while it plays is not, since it would never stop. */
function Said() {
  const { store } = useReplay();
  const said = store.said.value;
  useLayoutEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => {
      store.said.value = "";
    }, 4_000);
    return () => clearTimeout(timer);
  }, [said, store]);
  return (
    <p class="unseen" role="status">
      {said}
    </p>
  );
}

// The session itself: head, pictures, action tray, and a side panel if one is open.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Panel } from "../store/page.ts";
import { ActionTray } from "./ActionTray.tsx";
import { AttendeesPanel } from "./AttendeesPanel.tsx";
import { CaptionBox, Captions } from "./Captions.tsx";
import { ChatPanel } from "./ChatPanel.tsx";
import { useRoom, useSelect } from "./context.ts";
import { DeviceTrouble } from "./DeviceTrouble.tsx";
import { Main } from "./Main.tsx";
import { RecordBanner } from "./RecordBanner.tsx";
import { StageHead } from "./StageHead.tsx";
import { StageNotes } from "./StageNotes.tsx";
import { Trouble } from "./Trouble.tsx";
import { VideoGrid } from "./VideoGrid.tsx";

/** Up to this width a panel covers the whole stage (the same figure as in panels.css). */
const PANEL_COVERS_PX = 760;

export function Stage() {
  const { page } = useRoom();
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<Panel | null>(null);
  const panel = page.panel.value;
  const [narrow, setNarrow] = useState(false);
  useEffect(() => {
    const stage = root.current;
    if (stage === null) return;
    const watch = new ResizeObserver(() => setNarrow(stage.clientWidth <= PANEL_COVERS_PX));
    watch.observe(stage);
    return () => watch.disconnect();
  }, []);
  const close = () => {
    page.panel.value = null;
  };
  useLayoutEffect(() => {
    // Focus returns to the button that opened the panel.
    if (panel === null && opener.current !== null) {
      root.current?.querySelector<HTMLElement>(`[data-panel="${opener.current}"]`)?.focus();
    }
    opener.current = panel;
  }, [panel]);
  useLayoutEffect(() => {
    // Escape counts from wherever the focus is: on its way into a panel that just opened, too.
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      page.panel.value = null;
      page.stage.solo.value = null;
    };
    const stage = root.current;
    stage?.addEventListener("keydown", onKey);
    return () => stage?.removeEventListener("keydown", onKey);
  }, [page]);
  return (
    <div
      class="stage"
      ref={root}
      data-panel-open={panel !== null}
      data-solo={page.stage.solo.value !== null}
    >
      <Main class="stage-main" inert={narrow && panel !== null}>
        <StageHead />
        <RecordBanner />
        <div class="stage-alerts">
          <StageNotes />
          <DeviceTrouble inCall />
          {panel !== "chat" && <Trouble />}
        </div>
        <VideoGrid />
        <Captions />
        <CaptionBox />
        <ActionTray />
      </Main>
      {narrow && panel !== null && <StopBar />}
      {panel === "attendees" && <AttendeesPanel onClose={close} />}
      {panel === "chat" && (
        <aside class="aside">
          <ChatPanel onClose={close} />
          <Trouble />
        </aside>
      )}
    </div>
  );
}

/** Where a panel covers the tray, what stops a share is still in sight. */
function StopBar() {
  const { call, t } = useRoom();
  const at = useSelect(({ share }) => share.at);
  if (at !== "on") return null;
  return (
    <section class="stop-bar" aria-label={t.room.ownScreen}>
      <span>{t.room.sharing}</span>
      <button type="button" class="button" onClick={() => void call.sharing.stop()}>
        {t.room.stopSharing}
      </button>
    </section>
  );
}

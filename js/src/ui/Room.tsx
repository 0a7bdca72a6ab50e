// The whole of one view: which screen, and what lies over it. Shells render this and nothing else.
import { useEffect, useRef } from "preact/hooks";
import { Announcer } from "./Announcer.tsx";
import { useAwake } from "./awake.ts";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { useChime } from "./chime.ts";
import { RoomProvider, type Room as RoomType, useRoom } from "./context.ts";
import { DeviceDialog } from "./DeviceDialog.tsx";
import { EndDialog } from "./EndDialog.tsx";
import { Ended } from "./Ended.tsx";
import { Lobby } from "./Lobby.tsx";
import { Main } from "./Main.tsx";
import { NoticeScreen } from "./NoticeScreens.tsx";
import { Preparation } from "./Preparation.tsx";
import { Stage } from "./Stage.tsx";
import { type Screen, screenOf } from "./screen.ts";
import { Paused, Waiting } from "./Waiting.tsx";

export function Room({ room }: { room: RoomType }) {
  return (
    <RoomProvider value={room}>
      <View />
    </RoomProvider>
  );
}

function View() {
  const room = useRoom();
  const { state, page, t, embedded } = room;
  const screen = screenOf(state.value);
  const root = useRef<HTMLDivElement>(null);
  useFocusOnChange(root, screen, embedded);
  useFullScreen(root, room);
  useAwake(!embedded && AWAKE.has(screen));
  const asking = page.ending.value && state.value.rows?.session.phase !== "ended";
  const setting = page.devices.value && !asking && SETTING.has(screen);
  useChime(room);
  return (
    <div
      ref={root}
      {...(embedded ? { role: "region", "aria-label": t.lobby.region } : {})}
      class={embedded ? "telehealth-widget embedded" : "telehealth-widget page"}
      lang={t.language}
      data-lm-suppress-shortcuts="true"
      // JupyterLab cancels line breaks typed inside a cell, and with them Enter in our forms: its listener
      // sits on the input itself, so the event must not get there. Nothing of ours listens to it.
      onBeforeInputCapture={(event) => event.stopPropagation()}
      data-screen={screen}
    >
      <div class="view" inert={asking || setting}>
        <ConnectionBanner />
        <Body screen={screen} />
      </div>
      {asking && <EndDialog />}
      {setting && <DeviceDialog />}
      <Announcer />
    </div>
  );
}

/** Where the device dialog may be open; preparation has the same choices on the page. */
const SETTING: ReadonlySet<Screen> = new Set(["waiting", "lobby", "session"]);
const AWAKE: ReadonlySet<Screen> = new Set(["waiting", "paused", "session"]);

function Body({ screen }: { screen: Screen }) {
  const { t } = useRoom();
  switch (screen) {
    case "connecting":
      return (
        <Main class="connecting">
          <div role="status">
            <h1>{t.link.connecting}</h1>
          </div>
        </Main>
      );
    case "preparation":
      return <Preparation />;
    case "waiting":
      return <Waiting />;
    case "paused":
      return <Paused />;
    case "lobby":
      return <Lobby />;
    case "session":
      return <Stage />;
    case "ended":
      return <Ended />;
    default:
      return <NoticeScreen screen={screen} />;
  }
}

/** A new screen begins at its heading, but nobody's work elsewhere in a notebook is interrupted. */
function useFocusOnChange(
  root: { current: HTMLElement | null },
  screen: Screen,
  embedded: boolean,
): void {
  const before = useRef(screen);
  const inside = useRef(false);
  useEffect(() => {
    const element = root.current;
    const track = (event: FocusEvent) => {
      inside.current = element?.contains(event.target as Node) ?? false;
    };
    document.addEventListener("focusin", track);
    return () => document.removeEventListener("focusin", track);
  }, [root]);
  useEffect(() => {
    if (before.current === screen) return;
    before.current = screen;
    if (embedded && !inside.current) return;
    const element = root.current;
    if (element?.contains(document.activeElement)) return;
    element?.querySelector<HTMLElement>("[data-heading]")?.focus({ preventScroll: embedded });
  }, [root, screen, embedded]);
}

function useFullScreen(root: { current: HTMLElement | null }, { page }: RoomType): void {
  useEffect(() => {
    const changed = () => {
      page.fullScreen.value = document.fullscreenElement === root.current;
    };
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, [root, page]);
}

// The whole of one view: which screen, and what lies over it. Shells render this and nothing else.
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Announcer } from "./Announcer.tsx";
import { useAwake } from "./awake.ts";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { useChime } from "./chime.ts";
import { RoomProvider, type Room as RoomType, useRoom, useSelect } from "./context.ts";
import { Ended } from "./Ended.tsx";
import { type Inside, type InsideSource, useInside } from "./load.ts";
import { Main } from "./Main.tsx";
import { NoticeScreen } from "./NoticeScreens.tsx";
import { overlayOf } from "./overlay.ts";
import { Preparation } from "./Preparation.tsx";
import { type Screen, screenOf } from "./screen.ts";
import { Paused, Waiting } from "./Waiting.tsx";

/** `inside`: what is shown once somebody is let in, or how to get it. */
export function Room({ room, inside }: { room: RoomType; inside: InsideSource }) {
  return (
    <RoomProvider value={room}>
      <View source={inside} />
    </RoomProvider>
  );
}

function View({ source }: { source: InsideSource }) {
  const room = useRoom();
  const { t, embedded } = room;
  const screen = useSelect(screenOf);
  const inside = useInside(source, screen);
  const root = useRef<HTMLDivElement>(null);
  useFocusOnChange(root, screen, embedded);
  useFullScreen(root, room);
  useAwake(!embedded && AWAKE.has(screen));
  // Computed apart: a voice or a tick changes no overlay, and so renders nothing here.
  const overlay = useComputed(() => overlayOf(room, screenOf(room.state.value))).value;
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
      <div class="view" inert={overlay !== null && inside !== null}>
        <ConnectionBanner />
        <Body screen={screen} inside={inside} />
      </div>
      {overlay !== null && inside !== null && <inside.Question overlay={overlay} />}
      <Announcer />
    </div>
  );
}

const AWAKE: ReadonlySet<Screen> = new Set(["waiting", "paused", "session"]);

function Body({ screen, inside }: { screen: Screen; inside: Inside | null }) {
  switch (screen) {
    case "connecting":
      return <Connecting />;
    case "preparation":
      return <Preparation />;
    case "waiting":
      return <Waiting />;
    case "paused":
      return <Paused />;
    case "lobby":
      return inside === null ? <Connecting /> : <inside.Lobby />;
    case "session":
      return inside === null ? <Connecting /> : <inside.Stage />;
    case "ended":
      return <Ended />;
    default:
      return <NoticeScreen screen={screen} />;
  }
}

function Connecting() {
  const { t } = useRoom();
  return (
    <Main class="connecting">
      <div role="status">
        <h1>{t.link.connecting}</h1>
      </div>
    </Main>
  );
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
      // Escape left the whole screen, and with it the one tile.
      if (!page.fullScreen.value) page.stage.solo.value = null;
    };
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, [root, page]);
}

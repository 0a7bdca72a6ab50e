// The menu of one tile, by the ARIA menu-button pattern: arrows, Home, End, first letters, Escape; focus returns.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ownRow, type Person } from "../store/rows.ts";
import { choose } from "../store/stage.ts";
import { attempt, type Room, useRoom } from "./context.ts";
import { enterSolo, leaveSolo } from "./fullscreen.ts";
import { type MenuItem, type MenuKey, menuItems } from "./menu-items.ts";
import { labelOf, nameOf } from "./names.ts";
import type { StageTile } from "./stage-view.ts";

interface TileMenuProps {
  tile: StageTile;
  enlarged: boolean;
  onToggle: () => void;
}

export function TileMenu({ tile, enlarged, onToggle }: TileMenuProps) {
  const room = useRoom();
  const { state, page, t } = room;
  const { rows, local } = state.value;
  const { stage } = page;
  const list = useRef<HTMLDivElement>(null);
  const me = rows === null ? null : ownRow(rows);
  const place = usePlace(list, tile.key, stage.menu.value !== null);
  const close = (returning: boolean) => {
    const button = opener(list.current, tile.key);
    stage.menu.value = null;
    if (returning) button?.focus();
  };
  useLayoutEffect(() => {
    const root = list.current?.closest(".telehealth-widget") ?? null;
    list.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const outside = (event: Event) => {
      const target = event.composedPath()[0] as Node;
      const own = opener(list.current, tile.key);
      if (list.current?.contains(target) || own?.contains(target)) return;
      stage.menu.value = null;
    };
    document.addEventListener("pointerdown", outside, true);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      // The tile went away with its person: the focus must not go to nowhere.
      if (document.activeElement === null || document.activeElement === document.body) {
        root?.querySelector<HTMLElement>("[data-heading]")?.focus({ preventScroll: true });
      }
    };
  }, [stage, tile.key]);
  if (me === null) return null;
  const items = menuItems(
    {
      me,
      person: tile.person,
      kind: tile.kind,
      enlarged,
      full: stage.solo.value !== null,
      selfHidden: stage.choice.value.selfHidden,
      own: { microphone: local.microphone.on, camera: local.camera.on },
    },
    t,
  );
  const run = (item: MenuItem) => {
    if (item.disabled) return;
    const root = list.current?.closest<HTMLElement>(".telehealth-widget") ?? null;
    close(true);
    if (item.key === "enlarge") {
      onToggle();
    } else if (item.key === "fullScreen") {
      if (stage.solo.value === null) enterSolo(room, root, tile.key);
      else leaveSolo(room);
    } else act(room, item.key, tile.person);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const index = all.indexOf(document.activeElement as HTMLElement);
    const to = target(event.key, index, items);
    if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault();
      event.stopPropagation();
      close(true);
    } else if (to !== null) {
      event.preventDefault();
      event.stopPropagation();
      all[to]?.focus();
    }
  };
  return (
    <div
      ref={list}
      class="menu"
      role="menu"
      tabIndex={-1}
      aria-label={t.room.more(nameOf(tile.person, t))}
      {...(place === undefined ? {} : { style: place })}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => (
        <button
          key={item.key}
          type="button"
          role="menuitem"
          class={item.danger ? "menu-item menu-danger" : "menu-item"}
          tabIndex={-1}
          aria-disabled={item.disabled ? true : undefined}
          onClick={() => run(item)}
        >
          {item.label}
        </button>
      ))}
    </div>
  );
}

/** What opens it; it lies in the tile, the menu does not: a tile cuts off what leaves it. */
export function MenuButton({ tile }: { tile: StageTile }) {
  const { page, t } = useRoom();
  const { menu } = page.stage;
  const open = menu.value === tile.key;
  const name = nameOf(tile.person, t);
  const toggle = () => {
    menu.value = open ? null : tile.key;
  };
  return (
    <button
      type="button"
      class="tile-more"
      aria-label={t.room.more(tile.kind === "screen" ? screenName(tile.person, t) : name)}
      aria-haspopup="menu"
      aria-expanded={open}
      data-menu={tile.key}
      onClick={toggle}
      onDblClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        menu.value = tile.key;
      }}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true" fill="currentColor">
        <circle cx="12" cy="5" r="2" />
        <circle cx="12" cy="12" r="2" />
        <circle cx="12" cy="19" r="2" />
      </svg>
    </button>
  );
}

export function screenName(person: Person, t: Room["t"]): string {
  return person.you ? t.room.ownScreen : t.room.screenOf(labelOf(person, t));
}

/** Where a key leads from the item at `index`; `null`: it is no key of the menu. */
export function target(key: string, index: number, items: readonly MenuItem[]): number | null {
  const last = items.length - 1;
  switch (key) {
    case "ArrowDown":
      return index >= last ? 0 : index + 1;
    case "ArrowUp":
      return index <= 0 ? last : index - 1;
    case "Home":
      return 0;
    case "End":
      return last;
  }
  if (key.length !== 1 || key === " ") return null;
  const letter = key.toLocaleLowerCase();
  for (let step = 1; step <= items.length; step++) {
    const at = (index + step) % items.length;
    if (items[at]?.label.toLocaleLowerCase().startsWith(letter)) return at;
  }
  return null;
}

function act(room: Room, key: MenuKey, person: Person): void {
  const { call, state, page } = room;
  const { stage } = page;
  const { id, you } = person;
  const tell = (command: Parameters<typeof call.command>[0]) =>
    void attempt(room, () => call.command(command));
  switch (key) {
    case "microphone":
      if (you) void call.setOn("microphone", !state.value.local.microphone.on);
      else tell({ do: "Mute", person: id });
      return;
    case "camera":
      if (you) void call.setOn("camera", !state.value.local.camera.on);
      else tell({ do: "StopVideo", person: id });
      return;
    case "askMicrophone":
      tell({ do: "AskToUnmute", person: id });
      return;
    case "askCamera":
      tell({ do: "AskToStartVideo", person: id });
      return;
    case "stopShare":
      if (you) void call.sharing.stop();
      else tell({ do: "StopShare", person: id });
      return;
    case "self":
      choose(stage, { ...stage.choice.value, selfHidden: !stage.choice.value.selfHidden });
      return;
    case "devices":
      page.devices.value = true;
      return;
    case "pause":
      tell({ do: "Pause", person: id });
      return;
    case "remove":
      stage.removing.value = id;
  }
}

function opener(from: Element | null, key: string): HTMLElement | null {
  const all = from?.closest(".stage")?.querySelectorAll<HTMLElement>("[data-menu]") ?? [];
  return [...all].find((button) => button.dataset.menu === key) ?? null;
}

type Placement = { left: string; top: string; maxHeight: string };

/** Below its button, or above, and always on the stage; measured after each change of the page's size. */
function usePlace(
  list: { current: HTMLElement | null },
  key: string,
  open: boolean,
): Placement | undefined {
  const [place, setPlace] = useState<Placement>();
  useLayoutEffect(() => {
    const menu = list.current;
    const stage = menu?.closest(".stage");
    if (!open || menu === null || stage == null) return;
    const measure = () => {
      const button = opener(menu, key)?.getBoundingClientRect();
      if (button === undefined) return;
      const room = stage.getBoundingClientRect();
      const height = Math.min(menu.scrollHeight + 2, room.height - 16);
      const below = button.bottom + 4;
      const fits = below + height <= room.bottom - 8;
      const top = fits ? below : Math.max(room.top + 8, button.top - 4 - height);
      const kept = Math.min(top, room.bottom - 8 - height);
      const left = Math.min(
        Math.max(button.right - menu.offsetWidth, room.left + 8),
        room.right - menu.offsetWidth - 8,
      );
      setPlace({
        left: `${left - room.left}px`,
        top: `${kept - room.top}px`,
        maxHeight: `${room.height - 16}px`,
      });
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(stage);
    return () => watch.disconnect();
  }, [list, key, open]);
  return place;
}

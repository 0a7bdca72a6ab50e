// What a tile's menu offers: exactly the rights of who looks at it. Pure.
import { isOn, type Person } from "../store/rows.ts";
import type { Strings } from "../strings/index.ts";

export type MenuKey =
  | "enlarge"
  | "microphone"
  | "camera"
  | "askMicrophone"
  | "askCamera"
  | "self"
  | "devices"
  | "fullScreen"
  | "stopShare"
  | "pause"
  | "remove";

export interface MenuItem {
  readonly key: MenuKey;
  readonly label: string;
  /** Shown, and of no use now. */
  readonly disabled?: boolean;
  readonly danger?: boolean;
}

export interface MenuFacts {
  readonly me: Person;
  readonly person: Person;
  readonly kind: "camera" | "screen";
  readonly enlarged: boolean;
  readonly full: boolean;
  readonly selfHidden: boolean;
  /** What the own devices do, which is ahead of the rows. */
  readonly own: { readonly microphone: boolean; readonly camera: boolean };
}

export function menuItems(facts: MenuFacts, t: Strings): MenuItem[] {
  const { me, person, kind, enlarged, full } = facts;
  const r = t.room;
  const provider = me.role === "provider";
  const hidden = person.you && facts.selfHidden;
  const view: MenuItem = { key: "enlarge", label: enlarged ? r.shrink : r.enlarge };
  const screen: MenuItem = { key: "fullScreen", label: full ? r.exitFullScreen : r.fullScreen };
  if (kind === "screen") {
    const mayStop = person.you || provider;
    return [
      view,
      ...(mayStop ? [{ key: "stopShare" as const, label: r.stopSharing }] : []),
      screen,
    ];
  }
  if (person.you) {
    const { microphone, camera } = facts.own;
    return [
      ...(hidden ? [] : [view]),
      { key: "microphone", label: microphone ? t.tray.mute : t.tray.unmute },
      { key: "camera", label: camera ? t.tray.stopVideo : t.tray.startVideo },
      { key: "self", label: hidden ? r.showSelf : r.hideSelf },
      { key: "devices", label: r.devices },
      ...(hidden ? [] : [screen]),
    ];
  }
  if (!provider) return [view, screen];
  return [
    view,
    isOn(person, "microphone")
      ? { key: "microphone", label: t.tray.mute }
      : asking("askMicrophone", person.asked.includes("microphone"), r.askUnmute, r.askedUnmute),
    isOn(person, "camera")
      ? { key: "camera", label: t.tray.stopVideo }
      : asking("askCamera", person.asked.includes("camera"), r.askVideo, r.askedVideo),
    screen,
    { key: "pause", label: r.pause },
    { key: "remove", label: r.remove, danger: true },
  ];
}

function asking(key: MenuKey, asked: boolean, ask: string, label: string): MenuItem {
  return asked ? { key, label, disabled: true } : { key, label: ask };
}

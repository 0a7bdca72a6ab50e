// The toolbar of a session, by the ARIA toolbar pattern: one tab stop, arrows within.
import {
  CircleX,
  LogOut,
  type LucideIcon,
  MessageSquare,
  Mic,
  MicOff,
  ScreenShare,
  ScreenShareOff,
  Users,
  Video,
  VideoOff,
} from "lucide-preact";
import { useId, useRef, useState } from "preact/hooks";
import { canShare } from "../call/sharing.ts";
import type { Panel } from "../store/page.ts";
import { ownRow, waiting } from "../store/rows.ts";
import { fromOthers } from "./chat-lines.ts";
import { attempt, useRoom, useSelect } from "./context.ts";

interface Item {
  key: string;
  label: string;
  short?: string;
  icon: LucideIcon;
  kind?: "on" | "off" | "stop" | "leave" | "end";
  panel?: Panel;
  /** A number in the corner, and what it means. */
  badge?: [number, string];
  act: () => void;
}

export function ActionTray() {
  const { t } = useRoom();
  const items = useItems();
  const [current, setCurrent] = useState("microphone");
  const bar = useRef<HTMLDivElement>(null);
  const stop = items.some((item) => item.key === current) ? current : items[0]?.key;

  const onKeyDown = (event: KeyboardEvent) => {
    const index = items.findIndex((item) => item.key === stop);
    const last = items.length - 1;
    const rtl = bar.current !== null && getComputedStyle(bar.current).direction === "rtl";
    const [forward, back] = rtl ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    let next = index;
    if (event.key === forward) next = index === last ? 0 : index + 1;
    else if (event.key === back) next = index === 0 ? last : index - 1;
    else if (event.key === "Home") next = 0;
    else if (event.key === "End") next = last;
    else return;
    event.preventDefault();
    const key = items[next]?.key ?? "";
    setCurrent(key);
    bar.current?.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus();
  };

  return (
    <div class="tray-place">
      <div
        ref={bar}
        class="tray"
        role="toolbar"
        aria-label={t.tray.label}
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        {items.map((item) => (
          <TrayButton
            key={item.key}
            item={item}
            stop={item.key === stop}
            onFocus={() => setCurrent(item.key)}
          />
        ))}
      </div>
    </div>
  );
}

function TrayButton({ item, stop, onFocus }: { item: Item; stop: boolean; onFocus: () => void }) {
  const { page } = useRoom();
  const badgeId = useId();
  const Icon = item.icon;
  const open = item.panel !== undefined && page.panel.value === item.panel;
  return (
    <span class="tray-item">
      <button
        type="button"
        class={`tray-button ${item.kind === undefined ? "" : `tray-${item.kind}`}`}
        aria-label={item.label}
        aria-expanded={item.panel === undefined ? undefined : open}
        aria-describedby={item.badge === undefined ? undefined : badgeId}
        tabIndex={stop ? 0 : -1}
        data-key={item.key}
        data-panel={item.panel}
        onClick={item.act}
        onFocus={onFocus}
      >
        <Icon aria-hidden="true" />
        <span class={item.short === undefined ? undefined : "long"}>{item.label}</span>
        {item.short !== undefined && <span class="short">{item.short}</span>}
      </button>
      {item.badge !== undefined && (
        <span class="badge" id={badgeId} aria-hidden="true">
          {item.badge[0]}
          <span class="unseen"> {item.badge[1]}</span>
        </span>
      )}
    </span>
  );
}

function useItems(): Item[] {
  const room = useRoom();
  const { call, page, t } = room;
  const rows = useSelect((state) => state.rows);
  const chat = useSelect((state) => state.chat);
  const local = useSelect((state) => state.local);
  const share = useSelect((state) => state.share.at);
  const me = rows === null ? null : ownRow(rows);
  const provider = me?.role === "provider";
  const queue = rows !== null && provider ? waiting(rows).length : 0;
  const unread = Math.max(0, fromOthers(chat) - page.read.value);
  const toggle = (panel: Panel) => () => {
    page.panel.value = page.panel.value === panel ? null : panel;
  };
  const media: Item[] = [
    {
      key: "microphone",
      label: local.microphone.on ? t.tray.mute : t.tray.unmute,
      icon: local.microphone.on ? Mic : MicOff,
      kind: local.microphone.on ? "on" : "off",
      act: () => void call.setOn("microphone", !local.microphone.on),
    },
    {
      key: "camera",
      label: local.camera.on ? t.tray.stopVideo : t.tray.startVideo,
      icon: local.camera.on ? Video : VideoOff,
      kind: local.camera.on ? "on" : "off",
      act: () => void call.setOn("camera", !local.camera.on),
    },
  ];
  const shares = share === "on" || share === "offering";
  const allowed = rows?.session.share !== "providers" || provider;
  if (shares || (canShare() && allowed)) {
    media.push({
      key: "share",
      label: shares ? t.room.stopSharing : t.room.share,
      short: shares ? t.room.stopSharing : t.room.shareShort,
      icon: shares ? ScreenShareOff : ScreenShare,
      ...(shares ? { kind: "stop" as const } : {}),
      act: () => {
        if (shares) void call.sharing.stop();
        else page.stage.sharing.value = true;
      },
    });
  }
  const rest: Item[] = [
    {
      key: "attendees",
      label: t.tray.attendees,
      icon: Users,
      panel: "attendees",
      ...(queue > 0 ? { badge: [queue, t.tray.waiting] } : {}),
      act: toggle("attendees"),
    },
    {
      key: "chat",
      label: t.tray.chat,
      icon: MessageSquare,
      panel: "chat",
      ...(unread > 0 ? { badge: [unread, t.tray.unread] } : {}),
      act: toggle("chat"),
    },
    {
      key: "leave",
      label: t.tray.leave,
      short: t.tray.leaveShort,
      icon: LogOut,
      kind: "leave",
      act: () => void attempt(room, () => call.leave()),
    },
  ];
  if (provider) {
    rest.push({
      key: "end",
      label: t.tray.end,
      short: t.tray.endShort,
      icon: CircleX,
      kind: "end",
      act: () => {
        page.ending.value = true;
      },
    });
  }
  return [...media, ...rest];
}

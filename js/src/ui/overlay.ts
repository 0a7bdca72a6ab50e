// What lies over the room now: at most one question or dialog, the most pressing first. Pure.
import type { SourceState } from "../call/local-state.ts";
import { canShare } from "../call/sharing.ts";
import { ownRow } from "../store/rows.ts";
import type { Room } from "./context.ts";
import type { Screen } from "./screen.ts";

export type Overlay =
  | "end"
  | "remove"
  | "share"
  | "whole"
  | "askedMicrophone"
  | "askedCamera"
  | "devices";

/** Where the device dialog may be open; preparation has the same choices on the page. */
const SETTING: ReadonlySet<Screen> = new Set(["waiting", "lobby", "session"]);

/** What the person is about to do goes before what they are asked. Reads signals: call it while rendering. */
export function overlayOf({ page, state }: Room, screen: Screen): Overlay | null {
  const { rows, share, local, declined } = state.value;
  const { stage } = page;
  if (page.ending.value && rows?.session.phase !== "ended") return "end";
  if (screen === "session" && rows !== null) {
    const whom = stage.removing.value;
    if (whom !== null && rows.people.get(whom)?.phase === "admitted") return "remove";
    if (stage.sharing.value && share.at === "off" && canShare()) return "share";
    if (share.at === "asking") return "whole";
    // What is on, or on its way, was answered: the row only says so a moment later.
    const open = ({ on, opening }: SourceState) => on || opening;
    const asked = (ownRow(rows)?.asked ?? []).filter(
      (device) => device === "screen" || !declined.has(device),
    );
    if (asked.includes("microphone") && !open(local.microphone)) return "askedMicrophone";
    if (asked.includes("camera") && !open(local.camera)) return "askedCamera";
  }
  return page.devices.value && SETTING.has(screen) ? "devices" : null;
}

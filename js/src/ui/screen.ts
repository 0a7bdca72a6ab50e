// Which screen a call shows: a pure reading of its state. No component and no words here.
import type { CallState } from "../call/room.ts";
import { ownRow } from "../store/rows.ts";

export type Screen =
  | "connecting"
  | "openAgain"
  | "linkProblem"
  | "otherTab"
  | "moved"
  | "refused"
  | "preparation"
  | "waiting"
  | "paused"
  | "declined"
  | "removed"
  | "left"
  | "lobby"
  | "session"
  | "ended";

export function screenOf(state: CallState): Screen {
  const { door, link, rows, leaving } = state;
  if (!state.known) return "openAgain";
  if (rows?.session.phase === "ended") return "ended";
  if (link.at === "closed" && link.code === "SESSION_ENDED") return "ended";
  if (door === "guest" && leaving) return "left";
  if (link.at === "closed") return closedScreen(link.code);
  const me = rows === null ? null : ownRow(rows);
  if (rows === null || me === null) return "connecting";
  if (door === "host") {
    return me.phase === "admitted" && rows.seat === "here" && !leaving && !state.entering
      ? "session"
      : "lobby";
  }
  switch (me.phase) {
    case "admitted":
      return "session";
    case "waiting":
    case "paused":
    case "declined":
    case "removed":
    case "left":
      return me.phase;
    default:
      return "preparation";
  }
}

function closedScreen(code: string | null): Screen {
  switch (code) {
    case "LINK_UNKNOWN":
    case "LINK_EXPIRED":
    case "LINK_REVOKED":
      return "linkProblem";
    case "RESUME_UNKNOWN":
      return "openAgain";
    case "RESUME_REUSED":
      return "otherTab";
    case "SEAT_TAKEN":
      return "moved";
    case "REMOVED":
      return "removed";
    default:
      return "refused";
  }
}

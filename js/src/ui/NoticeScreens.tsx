// The screens that only say something: declined, removed, left, moved, and links that lead nowhere.
import { ownRow } from "../store/rows.ts";
import { sentenceOf, useRoom } from "./context.ts";
import { Notice } from "./Notice.tsx";
import type { Screen } from "./screen.ts";

export function NoticeScreen({ screen }: { screen: Screen }) {
  const { call, state, t } = useRoom();
  const { link, rows } = state.value;
  const n = t.notice;
  const said = link.at === "closed" && link.message ? sentenceOf(link, t) : null;
  const reason = rows === null ? null : (ownRow(rows)?.reason ?? null);
  const use = { label: n.useHere, act: () => call.useHere() };
  switch (screen) {
    case "declined":
      return (
        <Notice title={n.declined}>
          {reason !== null && <p>{n.reason(reason)}</p>}
          <p class="muted">{n.declinedBody}</p>
        </Notice>
      );
    case "removed":
      return (
        <Notice title={n.removed}>
          {reason !== null && <p>{n.reason(reason)}</p>}
          <p class="muted">{n.removedBody}</p>
        </Notice>
      );
    case "left":
      return (
        <Notice title={n.left} action={{ label: n.again, act: () => call.again() }}>
          <p class="muted">{n.leftBody}</p>
        </Notice>
      );
    case "otherTab":
      return (
        <Notice title={n.otherTab} action={use}>
          <p class="muted">{n.otherTabBody}</p>
        </Notice>
      );
    case "moved":
      return (
        <Notice title={n.moved} action={use}>
          <p class="muted">{n.movedBody}</p>
        </Notice>
      );
    case "linkProblem":
      return (
        <Notice title={n.linkTitle}>
          <p>{said}</p>
        </Notice>
      );
    case "openAgain":
      return (
        <Notice title={n.openAgain}>
          <p>{n.openAgainBody}</p>
        </Notice>
      );
    default:
      return (
        <Notice title={n.refused} action={{ label: t.retry, act: () => call.again() }}>
          <p>{said ?? t.link.failed}</p>
        </Notice>
      );
  }
}

// Above the replay: which session, whether its record was verified, and that nobody is seen or heard in it.
import { ShieldAlert, ShieldCheck } from "lucide-preact";
import { useReplay } from "./context.tsx";

export function ReplayHead() {
  const { recording, room, w } = useReplay();
  const { check, labels, names } = recording;
  const title = room.state.value.rows?.session.title ?? recording.session;
  const said = [labels.study, labels.site, labels.condition].filter((label) => label !== undefined);
  return (
    <div class="replay-head">
      <h1 tabIndex={-1} data-heading>
        <bdi>{title}</bdi> · {w.replay}
      </h1>
      {check !== null &&
        (check.ok ? (
          <span
            class="chip"
            title={[w.verifiedHint, ...(check.key == null ? [] : [w.key(check.key)])].join(" ")}
          >
            <ShieldCheck aria-hidden="true" />
            {w.verified(check.rows)}
          </span>
        ) : (
          <span class="chip replay-unverified">
            <ShieldAlert aria-hidden="true" />
            {w.unverified}
          </span>
        ))}
      <span class="spring" />
      {said.length > 0 && <span class="muted small">{said.join(" · ")}</span>}
      <span class="muted small">{names ? w.withNames : w.nothingKept}</span>
      {check !== null && !check.ok && (
        <p class="note note-warn replay-problem" lang="en">
          {check.problem}
        </p>
      )}
    </div>
  );
}

// "Test my connection": a button, progress in words, and a verdict with what to do about it.
import { Activity, CircleCheck, TriangleAlert } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Outcome, Stage } from "../call/connection-test.ts";
import type { ConnectionReport } from "../protocol/types.ts";
import { ownRow } from "../store/rows.ts";
import { useRoom } from "./context.ts";

interface Progress {
  readonly stage: Stage;
  readonly place: number;
}

const STAGES: readonly Stage[] = ["connecting", "delay", "upload", "download", "devices"];

/** `holds`: the test itself opens camera and microphone for its length, where nothing else does. */
export function ConnectionTest({ holds = false }: { holds?: boolean }) {
  const { call, state, page, t } = useRoom();
  const [progress, setProgress] = useState<Progress | null>(null);
  const [failure, setFailure] = useState<Exclude<Outcome["kind"], "report"> | null>(null);
  const running = useRef<AbortController | null>(null);
  const { rows, link } = state.value;
  const report = (rows === null ? null : ownRow(rows)?.connection) ?? null;

  useEffect(() => () => running.current?.abort(), []);

  const begin = async () => {
    const abort = new AbortController();
    running.current = abort;
    setFailure(null);
    setProgress({ stage: "connecting", place: 0 });
    if (holds) call.adjust(true);
    try {
      const { testConnection } = await import("../call/connection-test.ts");
      const outcome = await testConnection({
        line: call.testLine(),
        signal: abort.signal,
        onStage: (stage, place) => setProgress({ stage, place }),
      });
      if (outcome.kind === "report") {
        const speaker = page.speakerHeard.value;
        const told = speaker === null ? {} : { speaker_heard: speaker };
        await call.command({ do: "ReportConnection", report: { ...outcome.report, ...told } });
      } else if (running.current === abort) {
        setFailure(outcome.kind);
      }
    } catch {
      // The page's own file did not come, or the server did not take the report.
      if (running.current === abort) setFailure("failed");
    } finally {
      if (holds) call.adjust(false);
      if (running.current === abort) {
        running.current = null;
        setProgress(null);
      }
    }
  };

  return (
    <section class="connection-test" aria-label={t.test.region}>
      <button
        type="button"
        class="button"
        disabled={progress === null && link.at !== "open"}
        onClick={() => (progress === null ? void begin() : running.current?.abort())}
      >
        <Activity aria-hidden="true" />
        {progress === null ? t.test.start : t.test.cancel}
      </button>
      <div role="status" class="test-words">
        {progress !== null ? (
          <p>
            {progress.stage === "queued"
              ? t.test.queued(progress.place)
              : t.test.stages[progress.stage]}
          </p>
        ) : failure !== null ? (
          <p>{t.test.failures[failure]}</p>
        ) : report !== null ? (
          <Verdict report={report} />
        ) : (
          <p class="muted small">{t.test.hint}</p>
        )}
      </div>
      {progress !== null && (
        <progress
          class="test-bar"
          aria-hidden="true"
          max={STAGES.length}
          value={STAGES.indexOf(progress.stage) + 0.5}
        />
      )}
      {progress === null && failure === null && report !== null && <FiguresOf report={report} />}
    </section>
  );
}

function Verdict({ report }: { report: ConnectionReport }) {
  const { t } = useRoom();
  const { verdict, causes = [] } = report;
  const Sign = verdict === "good" ? CircleCheck : TriangleAlert;
  return (
    <>
      <p class="test-verdict" data-verdict={verdict}>
        <Sign aria-hidden="true" />
        {t.test.verdicts[verdict]}
      </p>
      {causes.map((cause) => (
        <p key={cause} class="small">
          {t.test.advice[cause]}
        </p>
      ))}
      {verdict === "poor" && <p class="small">{t.test.soundOnly}</p>}
    </>
  );
}

function FiguresOf({ report }: { report: ConnectionReport }) {
  const { t } = useRoom();
  const f = t.test.figures;
  const camera = report.camera_width
    ? f.camera(report.camera_width, report.camera_height ?? 0, report.camera_fps ?? 0)
    : null;
  const lines: [string, string | null][] = [
    [f.route, report.route ? f.routes[report.route] : null],
    [f.delay, unless(report.rtt_ms, f.ms)],
    [f.jitter, unless(report.jitter_ms, f.ms)],
    [f.lossUp, unless(report.loss_up_percent, f.percent)],
    [f.lossDown, unless(report.loss_down_percent, f.percent)],
    [f.up, unless(report.up_kbps, f.rate)],
    [f.down, unless(report.down_kbps, f.rate)],
    [f.cameraLabel, camera],
    [f.microphone, unless(report.microphone_heard, f.heard)],
    [f.speaker, unless(report.speaker_heard, f.heard)],
  ];
  const known = lines.filter(([, value]) => value !== null);
  if (known.length === 0) return null;
  return (
    <details class="test-figures">
      <summary>{t.test.details}</summary>
      <dl>
        {known.map(([label, value]) => (
          <div key={label}>
            <dt class="muted">{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function unless<T>(value: T | null | undefined, say: (value: T) => string): string | null {
  return value === null || value === undefined ? null : say(value);
}

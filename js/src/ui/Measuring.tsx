// Connection quality in words, for who asks for it: measured only while it is shown.
import { useEffect, useState } from "preact/hooks";
import type { Quality } from "../call/quality.ts";
import type { Strings } from "../strings/index.ts";
import { useRoom } from "./context.ts";

const EVERY_MS = 2_000;

/** By person; `null` where nobody asked. */
export function useQuality(inCall: boolean): ReadonlyMap<string, Quality> | null {
  const { call, page } = useRoom();
  const [found, setFound] = useState<ReadonlyMap<string, Quality> | null>(null);
  const wanted = inCall && page.stage.measuring.value;
  useEffect(() => {
    if (!wanted) return;
    let over = false;
    const look = async () => {
      const now = await call.quality();
      if (!over) setFound(now);
    };
    void look();
    const timer = setInterval(look, EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [call, wanted]);
  return wanted ? found : null;
}

export function Measuring() {
  const { page, t } = useRoom();
  const { measuring } = page.stage;
  return (
    <button
      type="button"
      class="button button-quiet"
      aria-pressed={measuring.value}
      onClick={() => {
        measuring.value = !measuring.value;
      }}
    >
      {t.room.connection}
    </button>
  );
}

/** `good connection · 32 ms`. */
export function qualityWords({ grade, rttMs, loss, relayed }: Quality, t: Strings): string {
  const percent = Math.round((loss ?? 0) * 100);
  return [
    t.room.grade[grade],
    rttMs === null ? null : t.room.rtt(rttMs),
    percent > 0 ? t.room.loss(percent) : null,
    relayed ? t.room.relayed : null,
  ]
    .filter((words) => words !== null)
    .join(" · ");
}

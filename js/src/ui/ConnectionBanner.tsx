// Says in words that the connection to the server is lost, what goes on meanwhile, and what to check.
import { WifiOff } from "lucide-preact";
import { useRoom } from "./context.ts";

const LONG_MS = 12_000;

export function ConnectionBanner() {
  const { state } = useRoom();
  const { link } = state.value;
  // The status is there before its words are: only then are they read out.
  return <div role="status">{link.at === "lost" && <Lost sinceMs={link.sinceMs} />}</div>;
}

function Lost({ sinceMs }: { sinceMs: number }) {
  const { call, state, page, t } = useRoom();
  const { remotes, door } = state.value;
  const long = page.nowMs.value - sinceMs > LONG_MS;
  return (
    <div class="banner banner-warn">
      <WifiOff aria-hidden="true" />
      <span>
        {long ? (door === "host" ? t.link.lostLongHost : t.link.lostLong) : t.link.lost}
        {remotes.size > 0 && ` ${t.link.callGoesOn}`}
      </span>
      {long && (
        <button type="button" class="button button-small" onClick={() => call.poke()}>
          {t.link.now}
        </button>
      )}
    </div>
  );
}

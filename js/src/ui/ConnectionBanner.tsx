// Says in words that the connection to the server is lost, what goes on meanwhile, and what to check.
import { WifiOff } from "lucide-preact";
import { useRoom } from "./context.ts";

const LONG_MS = 12_000;

export function ConnectionBanner() {
  const { call, state, page, t } = useRoom();
  const { link, remotes, door } = state.value;
  if (link.at !== "lost") return null;
  const long = page.nowMs.value - link.sinceMs > LONG_MS;
  return (
    <div class="banner banner-warn" role="status">
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

// A word about what happened to the devices: plugged in, pulled out, another one in use. It goes by itself.
import { useRoom } from "./context.ts";

const SHOWN_MS = 12_000;

export function DeviceNews() {
  const { state, page, t } = useRoom();
  const { news } = state.value.local;
  const fresh = news !== null && page.nowMs.value - news.atMs < SHOWN_MS;
  return (
    <p class={fresh ? "note" : "unseen"} role="status">
      {fresh ? t.devices[news.kind](news.label) : ""}
    </p>
  );
}

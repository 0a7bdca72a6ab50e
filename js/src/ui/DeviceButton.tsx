// What opens "Audio and video". The dialog itself comes with the inside of the room.
import { Settings2 } from "lucide-preact";
import { useRoom } from "./context.ts";

/** With its words, or as an icon beside others. */
export function DeviceButton({ icon = false }: { icon?: boolean }) {
  const { page, t } = useRoom();
  const label = t.devices.open;
  return (
    <button
      type="button"
      class={icon ? "icon-button" : "button button-quiet"}
      aria-label={icon ? label : undefined}
      title={icon ? label : undefined}
      aria-haspopup="dialog"
      onClick={() => {
        page.devices.value = true;
      }}
    >
      <Settings2 aria-hidden="true" />
      {!icon && label}
    </button>
  );
}

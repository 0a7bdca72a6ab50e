// One sentence about what went wrong, said at once, that can be dismissed.
import { X } from "lucide-preact";
import { useRoom } from "./context.ts";

export function Trouble() {
  const { page, t } = useRoom();
  const sentence = page.trouble.value;
  return (
    <div role="alert" class="alerts">
      {sentence !== null && (
        <p class="note note-warn">
          <span>{sentence}</span>
          <button
            type="button"
            class="icon-button"
            aria-label={t.dismiss}
            onClick={() => {
              page.trouble.value = null;
            }}
          >
            <X aria-hidden="true" />
          </button>
        </p>
      )}
    </div>
  );
}

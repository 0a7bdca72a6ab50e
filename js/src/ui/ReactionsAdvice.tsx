// On Apple's systems: how to switch off the effects that hand gestures set off. Shown until it is dismissed.
import { useState } from "preact/hooks";
import { type Platform, thisPlatform } from "../call/platform.ts";
import { useRoom } from "./context.ts";

const SEEN = "telehealth_widget:reactions-advice";

interface Props {
  /** Also where it was dismissed before, and without the button: for a page of settings. */
  always?: boolean;
  /** What `calmReactions` returned for the camera in use. */
  off?: boolean;
  platform?: Platform;
}

export function ReactionsAdvice({ always = false, off = false, platform = thisPlatform() }: Props) {
  const { t } = useRoom();
  const [seen, setSeen] = useState(() => recall() !== null);
  const { system } = platform;
  if ((system !== "mac" && system !== "ios") || (seen && !always)) return null;
  return (
    <section class="card reactions-advice" aria-label={t.reactions.title}>
      <p>
        <strong>{t.reactions.title}</strong>
      </p>
      {off ? (
        <p>{t.reactions.off}</p>
      ) : (
        <>
          <p class="small">{t.reactions.why}</p>
          <ol class="small">
            {t.reactions[system].map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </>
      )}
      {!always && (
        <button
          type="button"
          class="button button-small"
          onClick={() => {
            remember();
            setSeen(true);
          }}
        >
          {t.reactions.gotIt}
        </button>
      )}
    </section>
  );
}

function recall(): string | null {
  try {
    return localStorage.getItem(SEEN);
  } catch {
    return null;
  }
}

function remember(): void {
  try {
    localStorage.setItem(SEEN, "1");
  } catch {
    // Shown again next time, then.
  }
}

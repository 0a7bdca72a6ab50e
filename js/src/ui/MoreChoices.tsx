// The rest of "Audio and video": how sound and picture are treated, what is read out, whether captions are shown.
import { useId } from "preact/hooks";
import type { Processing } from "../call/processing.ts";
import { setVerbosity, showCaptions, type Verbosity } from "../store/stage.ts";
import { useRoom, useSelect } from "./context.ts";

const TREATED = [
  ["noiseSuppression", "noise"],
  ["echoCancellation", "echo"],
  ["autoGainControl", "gain"],
  ["lowBandwidth", "lowBandwidth"],
] as const satisfies readonly (readonly [keyof Processing, string])[];

export function ProcessingChoices() {
  const { call, t } = useRoom();
  const processing = useSelect(({ local }) => local.processing);
  return (
    <div class="checks">
      {TREATED.map(([key, word]) => (
        <Check
          key={key}
          label={t.room[word]}
          on={processing[key]}
          onChange={(on) => void call.process({ [key]: on })}
        />
      ))}
    </div>
  );
}

const READ: readonly Verbosity[] = ["all", "important", "none"];

export function ReadingChoices() {
  const { page, t } = useRoom();
  const id = useId();
  const { stage } = page;
  return (
    <div class="checks">
      <Check
        label={t.room.showCaptions}
        on={stage.captions.value}
        onChange={(on) => showCaptions(stage, on)}
      />
      <label class="label" for={id}>
        {t.room.announcements}
      </label>
      <select
        id={id}
        class="input select"
        value={stage.verbosity.value}
        onChange={(event) => setVerbosity(stage, event.currentTarget.value as Verbosity)}
      >
        {READ.map((verbosity) => (
          <option key={verbosity} value={verbosity}>
            {t.room.verbosity[verbosity]}
          </option>
        ))}
      </select>
    </div>
  );
}

interface CheckProps {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

function Check({ label, on, onChange }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}

// Camera, microphone and speaker as native choices, which phones and screen readers know best.
import { useId } from "preact/hooks";
import type { DeviceChoice } from "../call/devices.ts";
import { useRoom } from "./context.ts";

export function DeviceChoices() {
  const { call, state, t } = useRoom();
  const { lists, camera, microphone, speakerId } = state.value.local;
  const p = t.preparation;
  return (
    <>
      <Choice
        label={p.camera}
        choices={lists.cameras}
        value={camera.deviceId}
        onChoose={(id) => void call.choose("camera", id)}
      />
      <Choice
        label={p.microphone}
        choices={lists.microphones}
        value={microphone.deviceId}
        onChoose={(id) => void call.choose("microphone", id)}
      />
      {lists.speakers.length > 0 && (
        <Choice
          label={p.speaker}
          choices={lists.speakers}
          value={speakerId}
          onChoose={(id) => void call.choose("speaker", id)}
        />
      )}
    </>
  );
}

interface ChoiceProps {
  label: string;
  choices: readonly DeviceChoice[];
  value: string | null;
  onChoose: (id: string) => void;
}

function Choice({ label, choices, value, onChoose }: ChoiceProps) {
  const { t } = useRoom();
  const id = useId();
  const known = choices.some((choice) => choice.id === value);
  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
      </label>
      <select
        id={id}
        class="input select"
        disabled={choices.length === 0}
        value={known ? (value ?? "") : (choices[0]?.id ?? "")}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {choices.length === 0 && <option value="">{t.preparation.noneFound}</option>}
        {choices.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  );
}

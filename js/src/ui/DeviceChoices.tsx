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
          orSystem
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
  /** Without a choice it is the system's. */
  orSystem?: boolean;
  onChoose: (id: string) => void;
}

function Choice({ label, choices, value, orSystem = false, onChoose }: ChoiceProps) {
  const { t } = useRoom();
  const id = useId();
  const known = choices.some((choice) => choice.id === value);
  // Some browsers list it themselves.
  const system = orSystem && !choices.some(({ id }) => id === "default");
  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
      </label>
      <select
        id={id}
        class="input select"
        disabled={choices.length === 0}
        value={known ? (value ?? "") : system ? "" : (choices[0]?.id ?? "")}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {system && choices.length > 0 && <option value="">{t.devices.system}</option>}
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

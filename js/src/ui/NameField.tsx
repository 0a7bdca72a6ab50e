// The box for one's own name: label, hint, and whether what was typed was refused.
import { useEffect, useId, useRef } from "preact/hooks";
import { useRoom } from "./context.ts";

interface NameFieldProps {
  label: string;
  hint: string;
  value: string;
  /** Whether this name was just refused; the sentence stands in the page's trouble. */
  refused: boolean;
  onInput: (name: string) => void;
}

export function NameField({ label, hint, value, refused, onInput }: NameFieldProps) {
  const { page } = useRoom();
  const box = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    if (refused) box.current?.focus();
  }, [refused]);
  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
      </label>
      <input
        ref={box}
        id={id}
        class="input"
        type="text"
        autoComplete="name"
        maxLength={256}
        value={value}
        aria-invalid={refused ? true : undefined}
        aria-describedby={`${id}-hint`}
        onInput={(event) => {
          page.trouble.value = null;
          onInput(event.currentTarget.value);
        }}
      />
      <span id={`${id}-hint`} class="muted small">
        {hint}
      </span>
    </div>
  );
}

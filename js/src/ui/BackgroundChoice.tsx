// What stands behind the person: none, a blur, a picture. Arrow keys move, Space or Enter chooses: passing over
// "None" on the way to another choice must not show the room.
import { ImagePlus, User } from "lucide-preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type Background, PICTURES, type PictureProblem } from "../call/background/choices.ts";
import { useRoom } from "./context.ts";

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

export function BackgroundChoice() {
  const { call, state, t } = useRoom();
  const { choice, phase, ownUrl } = state.value.local.background;
  const [problem, setProblem] = useState<PictureProblem | null>(null);
  const group = useRef<HTMLDivElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const id = useId();
  const b = t.background;
  const choices: readonly Background[] = [
    "none",
    "light",
    "blur",
    ...PICTURES,
    ...(ownUrl === null ? [] : (["own"] as const)),
  ];

  useEffect(() => {
    // On a narrow page they stand in one row that scrolls: the chosen one is in sight. Not before the preview is.
    const chosen = group.current?.querySelector<HTMLElement>("label:has(:checked)");
    if (chosen && group.current) group.current.scrollLeft = chosen.offsetLeft - chosen.offsetWidth;
  }, []);

  const choose = (one: Background) => {
    setProblem(null);
    if (one !== choice) call.setBackground(one);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = [...(group.current?.querySelectorAll("input") ?? [])];
    const at = all.indexOf(event.target as HTMLInputElement);
    const step = STEPS[event.key];
    if (step !== undefined) {
      event.preventDefault();
      all.at((at + step) % all.length)?.focus();
    } else if (event.key === "Enter") {
      // Not "I'm Ready", whose form this stands in.
      event.preventDefault();
      all[at]?.click();
    }
  };
  const take = async (input: HTMLInputElement) => {
    const [picture] = input.files ?? [];
    input.value = "";
    if (picture !== undefined) setProblem(await call.setOwnPicture(picture));
  };

  return (
    <div class="field">
      <span class="label" id={id}>
        {b.label}
      </span>
      <div
        ref={group}
        class="backgrounds"
        role="radiogroup"
        aria-labelledby={id}
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        {choices.map((one) => (
          <label key={one} class="background">
            <input
              type="radio"
              name={`background-${id}`}
              checked={one === choice}
              onChange={() => choose(one)}
            />
            <Thumb of={one} url={one === "own" ? ownUrl : `${call.backgrounds}${one}-small.jpg`} />
            <span class="background-name">{b.names[one]}</span>
          </label>
        ))}
      </div>
      <div class="row background-more">
        <button type="button" class="button button-small" onClick={() => file.current?.click()}>
          <ImagePlus aria-hidden="true" />
          {b.add}
        </button>
        <input
          ref={file}
          type="file"
          hidden
          accept="image/png,image/jpeg,image/webp"
          onChange={(event) => void take(event.currentTarget)}
        />
        <p class="muted small grow" role="status">
          {phase === "starting" ? b.starting : ownUrl === null ? "" : b.stays}
        </p>
      </div>
      <div role="alert" class="alerts">
        {problem !== null && <p class="note note-warn">{b.refused[problem]}</p>}
      </div>
    </div>
  );
}

function Thumb({ of, url }: { of: Background; url: string | null }) {
  if (of === "none" || of === "light" || of === "blur") {
    return (
      <span class={`thumb thumb-${of}`}>
        <User aria-hidden="true" />
      </span>
    );
  }
  return <img class="thumb" src={url ?? ""} alt="" width={128} height={72} />;
}

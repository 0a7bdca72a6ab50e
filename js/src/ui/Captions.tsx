// Captions: what people say, as text below the pictures, and for staff a box to type them.
import { useId, useState } from "preact/hooks";
import { type CaptionLine, shown } from "../call/captions.ts";
import { inPhase, isStaff, ownRow } from "../store/rows.ts";
import { captionName } from "./caption-name.ts";
import { attempt, useRoom, useSelect } from "./context.ts";
import { nameOf } from "./names.ts";

const MAX_CHARACTERS = 500;

export function Captions() {
  const { page } = useRoom();
  const captions = useSelect((state) => state.captions);
  if (!page.stage.captions.value || captions.length === 0) return null;
  return <Lines captions={captions} />;
}

function Lines({ captions }: { captions: readonly CaptionLine[] }) {
  const { state, page, t } = useRoom();
  const { rows } = state.value;
  const now = page.nowMs.value;
  // The clock ticks once a second and may lag behind what just came.
  const lines = shown(captions, Math.min(now, Date.now()));
  if (lines.length === 0) return null;
  return (
    <div class="captions" role="group" aria-label={t.room.captions}>
      {lines.map((line) => (
        <p key={line.id}>
          <bdi class="caption-name">{captionName(line, rows, t)}</bdi> <bdi>{line.text}</bdi>
        </p>
      ))}
    </div>
  );
}

/** For staff: somebody writes along. */
export function CaptionBox() {
  const room = useRoom();
  const { call, page, t } = room;
  const rows = useSelect((state) => state.rows);
  const [of, setOf] = useState<string | null>(null);
  const [text, setText] = useState("");
  const id = useId();
  const me = rows === null ? null : ownRow(rows);
  if (rows === null || me === null || !isStaff(me) || !page.stage.captioning.value) return null;
  const people = inPhase(rows, "admitted");
  // What was begun for one person is not put into another one's mouth.
  const begun = of !== null && text.trim() !== "";
  const whose = people.find((person) => person.id === of) ?? (begun ? undefined : people[0]);
  const send = async () => {
    const said = text.trim();
    if (said === "" || whose === undefined) return;
    const done = await attempt(room, () =>
      call.command({ do: "SendCaption", person: whose.id, text: said }),
    );
    if (done) setText("");
  };
  return (
    <form
      class="caption-box"
      aria-label={t.room.captions}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="unseen" for={id}>
        {t.room.captionFor}
      </label>
      <select
        id={id}
        class="input select"
        value={whose?.id ?? ""}
        onChange={(event) => setOf(event.currentTarget.value)}
      >
        {whose === undefined && <option value="">{t.room.captionFor}</option>}
        {people.map((person) => (
          <option key={person.id} value={person.id}>
            {nameOf(person, t)}
          </option>
        ))}
      </select>
      <input
        class="input grow"
        type="text"
        aria-label={t.room.caption}
        placeholder={t.room.caption}
        maxLength={MAX_CHARACTERS}
        autoComplete="off"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          if (!begun && whose !== undefined) setOf(whose.id);
        }}
      />
      <button type="submit" class="button" disabled={whose === undefined}>
        {t.room.sendCaption}
      </button>
    </form>
  );
}

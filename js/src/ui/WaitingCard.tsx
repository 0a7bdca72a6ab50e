// One waiting person, with what a provider needs to decide, and the two answers.
import { Activity, BadgeCheck } from "lucide-preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ConnectionReport } from "../protocol/types.ts";
import type { Person } from "../store/rows.ts";
import { attempt, serverNow, useRoom } from "./context.ts";
import { keepingFocus } from "./focus.ts";
import { nameOf, shortName } from "./names.ts";

const MAX_REASON = 500;

export function WaitingCard({ person, admits }: { person: Person; admits: boolean }) {
  const room = useRoom();
  const { call, page, t } = room;
  const declining = page.declining.value === person.id;
  const name = shortName(person, t);
  const facts = [
    person.sinceMs === null ? null : t.attendees.waitingFor(serverNow(room) - person.sinceMs),
    person.connected ? null : t.attendees.offline,
    mediaOf(person, t),
  ].filter((fact) => fact !== null);
  return (
    <li class="card waiting-card">
      <p class="waiting-name">
        <bdi>{nameOf(person, t)}</bdi>
        {person.name !== null && person.code !== null && (
          <span class="muted small"> {person.code}</span>
        )}
        {person.simulated && <span class="chip chip-small">{t.person.simulated}</span>}
      </p>
      {admits && <p class="muted small">{facts.join(" · ")}</p>}
      {admits && person.connection !== null && <Tested report={person.connection} />}
      {admits && person.role === "client" && <Identity person={person} name={name} />}
      {admits && !declining && (
        <div class="row">
          <button
            type="button"
            class="button button-primary grow"
            aria-label={t.attendees.admitName(name)}
            onClick={(event) =>
              void keepingFocus(event.currentTarget, () =>
                attempt(room, () => call.command({ do: "Admit", person: person.id })),
              )
            }
          >
            {t.attendees.admit}
          </button>
          <button
            type="button"
            class="button"
            aria-label={t.attendees.declineName(name)}
            aria-expanded={false}
            onClick={() => {
              page.declining.value = person.id;
            }}
          >
            {t.attendees.decline}
          </button>
        </div>
      )}
      {admits && declining && <DeclineForm person={person} name={name} />}
    </li>
  );
}

/** What the person's own connection test found. */
function Tested({ report }: { report: ConnectionReport }) {
  const { t } = useRoom();
  const { verdict, causes = [] } = report;
  const briefly = causes.map((cause) => t.test.brief[cause]).join(", ");
  return (
    <p class="test-verdict small" data-verdict={verdict}>
      <Activity aria-hidden="true" />
      {t.test.onCard(t.test.card[verdict], briefly)}
    </p>
  );
}

/** Who this is, as far as a provider has checked; a client never learns of it. */
function Identity({ person, name }: { person: Person; name: string }) {
  const room = useRoom();
  const { call, t } = room;
  if (person.verified) {
    return (
      <p class="identity small">
        <BadgeCheck aria-hidden="true" />
        {t.attendees.verified}
      </p>
    );
  }
  return (
    <p class="identity small">
      <span class="muted">{t.attendees.notVerified}</span>
      <button
        type="button"
        class="link-button"
        aria-label={t.attendees.verify(name)}
        onClick={(event) =>
          void keepingFocus(event.currentTarget, () =>
            attempt(room, () => call.command({ do: "VerifyIdentity", person: person.id })),
          )
        }
      >
        {t.attendees.verifyShort}
      </button>
    </p>
  );
}

function DeclineForm({ person, name }: { person: Person; name: string }) {
  const room = useRoom();
  const { call, page, t } = room;
  const [reason, setReason] = useState("");
  const box = useRef<HTMLInputElement>(null);
  const id = useId();
  useLayoutEffect(() => box.current?.focus(), []);
  const close = () => {
    page.declining.value = null;
  };
  const decline = async (form: Element) => {
    const text = reason.trim();
    const command = { do: "Decline" as const, person: person.id };
    await keepingFocus(form, async () => {
      const worked = await attempt(room, () =>
        call.command(text === "" ? command : { ...command, reason: text }),
      );
      if (worked) close();
    });
  };
  return (
    <form
      class="decline"
      onSubmit={(event) => {
        event.preventDefault();
        void decline(event.currentTarget);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        // The panel around it stays open.
        event.preventDefault();
        close();
      }}
    >
      <label class="label" for={id}>
        {t.attendees.reason}
      </label>
      <input
        ref={box}
        id={id}
        class="input"
        type="text"
        maxLength={MAX_REASON}
        value={reason}
        placeholder={t.attendees.reasonHint(name)}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <div class="row">
        <button
          type="submit"
          class="button button-danger-quiet grow"
          aria-label={t.attendees.declineName(name)}
        >
          {t.attendees.decline}
        </button>
        <button type="button" class="button" onClick={close}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}

function mediaOf(person: Person, t: ReturnType<typeof useRoom>["t"]): string | null {
  const { camera, microphone } = person;
  if (camera === null && microphone === null) return null;
  if (camera && microphone) return t.attendees.cameraOk;
  if (camera) return t.attendees.noSound;
  return microphone ? t.attendees.audioOnly : t.attendees.noMedia;
}

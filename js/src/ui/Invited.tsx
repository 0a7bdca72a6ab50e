// For the desk: who is invited and not here, their links, and one more invitation.
import { Check, Copy } from "lucide-preact";
import { useId, useState } from "preact/hooks";
import { inPhase, type Person } from "../store/rows.ts";
import { List } from "./Attendees.tsx";
import { attempt, useRoom } from "./context.ts";
import { keepingFocus } from "./focus.ts";
import { nameOf, shortName } from "./names.ts";

export function Invited() {
  const { state, t } = useRoom();
  const { rows } = state.value;
  if (rows === null) return null;
  const people = inPhase(rows, "preparing", "invited", "left", "declined", "removed").filter(
    (person) => !person.you,
  );
  return (
    <>
      <List label={t.attendees.invited} n={people.length} empty={t.attendees.nobodyInvited}>
        {people.map((person) => (
          <Invitee key={person.id} person={person} />
        ))}
      </List>
      <InviteForm />
    </>
  );
}

function Invitee({ person }: { person: Person }) {
  const room = useRoom();
  const { call, page, t } = room;
  const code = person.code ?? shortName(person, t);
  const again = person.phase === "declined" || person.phase === "removed";
  const copy = () => showLink(room, person.id, () => call.link(person.id));
  return (
    <li class="invitee">
      <div class="row">
        <span class="member-name grow">
          <bdi>{nameOf(person, t)}</bdi>
          {person.simulated && <span class="chip chip-small">{t.person.simulated}</span>}
          <span class="muted small block">{stateOf(person, t)}</span>
        </span>
        {again && (
          <button
            type="button"
            class="button"
            aria-label={t.attendees.letWaitName(shortName(person, t))}
            onClick={({ currentTarget }) =>
              void keepingFocus(currentTarget, () =>
                attempt(room, () => call.command({ do: "LetWait", person: person.id })),
              )
            }
          >
            {t.attendees.letWait}
          </button>
        )}
        {!again && !person.simulated && !person.revoked && (
          <button
            type="button"
            class="button"
            aria-label={t.attendees.copyLink(code)}
            onClick={() => void copy()}
          >
            <Copy aria-hidden="true" />
            {t.attendees.copyLinkShort}
          </button>
        )}
      </div>
      {page.shownLink.value?.person === person.id && <ShownLink code={code} />}
    </li>
  );
}

function ShownLink({ code }: { code: string }) {
  const { page, t } = useRoom();
  const link = page.shownLink.value;
  if (link === null) return null;
  return (
    <div class="shown-link">
      <p class="small" role="status">
        {link.copied && <Check aria-hidden="true" />}
        {link.copied ? t.attendees.linkCopied(code) : t.attendees.linkShown(code)}
      </p>
      <div class="row">
        <input
          class="input grow"
          readOnly
          aria-label={t.attendees.linkOf(code)}
          value={link.url}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button
          type="button"
          class="button"
          onClick={async () => {
            page.shownLink.value = { ...link, copied: await toClipboard(link.url) };
          }}
        >
          {t.copy}
        </button>
      </div>
    </div>
  );
}

function InviteForm() {
  const room = useRoom();
  const { call, t } = room;
  const [code, setCode] = useState("");
  const id = useId();
  const invite = async () => {
    const typed = code.trim();
    if (typed === "") return;
    const worked = await showLink(
      room,
      null,
      () => call.invite({ do: "Invite", code: typed }),
      typed,
    );
    if (worked) setCode("");
  };
  return (
    <form
      class="invite"
      onSubmit={(event) => {
        event.preventDefault();
        void invite();
      }}
    >
      <label class="label" for={id}>
        {t.attendees.code}
      </label>
      <div class="row">
        <input
          id={id}
          class="input grow"
          type="text"
          maxLength={32}
          autoComplete="off"
          spellcheck={false}
          aria-describedby={`${id}-hint`}
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
        <button type="submit" class="button">
          {t.attendees.invite}
        </button>
      </div>
      <p id={`${id}-hint`} class="muted small">
        {t.attendees.codeHint}
      </p>
    </form>
  );
}

/** Fetches, copies and shows a link. It is kept by this view alone, until the next one or until it closes. */
async function showLink(
  room: ReturnType<typeof useRoom>,
  person: string | null,
  fetch: () => Promise<string>,
  code?: string,
): Promise<boolean> {
  return attempt(room, async () => {
    const url = await fetch();
    const people = [...(room.state.value.rows?.people.values() ?? [])];
    const owner = person ?? people.find((row) => row.code === code)?.id ?? "";
    const copied = person !== null && (await toClipboard(url));
    room.page.shownLink.value = { person: owner, url, copied };
  });
}

async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function stateOf(person: Person, t: ReturnType<typeof useRoom>["t"]): string {
  if (person.revoked) return t.attendees.revoked;
  switch (person.phase) {
    case "preparing":
      return person.connected ? t.attendees.preparing : t.attendees.offline;
    case "left":
      return t.attendees.left;
    case "declined":
      return t.attendees.declined;
    case "removed":
      return t.attendees.removed;
    default:
      return t.attendees.invitedState;
  }
}

// Who waits, who is in the session, and for the desk who is invited. Lists only; the panel is around it.
import { MicOff, VideoOff } from "lucide-preact";
import { useId } from "preact/hooks";
import type { Quality } from "../call/quality.ts";
import type { RoomCommand } from "../call/room.ts";
import { inPhase, isOn, isStaff, ownRow, type Person, waiting } from "../store/rows.ts";
import { wantChimes } from "./chime.ts";
import { attempt, serverNow, useRoom, useSelect } from "./context.ts";
import { keepingFocus } from "./focus.ts";
import { Invited } from "./Invited.tsx";
import { Measuring, qualityWords, useQuality } from "./Measuring.tsx";
import { labelOf, nameOf, shortName } from "./names.ts";
import { SayWhen } from "./SayWhen.tsx";
import { clock } from "./StageHead.tsx";
import { WaitingCard } from "./WaitingCard.tsx";

export function Attendees() {
  const { t } = useRoom();
  const rows = useSelect((state) => state.rows);
  const door = useSelect((state) => state.door);
  const inCall = rows !== null && ownRow(rows)?.phase === "admitted" && rows.seat === "here";
  const quality = useQuality(inCall);
  const me = rows === null ? null : ownRow(rows);
  if (rows === null || me === null) return null;
  const provider = me.role === "provider";
  const queue = waiting(rows);
  const paused = inPhase(rows, "paused").filter((person) => !person.you);
  const inside = inPhase(rows, "admitted").filter((person) => !isStaff(person) || person.inCall);
  const waits = queue.length + paused.length;
  return (
    <>
      {(isStaff(me) || waits > 0) && (
        <List label={t.attendees.waitingRoom} n={waits} empty={t.lobby.nobodyWaits}>
          {queue.map((person) => (
            <WaitingCard key={person.id} person={person} admits={provider} />
          ))}
          {paused.map((person) => (
            <PausedCard key={person.id} person={person} resumes={provider} />
          ))}
        </List>
      )}
      {provider && queue.length > 0 && (
        <AllButton command={{ do: "AdmitAll" }} label={t.attendees.admitAll} />
      )}
      {provider && queue.length > 0 && <SayWhen />}
      {provider && paused.length > 1 && (
        <AllButton command={{ do: "ResumeAll" }} label={t.room.resumeAll} />
      )}
      <List label={t.attendees.inSession} n={inside.length} empty={t.lobby.nobodyIn}>
        {inside.map((person) => (
          <Member
            key={person.id}
            person={person}
            leads={provider}
            quality={quality?.get(person.id) ?? null}
          />
        ))}
      </List>
      {provider && inside.some((person) => person.role === "client") && (
        <AllButton command={{ do: "PauseAll" }} label={t.room.pauseAll} />
      )}
      {inCall && <Measuring />}
      {door === "host" && provider && <Invited />}
      {provider && <ChimeSwitch />}
    </>
  );
}

function AllButton({ command, label }: { command: RoomCommand; label: string }) {
  const room = useRoom();
  return (
    <button
      type="button"
      class="button button-wide"
      onClick={(event) =>
        void keepingFocus(event.currentTarget, () =>
          attempt(room, () => room.call.command(command)),
        )
      }
    >
      {label}
    </button>
  );
}

function ChimeSwitch() {
  const { page, t } = useRoom();
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={page.chimes.value}
        onChange={(event) => {
          page.chimes.value = event.currentTarget.checked;
          wantChimes(event.currentTarget.checked);
        }}
      />
      {t.attendees.sound}
    </label>
  );
}

interface ListProps {
  label: string;
  n: number;
  empty: string;
  children: preact.ComponentChildren;
}

export function List({ label, n, empty, children }: ListProps) {
  const id = useId();
  const { t } = useRoom();
  return (
    <div class="list">
      <h3 id={id}>
        {label}
        {n > 0 && <span aria-hidden="true"> · {n}</span>}
        {n > 0 && <span class="unseen"> {t.attendees.people(n)}</span>}
      </h3>
      {n === 0 ? (
        <p class="muted small">{empty}</p>
      ) : (
        // A list without bullets is still a list to VoiceOver.
        // biome-ignore lint/a11y/noRedundantRoles: see above
        <ul role="list" aria-label={label}>
          {children}
        </ul>
      )}
    </div>
  );
}

interface MemberProps {
  person: Person;
  /** The viewer is a provider. */
  leads: boolean;
  quality: Quality | null;
}

function Member({ person, leads, quality }: MemberProps) {
  const room = useRoom();
  const { call, t } = room;
  const speaks = useSelect(({ speaking }) => speaking.has(person.id), [person.id]);
  const microphone = isOn(person, "microphone");
  const camera = isOn(person, "camera");
  const silent = person.role === "supervisor" && person.publications.length === 0;
  return (
    <li class="member">
      <span class="member-name">
        <bdi>{labelOf(person, t)}</bdi>
        {person.name !== null && person.code !== null && (
          <span class="muted small"> {person.code}</span>
        )}
        {person.simulated && <span class="chip chip-small">{t.person.simulated}</span>}
        {quality !== null && <span class="muted small block">{qualityWords(quality, t)}</span>}
      </span>
      <span class="member-state muted small">
        {!person.connected && <span>{t.attendees.offline}</span>}
        {speaks && microphone && <span>{t.stage.speaking}</span>}
        {!silent && !microphone && (
          <span title={t.stage.muted}>
            <MicOff aria-hidden="true" />
            <span class="unseen">{t.stage.muted}</span>
          </span>
        )}
        {!silent && !camera && (
          <span title={t.stage.cameraOff}>
            <VideoOff aria-hidden="true" />
            <span class="unseen">{t.stage.cameraOff}</span>
          </span>
        )}
        {isOn(person, "screen") && <span>{t.room.sharesScreen}</span>}
        {person.asked.length > 0 && <span>{t.room.asked}</span>}
        {person.role !== "client" && <span>{t.person.role[person.role]}</span>}
      </span>
      {leads && !person.you && (
        <button
          type="button"
          class="button button-small"
          aria-label={t.room.sendBackName(shortName(person, t))}
          onClick={(event) =>
            void keepingFocus(event.currentTarget, () =>
              attempt(room, () => call.command({ do: "SendBack", person: person.id })),
            )
          }
        >
          {t.room.sendBack}
        </button>
      )}
    </li>
  );
}

function PausedCard({ person, resumes }: { person: Person; resumes: boolean }) {
  const room = useRoom();
  const { call, t } = room;
  return (
    <li class="card waiting-card">
      <p class="waiting-name">
        <bdi>{nameOf(person, t)}</bdi>
      </p>
      <p class="muted small">
        {person.sinceMs === null
          ? t.room.paused
          : t.room.pausedFor(clock(serverNow(room) - person.sinceMs))}
      </p>
      {resumes && (
        <button
          type="button"
          class="button button-primary"
          aria-label={t.attendees.resumeName(shortName(person, t))}
          onClick={(event) =>
            void keepingFocus(event.currentTarget, () =>
              attempt(room, () => call.command({ do: "Resume", person: person.id })),
            )
          }
        >
          {t.attendees.resume}
        </button>
      )}
    </li>
  );
}

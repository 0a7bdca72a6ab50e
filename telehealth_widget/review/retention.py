"""Erasing on request and by age. A person's texts go by destroying their key; events, measures and the chain stay.

A policy is a JSON file, by default `<journal>.retention.json`:

```json
{"keep_days": 3650,
 "studies": {"TRIAL1": {"keep_days": 365}, "TRIAL2": {"legal_hold": true}},
 "held_sessions": ["s_abc"]}
```

`keep_days` counts from the end of a session, or from its last record if it has none (notes of exports do not count);
without `keep_days` nothing ever falls due. A session belongs to the study that its mark `study: NAME` names. Nothing
under a legal hold is erased, neither by age nor on request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import OF_SESSION, RecordExported
from telehealth_widget.protocol.kinds import SessionKind
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.phases import labels
from telehealth_widget.review.record import SessionRecord

DAY_MS = 86_400_000


class StudyPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for one study."""

    keep_days: int | None = None
    """None: as the policy says for all."""
    legal_hold: bool = False


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long names and texts are kept."""

    keep_days: int | None = None
    """None: for ever."""
    studies: dict[str, StudyPolicy] = {}
    held_sessions: tuple[str, ...] = ()

    def holds(self, session: str, study: str | None) -> bool:
        """Whether a legal hold forbids erasing anything of the session."""
        return session in self.held_sessions or self._of(study).legal_hold

    def days(self, study: str | None) -> int | None:
        """How many days the texts of that study's sessions are kept."""
        own = self._of(study).keep_days
        return self.keep_days if own is None else own

    def _of(self, study: str | None) -> StudyPolicy:
        return self.studies.get(study or "", StudyPolicy())


class Erasure(msgspec.Struct, frozen=True):
    """What became, or would become, of one key."""

    session: str
    owner: str
    """Code of the person; `session` for the title and notes, which belong to no single person."""
    outcome: str
    """`erased`, `would erase`, `held` (legal hold), `gone already` or `refused`."""
    why: str | None = None
    exports_with_texts: int = 0
    """How often the session's texts left the journal before: those copies must be erased where they are."""


def policy_path(archive: Archive) -> Path:
    """Where the policy of a journal is looked for."""
    return archive.path.with_name(archive.path.name + ".retention.json")


def load_policy(path: Path | str | None, archive: Archive) -> Policy:
    """The policy of that file; without one that beside the journal, or one that keeps everything.

    Raises:
        TelehealthError: BAD_OPTION if it cannot be read or understood.
    """
    place = Path(path) if path is not None else policy_path(archive)
    try:
        return msgspec.json.decode(place.read_bytes(), type=Policy)
    except FileNotFoundError:
        if path is None:
            return Policy()
        raise TelehealthError(ErrorCode.BAD_OPTION, f"There is no policy at {place}.") from None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TelehealthError(
            ErrorCode.BAD_OPTION, f"The policy {place} cannot be used: {error}."
        ) from None


def forget(
    archive: Archive,
    code: str,
    *,
    sessions: Iterable[str] | None = None,
    notes: bool | None = None,
    dry_run: bool = False,
    policy: Policy | None = None,
) -> list[Erasure]:
    """Erase a person's texts in every session they were invited to.

    Args:
        sessions: only in these.
        notes: the session's own texts (title, notes) too; None: in sessions with one client, which they are about.
        dry_run: only tell what would be erased.
        policy: None loads the journal's.

    Raises:
        TelehealthError: UNKNOWN_PERSON if the code is in none of the sessions; UNKNOWN_SESSION.
    """
    policy = load_policy(None, archive) if policy is None else policy
    chosen = [x.session for x in archive.sessions()] if sessions is None else list(sessions)
    out: list[Erasure] = []
    for session in chosen:
        record = archive.load(session, sound_part=True)
        person = next((p for p in record.final.people.values() if p.code == code), None)
        if person is None:
            continue
        owners = [person.id]
        if notes or (notes is None and _is_about_one_client(record)):
            owners.append(OF_SESSION)
        out += _erase(archive, record, owners, policy, dry_run)
    if not out:
        raise TelehealthError(
            ErrorCode.UNKNOWN_PERSON, f"Nobody with the code {code} was invited to these sessions."
        )
    return out


def apply_policy(
    archive: Archive, *, now_ms: int, policy: Policy | None = None, dry_run: bool = True
) -> list[Erasure]:
    """Erase every text of the sessions that are older than their study's policy keeps them.

    `now_ms`: UTC, ms since the epoch. Only a dry run unless told otherwise.
    """
    policy = load_policy(None, archive) if policy is None else policy
    out: list[Erasure] = []
    for entry in archive.sessions():
        record = archive.load(entry.session, sound_part=True)
        days = policy.days(labels(record).get("study"))
        over_at_ms = entry.last_at_ms if record.over_at_ms is None else record.over_at_ms
        if days is None or now_ms - over_at_ms < days * DAY_MS:
            continue
        owners = [*record.final.people, OF_SESSION]
        out += _erase(archive, record, owners, policy, dry_run)
    return [one for one in out if one.outcome != "gone already"]


def set_aside_copies(archive: Archive) -> list[Path]:
    """Damaged journals beside this one: they still hold every key, so whoever forgets must see to them too."""
    return sorted(
        path
        for path in archive.path.parent.glob(f"{archive.path.name}.damaged-*")
        if not path.name.endswith(("-wal", "-shm"))
    )


def _erase(
    archive: Archive, record: SessionRecord, owners: Sequence[str], policy: Policy, dry_run: bool
) -> list[Erasure]:
    there = archive.reader.wrapped_keys(record.session)
    held = policy.holds(record.session, labels(record).get("study"))
    left = sum(isinstance(x.body, RecordExported) and x.body.texts for x in record.records)
    out = []
    for owner in owners:
        name = record.codes.get(owner, owner)
        outcome, why = "erased", None
        if held:
            outcome, why = "held", "a legal hold forbids it"
        elif owner not in there:
            # Also of a person without any text yet: a text that came later could else be read.
            outcome = "gone already"
        elif dry_run:
            outcome = "would erase"
        if not held and not dry_run:
            try:
                archive.forget(record.session, owner)
            except TelehealthError as error:
                outcome, why = "refused", error.message
        out.append(Erasure(record.session, name, outcome, why, left))
    return out


def _is_about_one_client(record: SessionRecord) -> bool:
    clients = [p for p in record.final.people.values() if not p.role.is_staff]
    return record.final.kind is SessionKind.INDIVIDUAL and len(clients) == 1

"""Erasing on request and by age. A person's texts go by destroying their key; events, measures and the chain stay.

What a policy says stands in `journal.retention`. The one beside the journal always counts for legal holds: the journal
itself refuses to erase what it holds. Another one may be given for ages, and for further holds.

Of a damaged record everything counts that can be read, also behind the damage: better to be told that something could
not be found than to miss it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from telehealth_widget.journal.retention import Policy as Policy
from telehealth_widget.journal.retention import StudyPolicy as StudyPolicy
from telehealth_widget.journal.retention import (
    path_beside,
    policy_beside,
    read_policy,
    studies,
    why_held,
)
from telehealth_widget.protocol.dates import DAY_MS
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import OF_SESSION, PersonInvited, RecordExported
from telehealth_widget.protocol.kinds import SessionKind
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.comments import beside_session
from telehealth_widget.review.loading import without_collector
from telehealth_widget.review.record import SessionRecord

GOES_ON = "This session has not ended, so more may come. End it first: Session.attach({!r}).end()."
NEWER = (
    "A newer version of telehealth_widget wrote some of this record. Update it "
    "(pip install -U telehealth-widget) and do this again."
)


class Erasure(msgspec.Struct, frozen=True):
    """What became, or would become, of one key."""

    session: str
    owner: str
    """Code of the person; `session` for the title and notes, which belong to no single person."""
    outcome: str
    """`erased`, `would erase`, `held` (legal hold), `gone already` or `refused`; `damaged`: not all of the record can
    be read, so there may be more to erase, as `why` says."""
    why: str | None = None
    exports_with_texts: int = 0
    """How often the session's texts left the journal before: those copies must be erased where they are."""

    @property
    def is_settled(self) -> bool:
        """Whether nobody has to see to it any more."""
        return self.outcome in ("erased", "would erase", "gone already")


def load_policy(path: Path | str | None, archive: Archive) -> Policy:
    """The policy of that file; without one that beside the journal, or one that keeps everything.

    Raises:
        TelehealthError: BAD_OPTION if it cannot be read or understood.
    """
    if path is None:
        return policy_beside(archive.path)
    policy = read_policy(Path(path))
    if policy is None:
        raise TelehealthError(ErrorCode.BAD_OPTION, f"There is no policy at {path}.")
    return policy


def policy_path(archive: Archive) -> Path:
    """Where the policy of a journal is looked for."""
    return path_beside(archive.path)


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

    A session in which it cannot be done is told as such (one that has not ended, a hold), and the others go on.

    Args:
        sessions: only in these.
        notes: the session's own texts (title, notes) too; None: of individual sessions whose one client the person
            is, which they are about.
        dry_run: only tell what would be erased.
        policy: further holds; the journal's own count in any case.

    Raises:
        TelehealthError: UNKNOWN_PERSON if the code is in none of the sessions; UNKNOWN_SESSION; BAD_OPTION if the
            journal's policy cannot be read. Then nothing was erased.
    """
    own = policy_beside(archive.path)
    known = [x.session for x in archive.sessions()]
    chosen = known if sessions is None else list(dict.fromkeys(sessions))
    if not set(chosen) <= set(known):
        raise TelehealthError(ErrorCode.UNKNOWN_SESSION)

    def in_one(session: str) -> list[Erasure]:
        case = _Case(archive, session, own, policy or own)
        person = next((x for x, its_code in case.record.codes.items() if its_code == code), None)
        if person is None and not case.strangers:
            return []
        if case.is_newer:
            return [Erasure(session, code, "refused", NEWER)]
        if person is None:
            return case.damage(code)
        owners = [person]
        if notes or (notes is None and case.is_about(person)):
            owners.append(OF_SESSION)
        return [*case.erase(owners, dry_run), *case.damage(code)]

    out = [one for session in chosen for one in _tried(session, code, in_one)]
    if not out:
        raise TelehealthError(
            ErrorCode.UNKNOWN_PERSON, f"Nobody with the code {code} was invited to these sessions."
        )
    return out


def apply_policy(
    archive: Archive, *, now_ms: int, policy: Policy | None = None, dry_run: bool = True
) -> list[Erasure]:
    """Erase every text of the sessions that are older than their study's policy keeps them.

    A session in which it cannot be done is told as such, and the others go on.

    Args:
        now_ms: UTC, ms since the epoch.
        policy: how long texts are kept, and further holds; None: as the journal's own says. Its holds count in any
            case.
        dry_run: only tell what would be erased.

    Raises:
        TelehealthError: BAD_OPTION if the journal's policy cannot be read. Then nothing was erased.
    """
    own = policy_beside(archive.path)
    ages = own if policy is None else policy

    def in_one(session: str) -> list[Erasure]:
        case = _Case(archive, session, own, ages)
        days = ages.days(case.studies, whole=case.whole)
        over_at_ms = case.record.over_at_ms
        if days is None or (over_at_ms is not None and now_ms - over_at_ms < days * DAY_MS):
            return []
        if not case.keys:
            return []
        if case.is_newer:
            return [Erasure(session, OF_SESSION, "refused", NEWER)]
        if over_at_ms is None:  # nothing of it can be read: nobody knows how old it is
            return case.damage(OF_SESSION)
        owners = dict.fromkeys((*case.record.final.people, *sorted(case.keys), OF_SESSION))
        return [*case.erase(list(owners), dry_run), *case.damage(OF_SESSION)]

    found = (one for x in archive.sessions() for one in _tried(x.session, OF_SESSION, in_one))
    return [one for one in found if one.outcome != "gone already"]


def set_aside_copies(archive: Archive) -> list[Path]:
    """Damaged journals beside this one: they still hold every key, so whoever forgets must see to them too."""
    return sorted(
        path
        for path in archive.path.parent.glob(f"{archive.path.name}.damaged-*")
        if not path.name.endswith(("-wal", "-shm"))
    )


def comment_files(sessions: Iterable[str]) -> list[Path]:
    """Reviewers' comments on these sessions in the working folder: free text that no key seals."""
    return [path for x in dict.fromkeys(sessions) if (path := beside_session(x)).exists()]


class _Case:
    """One session as forgetting must see it: whatever of its record can be understood, and whoever has a key."""

    def __init__(self, archive: Archive, session: str, own: Policy, other: Policy) -> None:
        self._archive = archive
        self._session = session
        with without_collector():
            found = archive.reader.understood(session)
            self.record = SessionRecord(session, found.records)
        self.keys = archive.reader.wrapped_keys(session)
        bodies = (x.body for x in found.certain)
        self._known = {x.person for x in bodies if isinstance(x, PersonInvited)}
        self.studies = studies(found)
        self.whole = found.sound and found.complete
        self.is_newer = found.sound and not found.complete
        self._is_sound = found.sound
        self._hold: TelehealthError | None = None
        if own.holds(session, self.studies, whole=self.whole):
            self._hold = why_held(archive.path, whole=self.whole)
        elif other.holds(session, self.studies, whole=self.whole):
            self._hold = TelehealthError(
                ErrorCode.LEGAL_HOLD, "A legal hold of the given policy forbids erasing here."
            )

    @property
    def strangers(self) -> set[str]:
        """Ids of people with a key whose code is not certain: the row of their invitation is lost or changed."""
        return self.keys - self._known - {OF_SESSION}

    def is_about(self, person: str) -> bool:
        """Whether it is an individual session and the person its one client, as far as nobody else has a key in it."""
        state = self.record.final
        clients = [x.id for x in state.people.values() if not x.role.is_staff]
        alone = clients == [person] and self.keys <= {*state.people, OF_SESSION}
        return alone and state.opened and state.kind is SessionKind.INDIVIDUAL

    def erase(self, owners: Sequence[str], dry_run: bool) -> list[Erasure]:
        """Destroy the keys of these owners, as far as it is allowed."""
        bodies = (x.body for x in self.record.records)
        left = sum(isinstance(body, RecordExported) and body.texts for body in bodies)
        out = []
        for owner in owners:
            outcome, why = self._erase(owner, dry_run)
            name = self.record.codes.get(owner, owner)
            out.append(Erasure(self._session, name, outcome, why, left))
        return out

    def _erase(self, owner: str, dry_run: bool) -> tuple[str, str | None]:
        try:
            if self._hold is not None:
                raise self._hold
            if self._is_sound and not self.record.ended:
                raise TelehealthError(ErrorCode.WRONG_PHASE, GOES_ON.format(self._session))
            if not dry_run:
                # Also of a person without any text yet: a text that came later could else be read.
                self._archive.forget(self._session, owner)
        except TelehealthError as error:
            is_hold = error.code is ErrorCode.LEGAL_HOLD
            return "held" if is_hold else "refused", error.message
        if owner not in self.keys:
            return "gone already", None
        return "would erase" if dry_run else "erased", None

    def damage(self, owner: str) -> list[Erasure]:
        """That the record is damaged, if it is, and what that may hide."""
        if self._is_sound:
            return []
        problem = self._archive.verify(self._session).problem or "It does not verify."
        why = f"The record is damaged. {problem}"
        if self.strangers:
            why += (
                f" The codes of {len(self.strangers)} people with a key in it are not certain. To erase them too: "
                "archive.forget(session, id) for each id of archive.reader.wrapped_keys(session)."
            )
        return [Erasure(self._session, owner, "damaged", why)]


def _tried(session: str, owner: str, act: Callable[[str], list[Erasure]]) -> list[Erasure]:
    """What came of one session, so that no other goes without its own, and all that was done is told."""
    try:
        return act(session)
    except TelehealthError as error:
        return [Erasure(session, owner, "refused", error.message)]

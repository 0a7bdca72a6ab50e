"""The retention policy of a journal: how long names and texts are kept, and what a legal hold forbids to erase.

A policy is a JSON file, by default `<journal>.retention.json`:

```json
{"keep_days": 3650,
 "studies": {"TRIAL1": {"keep_days": 365}, "TRIAL2": {"legal_hold": true}},
 "held_sessions": ["s_abc"]}
```

`keep_days` counts from the end of a session, or from its last record if it has none (notes of exports do not count);
without `keep_days` nothing ever falls due. A session belongs to the study that its mark `study: NAME` names; the last
one counts. Nothing under a legal hold of the file beside the journal is erased, neither by age nor on request: the
journal itself refuses it. Nothing is erased here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from telehealth_widget.core.labels import named
from telehealth_widget.journal.reading import Understood
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import MarkPlaced


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

    def holds(self, session: str, studies: Sequence[str], *, whole: bool) -> bool:
        """Whether a legal hold forbids erasing anything of the session.

        Args:
            studies: those that its marks name, in order.
            whole: these are all there are. If not (a damaged record), the last one may be lost, and with it any
                study: then a hold of any counts.
        """
        if session in self.held_sessions:
            return True
        if whole:
            return bool(studies) and self._of(studies[-1]).legal_hold
        return any(study.legal_hold for study in self.studies.values())

    def days(self, studies: Sequence[str], *, whole: bool) -> int | None:
        """How many days the session's texts are kept: as long as any study wants that it may belong to."""
        if whole:
            return self._days(studies[-1] if studies else "")
        found = [self._days(study) for study in ("", *self.studies)]
        known = [days for days in found if days is not None]
        return max(known) if len(known) == len(found) else None

    def _days(self, study: str) -> int | None:
        own = self._of(study).keep_days
        return self.keep_days if own is None else own

    def _of(self, study: str) -> StudyPolicy:
        return self.studies.get(study, StudyPolicy())


def path_beside(journal: Path) -> Path:
    """Where the policy of a journal is looked for."""
    return journal.with_name(journal.name + ".retention.json")


def read_policy(place: Path) -> Policy | None:
    """The policy of that file; None if there is no file.

    Raises:
        TelehealthError: BAD_OPTION if it cannot be read or understood. Then nothing may be erased.
    """
    try:
        return msgspec.json.decode(place.read_bytes(), type=Policy)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TelehealthError(
            ErrorCode.BAD_OPTION,
            f"The policy {place} cannot be used, so nothing is erased: {error}.",
        ) from None


def policy_beside(journal: Path) -> Policy:
    """The policy of a journal; one that keeps everything and holds nothing if it has none.

    Raises:
        TelehealthError: as of `read_policy`.
    """
    return read_policy(path_beside(journal)) or Policy()


def studies(found: Understood) -> list[str]:
    """The studies that the marks of a session name, in order."""
    return [
        study
        for one in found.records
        if isinstance(one.body, MarkPlaced) and (study := named(one.body.label, "study"))
    ]


def why_held(journal: Path, *, whole: bool) -> TelehealthError:
    """The refusal to erase what is under a legal hold. `whole` as of `Policy.holds`."""
    unsure = "" if whole else " (its record is damaged, so its study may be one that is held)"
    return TelehealthError(
        ErrorCode.LEGAL_HOLD,
        f"A legal hold forbids erasing anything of this session{unsure}. "
        f"Lift it in {path_beside(journal).name} first.",
    )

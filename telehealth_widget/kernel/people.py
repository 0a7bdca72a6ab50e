"""People as the notebook sees them: values at one moment. Their `repr` and HTML show codes, no names, no links."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from telehealth_widget.kernel.arguments import as_code
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.views import PersonRow


@dataclass(frozen=True)
class Participant:
    """A person of a session, as things stood when it was asked for."""

    id: str
    """Opaque id."""
    code: str
    """Pseudonymous code, as in records and exports."""
    role: str
    """`provider`, `client` or `supervisor`."""
    phase: str
    """`invited`, `preparing`, `waiting`, `admitted`, `paused`, `declined`, `removed` or `left`."""
    name: str | None = field(repr=False)
    """Display name; personal. Not part of `repr`, so that it stays out of saved notebooks."""
    connected: bool
    """Whether a page of the person is connected now."""
    simulated: bool
    """A Python peer with synthetic picture and voice."""
    since: datetime | None
    """Since when in this phase, UTC."""
    muted: bool | None
    """Whether the microphone is muted; None without one in the session."""
    video_stopped: bool | None
    """Whether the camera is off; None without one in the session."""
    verified: bool = False
    """Whether a provider verified who this client is; False for staff."""
    sharing: bool = False
    """Whether this person shares a screen."""
    asked: tuple[str, ...] = ()
    """What a provider asked them to switch on and they have not answered: `microphone`, `camera`."""

    connection: str | None = None
    """Verdict of the person's last connection test: `good`, `fair`, `poor`, `blocked`; None: not tested."""

    @classmethod
    def from_row(cls, row: PersonRow) -> Participant:
        """A row of the provider's view."""
        sources = {p.source.value: p.muted for p in row.publications}
        return cls(
            id=row.id,
            code=row.code or "",
            role=row.role.value,
            phase=row.phase.value,
            name=row.name,
            connected=row.connected,
            simulated=row.simulated,
            since=None
            if row.since_ms is None
            else datetime.fromtimestamp(row.since_ms / 1000, UTC),
            muted=sources.get("microphone"),
            video_stopped=sources.get("camera"),
            verified=row.verified,
            sharing="screen" in sources,
            asked=tuple(source.value for source in row.asked),
            connection=row.connection.verdict.value if row.connection else None,
        )


class Roster(tuple[Participant, ...]):
    """A list of participants; its HTML has codes and phases only."""

    __slots__ = ()

    def __new__(cls, people: Iterable[Participant] = ()) -> Roster:
        return super().__new__(cls, tuple(people))

    @property
    def codes(self) -> list[str]:
        """The codes, in order."""
        return [p.code for p in self]

    def __repr__(self) -> str:
        return "Roster(" + ", ".join(f"{p.code} {p.phase}{_tested(p)}" for p in self) + ")"

    def _repr_html_(self) -> str:
        if not self:
            return "<p>Nobody.</p>"
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td>{html.escape(str(cell))}</td>"
                for cell in (
                    p.code,
                    p.role + (" (simulated)" if p.simulated else ""),
                    p.phase,
                    "connected" if p.connected else "away",
                    _media(p),
                    p.connection or ("not tested" if p.role == "client" else ""),
                    _identity(p),
                    "" if p.since is None else p.since.strftime("%H:%M:%S UTC"),
                )
            )
            + "</tr>"
            for p in self
        )
        return (
            "<table><thead><tr><th>Code</th><th>Role</th><th>Phase</th><th>Connection</th>"
            f"<th>Media</th><th>Test</th><th>Identity</th><th>Since</th></tr></thead><tbody>{rows}</tbody></table>"
        )


def _media(person: Participant) -> str:
    """What others hear and see of a person in the session, and what they were asked to switch on."""
    words = {
        "microphone on": person.muted is False,
        "muted": person.muted is True,
        "camera on": person.video_stopped is False,
        "camera off": person.video_stopped is True,
        "sharing": person.sharing,
        "asked to unmute": "microphone" in person.asked,
        "asked to start video": "camera" in person.asked,
    }
    return ", ".join(word for word, holds in words.items() if holds)


def _tested(person: Participant) -> str:
    return "" if person.connection is None else f" (connection {person.connection})"


def _identity(person: Participant) -> str:
    if person.role != "client":
        return ""
    return "verified" if person.verified else "not verified"


def resolve(rows: Iterable[PersonRow], who: object) -> PersonRow:
    """The one person meant by a participant, an id, a code, or a display name that only one bears.

    Raises:
        CommandRefused: UNKNOWN_PERSON or AMBIGUOUS_PERSON, with the codes that would fit. What was
            asked for is not repeated: it may be a name.
    """
    rows = list(rows)
    wanted = as_code(getattr(who, "id", None) or getattr(who, "person", None) or who)
    if wanted is None:
        raise CommandRefused(
            ErrorCode.UNKNOWN_PERSON, "Name a person by code, id, name or participant."
        )
    for fits in (
        [r for r in rows if r.id == wanted],
        [r for r in rows if r.code == wanted],
        [r for r in rows if r.name is not None and r.name == wanted],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise CommandRefused(
                ErrorCode.AMBIGUOUS_PERSON, candidates=[r.code or r.id for r in fits]
            )
    raise CommandRefused(ErrorCode.UNKNOWN_PERSON, candidates=[r.code or r.id for r in rows])

"""Who may ask for what: role × phase × command. Default deny: a command without a row here is refused.

What a command does, and whether it fits the target's phase, is `decide`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from telehealth_widget.core.state import Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import PRESENT_PHASES, Phase, Role, SessionPhase, Via


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and through which door. The room makes it from the socket, never from a message."""

    person: str
    """Id of the person; `system` for the server itself."""
    role: Role | None
    """None for the server itself."""
    via: Via

    @property
    def at_desk(self) -> bool:
        """The notebook's own provider, through Jupyter's login or the kernel: may act without joining."""
        return self.role is Role.PROVIDER and self.via in (Via.KERNEL, Via.WIDGET)


class Recording(Enum):
    """What a command owes the journal."""

    FIRST = auto()
    """Durable before it takes effect; refused if it cannot be written (admits, opens, grants)."""
    TRIED = auto()
    """Waits for the journal, and takes effect unrecorded if that fails (keeps a call going)."""
    AFTER = auto()
    """Takes effect at once; the journal follows (protective acts)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: which roles, in which own phases, owe what to the journal."""

    phases: dict[Role, frozenset[Phase]]
    """Role → own phases in which it may ask. At the desk a provider's phase does not matter."""
    recording: Recording
    desk_only: bool = False
    ended_too: bool = False


_IN = frozenset({Phase.ADMITTED})
_QUEUE = frozenset({Phase.PREPARING, Phase.WAITING, Phase.PAUSED})
_PRESENT = PRESENT_PHASES
_PROVIDER = {Role.PROVIDER: _IN}
_ANYONE_IN = {Role.PROVIDER: _IN, Role.CLIENT: _IN, Role.SUPERVISOR: _IN}
_ANYONE_PREPARING = {r: frozenset({Phase.PREPARING}) for r in Role}
_ANYONE_PRESENT = dict.fromkeys(Role, _PRESENT)

TABLE: dict[type[c.Command], Rule] = {
    c.Invite: Rule(_PROVIDER, Recording.FIRST, desk_only=True),
    c.Revoke: Rule(_PROVIDER, Recording.AFTER, desk_only=True),
    c.Reissue: Rule(_PROVIDER, Recording.FIRST, desk_only=True),
    c.Admit: Rule(_PROVIDER, Recording.FIRST),
    c.AdmitAll: Rule(_PROVIDER, Recording.FIRST),
    c.Decline: Rule(_PROVIDER, Recording.TRIED),
    c.LetWait: Rule(_PROVIDER, Recording.FIRST),
    c.SendBack: Rule(_PROVIDER, Recording.AFTER),
    c.Remove: Rule(_PROVIDER, Recording.AFTER),
    c.Pause: Rule(_PROVIDER, Recording.AFTER),
    c.PauseAll: Rule(_PROVIDER, Recording.AFTER),
    c.Resume: Rule(_PROVIDER, Recording.FIRST),
    c.ResumeAll: Rule(_PROVIDER, Recording.FIRST),
    c.Mute: Rule(_PROVIDER, Recording.AFTER),
    c.StopVideo: Rule(_PROVIDER, Recording.AFTER),
    c.StopShare: Rule(_PROVIDER, Recording.AFTER),
    c.AskToUnmute: Rule(_PROVIDER, Recording.TRIED),
    c.AskToStartVideo: Rule(_PROVIDER, Recording.TRIED),
    c.VerifyIdentity: Rule(_PROVIDER, Recording.FIRST),
    c.SayWhen: Rule(_PROVIDER, Recording.FIRST),
    c.Mark: Rule(_PROVIDER, Recording.FIRST),
    c.End: Rule(_PROVIDER, Recording.AFTER),
    c.SetName: Rule(
        {
            Role.CLIENT: _PRESENT - _IN,
            Role.SUPERVISOR: _PRESENT - _IN,
            Role.PROVIDER: _PRESENT,
        },
        Recording.TRIED,
    ),
    c.GetReady: Rule(_ANYONE_PREPARING, Recording.TRIED),
    c.Join: Rule({}, Recording.FIRST, desk_only=True),
    c.Leave: Rule(_ANYONE_PRESENT, Recording.AFTER),
    c.Publish: Rule(_ANYONE_IN, Recording.TRIED),
    c.Unpublish: Rule(_ANYONE_IN, Recording.AFTER),
    c.SetMuted: Rule(_ANYONE_IN, Recording.TRIED),
    c.DeclineAsk: Rule(_ANYONE_IN, Recording.TRIED),
    c.SendChat: Rule(
        {Role.CLIENT: _IN | _QUEUE, Role.SUPERVISOR: _IN, Role.PROVIDER: _IN}, Recording.TRIED
    ),
    c.SendCaption: Rule({Role.PROVIDER: _IN, Role.SUPERVISOR: _IN}, Recording.TRIED),
    c.ReportConnection: Rule(_ANYONE_PRESENT, Recording.TRIED),
}

MAY_TEST: dict[Role, frozenset[Phase]] = _ANYONE_PRESENT
"""Who may test the connection, in which own phases (a provider at the desk: in any)."""

CHAT_TO: dict[Role, dict[str, frozenset[Phase]]] = {
    Role.CLIENT: {"everyone": _IN, "waiting": _QUEUE},
    Role.SUPERVISOR: {"staff": _IN},
    Role.PROVIDER: {"everyone": _IN, "waiting": _IN, "staff": _IN, "person": _IN},
}
"""To whom each role may write, in which own phases (a provider at the desk: in any)."""

SYSTEM_COMMANDS: dict[type[c.Command], Recording] = {
    c.Open: Recording.FIRST,
    c.Connect: Recording.TRIED,
    c.Disconnect: Recording.AFTER,
    c.Expire: Recording.AFTER,
    c.AnnounceEnd: Recording.AFTER,
    c.RunOut: Recording.AFTER,
    c.NoteExport: Recording.FIRST,
}


def recording_of(command: c.Command) -> Recording:
    """What `command` owes the journal. One's own muting never waits; unmuting does."""
    kind = type(command)
    if kind in SYSTEM_COMMANDS:
        return SYSTEM_COMMANDS[kind]
    if isinstance(command, c.SetMuted) and command.muted:
        return Recording.AFTER
    return TABLE[kind].recording


def authorise(state: Session, actor: Actor, command: c.Command) -> None:
    """Let `actor` ask for `command`, or refuse.

    Raises:
        CommandRefused: SESSION_ENDED, NOT_PERMITTED, NOT_PROVIDER or WRONG_PHASE.
    """
    if actor.role is None:
        if type(command) not in SYSTEM_COMMANDS:
            raise CommandRefused(ErrorCode.NOT_PERMITTED)
        return
    rule = TABLE.get(type(command))
    if rule is None:
        raise CommandRefused(ErrorCode.NOT_PERMITTED)
    if state.phase is SessionPhase.ENDED and not rule.ended_too:
        raise CommandRefused(ErrorCode.SESSION_ENDED)
    if actor.at_desk and actor.person == state.provider:
        return
    if rule.desk_only or actor.role not in rule.phases:
        only_providers = rule.desk_only or set(rule.phases) == {Role.PROVIDER}
        raise CommandRefused(ErrorCode.NOT_PROVIDER if only_providers else ErrorCode.NOT_PERMITTED)
    person = state.people.get(actor.person)
    if person is None or person.role is not actor.role:
        raise CommandRefused(ErrorCode.NOT_PERMITTED)
    if person.phase not in rule.phases[actor.role]:
        raise CommandRefused(ErrorCode.WRONG_PHASE)


def may_test(state: Session, actor: Actor) -> bool:
    """Whether `actor` may test the connection now. It takes a page: a kernel may not, and nobody after the end."""
    person = state.people.get(actor.person)
    if actor.role is None or actor.via is Via.KERNEL or person is None:
        return False
    if state.phase is SessionPhase.ENDED or person.role is not actor.role:
        return False
    if actor.at_desk and person.id == state.provider:
        return True
    return person.phase in MAY_TEST.get(actor.role, frozenset())

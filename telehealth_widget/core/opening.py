"""The decider that opens a session: its options, checked once and for all."""

from __future__ import annotations

from telehealth_widget.core.checks import Events
from telehealth_widget.core.policy import Actor
from telehealth_widget.core.state import Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import Names, Role, SessionKind, Share, Via
from telehealth_widget.protocol.text import clean_code, clean_name, clean_text

MINUTE_MS = 60_000
SERVER = Actor(e.SYSTEM, None, Via.SYSTEM)


def open_session(state: Session, actor: Actor, cmd: c.Open, at_ms: int, fresh_id: str) -> Events:
    if state.opened:
        raise CommandRefused(ErrorCode.WRONG_PHASE)
    title = clean_text(cmd.title, limits.MAX_TITLE_CHARACTERS, "A title")
    if "\n" in title or "\t" in title:
        raise CommandRefused(ErrorCode.BAD_TEXT, "A title is one line.")
    try:
        kind, names = SessionKind(cmd.kind), Names(cmd.names)
    except ValueError:
        raise _bad(
            'kind= is "individual" or "group"; names= is "all", "providers" or "initials".'
        ) from None
    if not 1_000 <= cmd.hold_ms <= 3_600_000:
        raise _bad("hold_s= is between 1 and 3,600 seconds.")
    if cmd.share not in set(Share) or cmd.chat not in ("forget", "keep"):
        raise _bad('share= is "all" or "providers"; chat= is "forget" or "keep".')
    _check_span(cmd.end_when_empty_ms, "end_when_empty_min=")
    _check_span(cmd.max_duration_ms, "max_duration_min=")
    provider = f"p_{fresh_id}"
    name = clean_name(cmd.provider_name) if cmd.provider_name is not None else None
    return (
        e.SessionOpened(
            title=title,
            kind=kind,
            names=names.value,
            hold_ms=cmd.hold_ms,
            notebook=cmd.notebook,
            provider=provider,
            show_place=cmd.show_place,
            share=cmd.share,
            keep_chat=cmd.chat == "keep",
            end_when_empty_ms=cmd.end_when_empty_ms,
            max_duration_ms=cmd.max_duration_ms,
            warn_min=_warnings(cmd),
        ),
        e.PersonInvited(
            person=provider,
            code=clean_code(cmd.provider_code),
            role=Role.PROVIDER,
            name=name,
            language=None,
            expires_at_ms=at_ms,
            simulated=False,
        ),
    )


def other_options(state: Session, cmd: c.Open) -> tuple[str, ...]:
    """Options of `Session(...)` that are not what this session was opened with; it keeps what it has.

    Raises:
        CommandRefused: as of `open_session`.
    """
    asked, provider = open_session(Session(id=state.id), SERVER, cmd, 0, "x")
    assert isinstance(asked, e.SessionOpened)
    assert isinstance(provider, e.PersonInvited)
    own = state.people[state.provider]
    pairs = {
        "kind": (state.kind, asked.kind),
        "provider_code": (own.code, provider.code),
        "names": (state.names, Names(asked.names)),
        "hold_s": (state.hold_ms, asked.hold_ms),
        "show_place": (state.show_place, asked.show_place),
        "share": (state.share, Share(asked.share)),
        "chat": (state.keep_chat, asked.keep_chat),
        "end_when_empty_min": (state.end_when_empty_ms, asked.end_when_empty_ms),
        "max_duration_min": (state.max_duration_ms, asked.max_duration_ms),
        "warn_min": (state.warn_min, asked.warn_min),
    }
    return tuple(option for option, (has, wanted) in pairs.items() if has != wanted)


def _bad(message: str) -> CommandRefused:
    return CommandRefused(ErrorCode.BAD_OPTION, message)


def _check_span(ms: int | None, option: str) -> None:
    if ms is not None and not 1_000 <= ms <= limits.MAX_SESSION_MS:
        most = limits.MAX_SESSION_MS // MINUTE_MS
        raise _bad(f"{option} is between 1 second and {most:,} minutes, or None.")


def _warnings(cmd: c.Open) -> tuple[int, ...]:
    """The warnings that can come true: none without a maximum, none before the start."""
    most = limits.MAX_SESSION_MS // MINUTE_MS
    if len(cmd.warn_min) > limits.MAX_WARNINGS or not all(1 <= m < most for m in cmd.warn_min):
        raise _bad(
            f"warn_min= holds up to {limits.MAX_WARNINGS} whole numbers of minutes, "
            f"each from 1 to {most - 1:,}."
        )
    longest = cmd.max_duration_ms or 0
    return tuple(sorted({m for m in cmd.warn_min if m * MINUTE_MS < longest}, reverse=True))

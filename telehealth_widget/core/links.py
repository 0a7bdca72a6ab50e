"""Deciders about people's links: made, withdrawn, made anew."""

from __future__ import annotations

from telehealth_widget.core.checks import Events, not_the_desk, target
from telehealth_widget.core.names import give_way, refuse_staffs_name
from telehealth_widget.core.policy import Actor
from telehealth_widget.core.state import Person, Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import PRESENT_PHASES, Role
from telehealth_widget.protocol.text import clean_code, clean_language, clean_name


def invite(state: Session, actor: Actor, cmd: c.Invite, at_ms: int, fresh_id: str) -> Events:
    code = clean_code(cmd.code)
    name = clean_name(cmd.name) if cmd.name is not None else None
    language = clean_language(cmd.language) if cmd.language is not None else None
    if cmd.valid_ms is not None and cmd.valid_ms > limits.MAX_INVITE_VALID_MS:
        raise CommandRefused(ErrorCode.BAD_OPTION, "A link is valid for 366 days at most.")
    expires = at_ms + (cmd.valid_ms or limits.INVITE_VALID_MS)
    known = next((p for p in state.people.values() if p.code == code), None)
    if known is not None:
        _refuse_another(state, known, cmd)
    gives_way: Events = ()
    if name is not None and cmd.role is Role.CLIENT:
        refuse_staffs_name(state, name)
    elif name is not None:
        gives_way = give_way(state, name)
    if known is None:
        if len(state.people) >= limits.MAX_PEOPLE:
            raise CommandRefused(ErrorCode.ROOM_FULL)
        return (
            e.PersonInvited(
                person=f"p_{fresh_id}",
                code=code,
                role=cmd.role,
                name=name,
                language=language,
                expires_at_ms=expires,
                simulated=cmd.simulated,
            ),
            *gives_way,
        )
    events: list[e.AnyEvent] = []
    if name is not None and name != known.name:
        events.append(e.PersonNamed(person=known.id, name=name))
    events += gives_way
    if language is not None and language != known.language:
        events.append(e.LanguageChanged(person=known.id, language=language))
    if known.revoked:
        events.append(
            e.InviteReissued(person=known.id, serial=known.serial + 1, expires_at_ms=expires)
        )
    elif cmd.valid_ms is not None or known.expires_at_ms <= at_ms:
        events.append(e.InviteExtended(person=known.id, expires_at_ms=expires))
    return tuple(events)


def _refuse_another(state: Session, known: Person, cmd: c.Invite) -> None:
    """Let the command be about the person who has this code already.

    Raises:
        CommandRefused: CODE_TAKEN, saying who has it.
    """
    if known.role is not cmd.role:
        raise CommandRefused(ErrorCode.CODE_TAKEN)
    if known.id == state.provider:
        raise CommandRefused(
            ErrorCode.CODE_TAKEN,
            f"{known.code} is the provider of this notebook, who needs no link. "
            "Choose another code.",
        )
    if known.simulated is not cmd.simulated:
        whose = "a simulated client" if known.simulated else "a person who was invited"
        raise CommandRefused(
            ErrorCode.CODE_TAKEN, f"The code {known.code} belongs to {whose}. Choose another code."
        )


def revoke(state: Session, actor: Actor, cmd: c.Revoke, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    not_the_desk(state, person)
    if person.revoked:
        return ()
    events: list[e.AnyEvent] = [e.InviteRevoked(person=person.id)]
    if person.phase in PRESENT_PHASES:
        events.append(e.PersonLeft(person=person.id, cause="revoked"))
    return tuple(events)


def reissue(state: Session, actor: Actor, cmd: c.Reissue, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    not_the_desk(state, person)
    return (
        e.InviteReissued(
            person=person.id,
            serial=person.serial + 1,
            expires_at_ms=at_ms + limits.INVITE_VALID_MS,
        ),
    )

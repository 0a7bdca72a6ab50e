"""Who bears which name: a client never one that looks like a member of staff's, whoever had it first."""

from __future__ import annotations

from telehealth_widget.core.checks import Events, target
from telehealth_widget.core.policy import Actor
from telehealth_widget.core.state import Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import Role
from telehealth_widget.protocol.text import clean_name, skeleton


def refuse_staffs_name(state: Session, name: str) -> None:
    """Let a client take this name.

    Raises:
        CommandRefused: NAME_OF_PROVIDER if a member of staff bears it, or one that looks like it.
    """
    looks = skeleton(name)
    if looks and any(
        looks == skeleton(other.shown_name)
        for other in state.people.values()
        if other.role.is_staff and other.shown_name is not None
    ):
        raise CommandRefused(ErrorCode.NAME_OF_PROVIDER)


def give_way(state: Session, name: str) -> Events:
    """What a member of staff's new name does to clients who bear it already, or one that looks like it: they lose it.

    In every phase, the call included: others would take them for staff. Refusing the name to staff instead would let
    a client keep a provider from their own. A nameless client keeps their phase and is shown by code. They are asked
    for a name while they prepare, wait or are paused, and without one they do not get ready; a provider may give them
    one at any time by inviting the code again.
    """
    looks = skeleton(name)
    return tuple(
        e.PersonUnnamed(person=person.id)
        for person in state.people.values()
        if person.role is Role.CLIENT
        and person.shown_name is not None
        and looks
        and skeleton(person.shown_name) == looks
    )


def set_name(state: Session, actor: Actor, cmd: c.SetName, at_ms: int, fresh_id: str) -> Events:
    person = target(state, actor.person)
    name = clean_name(cmd.name)
    if person.role is Role.CLIENT:
        refuse_staffs_name(state, name)
    events: Events = () if name == person.name else (e.PersonNamed(person=person.id, name=name),)
    return (*events, *give_way(state, name)) if person.role.is_staff else events

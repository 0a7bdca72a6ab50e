"""Deciders about sources: offering, muting, being asked, sharing a screen. Pure, like all of `decide`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telehealth_widget.core.checks import Events, require, target
from telehealth_widget.core.policy import Actor
from telehealth_widget.core.state import Person, Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import Phase, Role, Share, Source


def silence(source: Source) -> Callable[..., Events]:
    """The decider that stops a source of another person at once."""

    def decider(state: Session, actor: Actor, cmd: Any, at_ms: int, fresh_id: str) -> Events:
        person = target(state, cmd.person)
        require(person, Phase.ADMITTED)
        published = person.publication(source)
        # Before the page has offered the source it counts too: then it comes in muted.
        if published is not None and published.muted:
            return ()
        return (e.MediaMuted(person=person.id, source=source),)

    return decider


def ask_for(source: Source) -> Callable[..., Events]:
    """The decider that asks another person to switch a source on. Nobody's is ever opened from afar."""

    def decider(state: Session, actor: Actor, cmd: Any, at_ms: int, fresh_id: str) -> Events:
        person = target(state, cmd.person)
        require(person, Phase.ADMITTED)
        published = person.publication(source)
        on = published is not None and not published.muted
        if on or source in person.asked:
            return ()
        return (e.MediaAsked(person=person.id, source=source),)

    return decider


def decline_ask(
    state: Session, actor: Actor, cmd: c.DeclineAsk, at_ms: int, fresh_id: str
) -> Events:
    person = target(state, actor.person)
    if cmd.source not in person.asked:
        return ()
    return (e.AskAnswered(person=person.id, source=cmd.source, accepted=False),)


def _accepting(person: Person, source: Source, *events: e.AnyEvent) -> Events:
    """The events that switch a source on; first the answer, if the person was asked for it."""
    if source not in person.asked:
        return events
    return (e.AskAnswered(person=person.id, source=source, accepted=True), *events)


def publish(state: Session, actor: Actor, cmd: c.Publish, at_ms: int, fresh_id: str) -> Events:
    person = target(state, actor.person)
    require(person, Phase.ADMITTED)
    held = person.publication(cmd.source)
    if held is not None and not held.awaited:
        return _own_mute(person, cmd.source, cmd.muted)
    taken = _take_over(state, person) if cmd.source is Source.SCREEN else ()
    muted = cmd.muted or held is not None
    published = e.MediaPublished(person=person.id, source=cmd.source, muted=muted)
    return (*taken, published) if muted else _accepting(person, cmd.source, *taken, published)


def _take_over(state: Session, person: Person) -> Events:
    """What makes room for the person's screen: one is shared at a time, and a provider's goes before others'."""
    if state.share is Share.PROVIDERS and person.role is not Role.PROVIDER:
        raise CommandRefused(ErrorCode.SHARE_NOT_ALLOWED)
    sharer = state.sharer
    if sharer is None:
        return ()
    if person.role is not Role.PROVIDER:
        raise CommandRefused(ErrorCode.SHARE_TAKEN)
    if sharer.role is Role.PROVIDER:
        raise CommandRefused(
            ErrorCode.SHARE_TAKEN,
            "Another provider is sharing a screen. Stop their share first, then share yours.",
        )
    return (e.MediaUnpublished(person=sharer.id, source=Source.SCREEN),)


def _own_mute(person: Person, source: Source, muted: bool) -> Events:
    held = person.publication(source)
    if held is None or held.awaited:
        raise CommandRefused(ErrorCode.NO_MEDIA)
    if held.muted == muted:
        return ()
    if muted:
        return (e.MediaMuted(person=person.id, source=source),)
    return _accepting(person, source, e.MediaUnmuted(person=person.id, source=source))


def unpublish(state: Session, actor: Actor, cmd: c.Unpublish, at_ms: int, fresh_id: str) -> Events:
    person = target(state, actor.person)
    if person.publication(cmd.source) is None:
        return ()
    return (e.MediaUnpublished(person=person.id, source=cmd.source),)


def set_muted(state: Session, actor: Actor, cmd: c.SetMuted, at_ms: int, fresh_id: str) -> Events:
    person = target(state, actor.person)
    require(person, Phase.ADMITTED)
    return _own_mute(person, cmd.source, cmd.muted)


def stop_share(state: Session, actor: Actor, cmd: c.StopShare, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    if person.publication(Source.SCREEN) is None:
        return ()
    return (e.MediaUnpublished(person=person.id, source=Source.SCREEN),)

"""Random walks over decide and evolve: whatever people ask for, in whatever order, these things hold."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from telehealth_widget.core import timers
from telehealth_widget.core.evolve import evolve
from telehealth_widget.core.outbox import Viewer, view
from telehealth_widget.core.policy import Actor
from telehealth_widget.core.state import Person, Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import PRESENT_PHASES, Phase, Role, SessionPhase, Source, Via
from telehealth_widget.protocol.text import skeleton

from .conftest import SERVER, START_MS, Play

CODES = ("P07", "P08", "P09", "S1", "T2")
ROLES = {"S1": Role.SUPERVISOR, "T2": Role.PROVIDER}
SHUT_OUT = {Phase.DECLINED, Phase.REMOVED}

WAYS: dict[Phase, set[Phase]] = {
    Phase.INVITED: {Phase.PREPARING, Phase.ADMITTED, Phase.REMOVED},
    Phase.PREPARING: {Phase.WAITING, Phase.DECLINED, Phase.REMOVED, Phase.LEFT},
    Phase.WAITING: {Phase.ADMITTED, Phase.DECLINED, Phase.REMOVED, Phase.LEFT},
    Phase.ADMITTED: {Phase.WAITING, Phase.PAUSED, Phase.REMOVED, Phase.LEFT},
    Phase.PAUSED: {Phase.ADMITTED, Phase.WAITING, Phase.REMOVED, Phase.LEFT},
    Phase.DECLINED: {Phase.WAITING, Phase.REMOVED},
    Phase.REMOVED: {Phase.WAITING},
    Phase.LEFT: {Phase.PREPARING, Phase.ADMITTED, Phase.REMOVED},
}
"""The only ways from phase to phase; the notebook's provider alone goes from invited or left into the call."""

ABOUT_OTHERS = (
    c.Revoke,
    c.Reissue,
    c.Admit,
    c.Decline,
    c.LetWait,
    c.SendBack,
    c.Remove,
    c.Pause,
    c.Resume,
    c.Mute,
    c.StopVideo,
    c.StopShare,
    c.AskToUnmute,
    c.AskToStartVideo,
    c.VerifyIdentity,
)
ALONE = (c.AdmitAll, c.PauseAll, c.ResumeAll, c.GetReady, c.Join, c.Leave)
TEXT = st.sampled_from(["Ana", "Dr. Lee", "dr lee", "", "\u202e", "Bo"])
SOURCES = st.sampled_from(Source)


OPTIONS: dict[str, Any] = {
    "kind": "group",
    "hold_ms": 10_000,
    "end_when_empty_ms": 15_000,
    "max_duration_ms": 120_000,
}


class Walk(RuleBasedStateMachine):
    """One session, five guests and a desk."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play().open(**OPTIONS)
        self.happened: list[tuple[e.AnyEvent, int]] = []
        self.ever_admitted = False
        self.last_stints: dict[str, int] = {}
        for code in ("P07", "P08", "S1"):
            self.come_in(code)

    def actor(self, who: str) -> Actor | None:
        if who == "desk":
            return self.play.desk
        person = next((p for p in self.play.state.people.values() if p.code == who), None)
        return person and Actor(person.id, person.role, Via.PAGE)

    def id_of(self, code: str) -> str:
        people = self.play.state.people.values()
        return next((p.id for p in people if p.code == code), "p_nobody")

    def ask(self, actor: Actor, command: c.Command) -> None:
        before = self.play.state
        try:
            events = self.play.do(actor, command)
        except CommandRefused as refused:
            assert isinstance(refused.code, ErrorCode)  # noqa: PT017
            assert self.play.state is before
            return
        self.happened += [(event, self.play.t_ms) for event in events]
        self.check(before, actor, command)

    def check(self, before: Session, actor: Actor, command: c.Command) -> None:
        now = self.play.state
        assert before.phase is not SessionPhase.ENDED or actor.role is None
        in_charge = actor.at_desk or (
            actor.role is Role.PROVIDER and before.people[actor.person].phase is Phase.ADMITTED
        )
        for key, old in before.people.items():
            new = now.people[key]
            self.check_sources(old, new, actor, in_charge)
            assert (new.id, new.code, new.role) == (old.id, old.code, old.role)
            assert new.serial == old.serial or not new.verified
            assert new.verified is old.verified or in_charge
            assert not new.verified or new.role is Role.CLIENT
            if new.role is Role.CLIENT and new.name != old.name:
                staff = [p.shown_name for p in before.people.values() if p.role.is_staff]
                assert skeleton(new.shown_name or "") not in {skeleton(n) for n in staff if n}
            ended = isinstance(command, c.End | c.RunOut)
            if new.phase is old.phase:
                continue
            assert ended or new.phase in WAYS[old.phase], (old.phase, new.phase)
            if old.phase in SHUT_OUT:
                assert in_charge
                assert isinstance(command, c.LetWait | c.Remove)
            if new.phase is Phase.ADMITTED:
                assert in_charge
                assert not new.revoked
                joins = isinstance(command, c.Join)
                assert joins == (old.phase in (Phase.INVITED, Phase.LEFT)) == (key == now.provider)
                self.ever_admitted |= new.role is Role.CLIENT

    def check_sources(self, old: Person, new: Person, actor: Actor, in_charge: bool) -> None:
        """Nobody's source is switched on, nor a question put or answered, by anyone but who may."""
        for publication in new.publications:
            before = old.publication(publication.source)
            opened = not publication.muted and (before is None or before.muted)
            assert not opened or actor.person == new.id
        assert set(new.asked) <= set(old.asked) or in_charge
        if set(old.asked) - set(new.asked) and new.phase is Phase.ADMITTED:
            assert actor.person == new.id

    # -- what may happen ------------------------------------------------------------------------

    @rule(code=st.sampled_from(CODES), who=st.sampled_from(("desk", *CODES)))
    def invite(self, code: str, who: str) -> None:
        if actor := self.actor(who):
            self.ask(actor, c.Invite(code=code, role=ROLES.get(code, Role.CLIENT)))

    @rule(code=st.sampled_from(CODES))
    def arrive(self, code: str) -> None:
        """The doors let nobody in whose link was withdrawn, who was removed, or after the end."""
        person = self.play.state.people.get(self.id_of(code))
        if person is None or person.revoked or person.phase is Phase.REMOVED:
            return
        if self.play.state.phase is not SessionPhase.ENDED:
            self.ask(SERVER, c.Connect(person=person.id))

    @rule(code=st.sampled_from(CODES))
    def come_in(self, code: str) -> None:
        """The usual way: invited, arrived, named, ready."""
        self.invite(code, "desk")
        self.arrive(code)
        if actor := self.actor(code):
            self.ask(actor, c.SetName(name=f"Person {code}"))
            self.ask(actor, c.GetReady())

    @rule(code=st.sampled_from(CODES))
    def let_in(self, code: str) -> None:
        """The usual way on: admitted, with sources."""
        self.come_in(code)
        self.ask(self.play.desk, c.Admit(person=self.id_of(code)))
        if actor := self.actor(code):
            self.ask(actor, c.Publish(source=Source.MICROPHONE))
            self.ask(actor, c.Publish(source=Source.CAMERA, muted=True))
            self.ask(actor, c.Publish(source=Source.SCREEN))

    @rule(code=st.sampled_from(CODES), name=TEXT)
    def get_ready(self, code: str, name: str) -> None:
        if actor := self.actor(code):
            self.ask(actor, c.SetName(name=name))
            self.ask(actor, c.GetReady())

    @rule(code=st.sampled_from((*CODES, "T1")))
    def drop(self, code: str) -> None:
        self.ask(SERVER, c.Disconnect(person=self.id_of(code)))

    @rule(ms=st.integers(1, 12_000))
    def time_passes(self, ms: int) -> None:
        self.play.pass_ms(ms)
        for command in timers.due(self.play.state, t_ms=self.play.t_ms):
            self.ask(SERVER, command)
        assert timers.due(self.play.state, t_ms=self.play.t_ms) == []

    @rule(
        who=st.sampled_from(("desk", "desk", *CODES)),
        kind=st.sampled_from(ABOUT_OTHERS),
        code=st.sampled_from((*CODES, "T1", "nobody")),
    )
    def about_another(self, who: str, kind: Any, code: str) -> None:
        if actor := self.actor(who):
            self.ask(actor, kind(person=self.id_of(code)))

    @rule(who=st.sampled_from(("desk", *CODES)), kind=st.sampled_from(ALONE))
    def alone(self, who: str, kind: Any) -> None:
        if actor := self.actor(who):
            self.ask(actor, kind())

    @rule(
        who=st.sampled_from(("desk", *CODES)),
        command=st.one_of(
            st.builds(c.Publish, source=SOURCES, muted=st.booleans()),
            st.builds(c.Unpublish, source=SOURCES),
            st.builds(c.SetMuted, source=SOURCES, muted=st.booleans()),
            st.builds(c.DeclineAsk, source=SOURCES),
            st.builds(
                c.SendChat, to=st.sampled_from(["everyone", "waiting", "staff", "x"]), text=TEXT
            ),
            st.builds(c.Mark, label=TEXT),
            st.builds(c.SayWhen, minutes=st.sampled_from([None, 0, 1, 120, 121])),
            st.builds(c.SetName, name=TEXT),
        ),
    )
    def by_oneself(self, who: str, command: c.Command) -> None:
        if actor := self.actor(who):
            self.ask(actor, command)

    @precondition(lambda self: len(self.happened) > 25)
    @rule(who=st.sampled_from(("desk", *CODES)))
    def end(self, who: str) -> None:
        if actor := self.actor(who):
            self.ask(actor, c.End())

    # -- what always holds ----------------------------------------------------------------------

    @invariant()
    def nothing_is_published_outside_of_the_call(self) -> None:
        for person in self.play.state.people.values():
            assert person.phase is Phase.ADMITTED or not person.publications

    @invariant()
    def one_screen_is_shared_at_most(self) -> None:
        sharers = [p for p in self.play.state.people.values() if p.publication(Source.SCREEN)]
        assert len(sharers) <= 1

    @invariant()
    def only_who_is_in_the_session_is_asked_for_what_is_off(self) -> None:
        for person in self.play.state.people.values():
            assert person.phase is Phase.ADMITTED or not person.asked
            assert len(set(person.asked)) == len(person.asked)
            for source in person.asked:
                held = person.publication(source)
                assert source is not Source.SCREEN
                assert held is None or held.muted

    @invariant()
    def a_started_session_that_all_have_left_has_a_time_to_end(self) -> None:
        state = self.play.state
        empty = state.phase is SessionPhase.LIVE and not list(state.in_phase(*PRESENT_PHASES))
        assert (state.empty_since_t_ms is not None) == empty

    @invariant()
    def the_session_is_live_from_the_first_client_to_the_end(self) -> None:
        state = self.play.state
        ended = any(isinstance(event, e.SessionEnded) for event, _ in self.happened)
        live = SessionPhase.LIVE if self.ever_admitted else SessionPhase.OPEN
        assert state.phase is (SessionPhase.ENDED if ended else live)
        assert (state.started_at_ms is not None) == self.ever_admitted
        assert (state.duration_ms is not None) == ended

    @invariant()
    def after_the_end_nobody_is_present(self) -> None:
        if self.play.state.phase is SessionPhase.ENDED:
            assert not list(self.play.state.in_phase(*PRESENT_PHASES))
            assert self.play.state.expected_at_ms is None

    @invariant()
    def nobody_is_present_by_a_withdrawn_link(self) -> None:
        for person in self.play.state.in_phase(*PRESENT_PHASES):
            assert not person.revoked

    @invariant()
    def codes_are_unique(self) -> None:
        people = self.play.state.people.values()
        assert len({p.code for p in people}) == len(people)

    @invariant()
    def stints_only_grow(self) -> None:
        stints = {p.id: p.stint for p in self.play.state.people.values()}
        assert all(stints[key] >= old for key, old in self.last_stints.items())
        self.last_stints = stints

    @invariant()
    def a_client_outside_of_the_call_sees_themselves_alone(self) -> None:
        for person in self.play.state.people.values():
            if person.role is Role.CLIENT and person.phase is not Phase.ADMITTED:
                seen = view(self.play.state, {}, Viewer(person.id, person.role, Via.PAGE, "c"))
                assert set(seen.people) == {person.id}

    def teardown(self) -> None:
        """The state is the fold of what happened, and of nothing else."""
        again = Play().open(**OPTIONS).state
        for event, t_ms in self.happened:
            again = evolve(again, event, t_ms=t_ms, at_ms=START_MS + t_ms)
        assert again == self.play.state


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def step(walk: Walk, dice: Random) -> None:
    """One step of a walk that is thrown instead of searched for: more of them in less time."""
    who, code = dice.choice(("desk",) * 7 + CODES), dice.choice(CODES)
    source = dice.choice(list(Source))
    throw = dice.random()
    if throw < 0.15:
        walk.come_in(code)
    elif throw < 0.30:
        walk.let_in(code)
    elif throw < 0.55:
        walk.about_another(who, dice.choice(ABOUT_OTHERS), dice.choice((*CODES, "T1", "nobody")))
    elif throw < 0.70:
        walk.alone(who, dice.choice(ALONE))
    elif throw < 0.78:
        walk.arrive(code)
    elif throw < 0.84:
        walk.drop(dice.choice((*CODES, "T1")))
    elif throw < 0.90:
        walk.time_passes(dice.randint(1, 12_000))
    elif throw < 0.93:
        walk.by_oneself(who, c.Publish(source=source, muted=dice.random() < 0.5))
    elif throw < 0.94:
        walk.by_oneself(who, c.DeclineAsk(source=source))
    elif throw < 0.97:
        walk.by_oneself(who, c.SetMuted(source=source, muted=dice.random() < 0.5))
    elif throw < 0.995:
        walk.invite(code, who)
    else:
        walk.ask(walk.play.desk, c.End())


@pytest.mark.parametrize("seed", range(20))
def test_thrown_walks_keep_every_invariant(seed: int) -> None:
    dice = Random(seed)
    for _ in range(15):
        walk = Walk()
        for _ in range(50):
            step(walk, dice)
            for holds in (
                walk.nothing_is_published_outside_of_the_call,
                walk.one_screen_is_shared_at_most,
                walk.only_who_is_in_the_session_is_asked_for_what_is_off,
                walk.a_started_session_that_all_have_left_has_a_time_to_end,
                walk.the_session_is_live_from_the_first_client_to_the_end,
                walk.after_the_end_nobody_is_present,
                walk.nobody_is_present_by_a_withdrawn_link,
                walk.codes_are_unique,
                walk.stints_only_grow,
                walk.a_client_outside_of_the_call_sees_themselves_alone,
            ):
                holds()
        walk.teardown()

"""A modified client on a real socket: every right it lacks, and negotiation of the wrong size, kind or sender."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import fields

from telehealth_widget.core.state import Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode
from telehealth_widget.protocol.kinds import Role, SessionPhase, Source

from .conftest import Knock, Premises

NEVER = {
    c.Invite,
    c.Revoke,
    c.Reissue,
    c.Admit,
    c.AdmitAll,
    c.Decline,
    c.LetWait,
    c.SendBack,
    c.Remove,
    c.Pause,
    c.Resume,
    c.PauseAll,
    c.ResumeAll,
    c.Mute,
    c.StopVideo,
    c.StopShare,
    c.AskToUnmute,
    c.AskToStartVideo,
    c.VerifyIdentity,
    c.SayWhen,
    c.Mark,
    c.End,
    c.Join,
    c.SendCaption,
}
"""What no client may ever ask for, by product.md's description of what providers do."""
ONLY_OUTSIDE = {c.SetName, c.GetReady}
IN_SESSION = {
    *(c.Publish, c.Unpublish, c.SetMuted, c.DeclineAsk, c.SendChat, c.Leave),
    c.ReportConnection,
}


class Scene:
    """A client in the session who speaks raw, another client, one who waits, and the desk."""

    def __init__(self, premises: Premises, session: str) -> None:
        self.premises, self.session = premises, session
        self.desk: Knock
        self.ids: dict[str, str] = {}
        self.people: dict[str, Knock] = {}

    @property
    def state(self) -> Session:
        return self.premises.rooms.room(self.session).ledger.decided

    async def come(self, code: str, role: Role = Role.CLIENT) -> Knock:
        done = await self.desk.do(c.Invite(code=code, role=role))
        self.ids[code] = done.person
        knock = await self.premises.knock()
        await knock.hello(invite=done.url.split("#")[1])
        await knock.do(c.SetName(name=f"Name {code}"))
        await knock.do(c.GetReady())
        self.people[code] = knock
        return knock

    async def admitted(self, code: str, role: Role = Role.CLIENT) -> Knock:
        knock = await self.come(code, role)
        await self.desk.do(c.Admit(person=self.ids[code]))
        await knock.until(lambda x: knock.rows.you is not None and bool(knock.rows.you.endpoint))
        return knock


@pytest.fixture
async def scene(premises: Premises) -> Scene:
    made = Scene(premises, await premises.session(kind="group"))
    made.desk = await premises.kernel(made.session)
    await made.admitted("P07")
    await made.admitted("P08")
    await made.come("P09")
    return made


def example(kind: type[Any], person: str) -> Any:
    given = {"person": person, "source": Source.CAMERA, "muted": False, "minutes": 5, "to": "staff"}
    given |= {"code": "P99", "label": "x", "name": "Other Name", "text": "x"}
    return kind(**{f.name: given[f.name] for f in fields(kind) if f.required})


def test_every_command_is_among_those_tried() -> None:
    assert set(c.AnyCommand.__args__) == NEVER | ONLY_OUTSIDE | IN_SESSION


@pytest.mark.parametrize("who", ["P08", "P09", "P07"], ids=["another", "who waits", "themselves"])
async def test_a_client_in_the_session_asks_in_vain_for_every_right_of_a_provider(
    scene: Scene, who: str
) -> None:
    me, before = scene.people["P07"], scene.state
    for kind in sorted(NEVER, key=lambda k: k.__name__):
        answer = await me.do(example(kind, scene.ids[who]))
        wanted = ErrorCode.NOT_PERMITTED if kind is c.SendCaption else ErrorCode.NOT_PROVIDER
        assert (answer.code, answer.message) == (wanted, SENTENCES[wanted]), kind
        assert answer.candidates == ()
        assert scene.state == before, kind


async def test_what_a_client_may_do_before_is_refused_in_the_session(scene: Scene) -> None:
    me, before = scene.people["P07"], scene.state
    for kind in ONLY_OUTSIDE:
        assert (await me.do(example(kind, ""))).code is ErrorCode.WRONG_PHASE
    assert scene.state == before


async def test_a_client_who_waits_or_is_paused_has_no_part_in_the_session(scene: Scene) -> None:
    await scene.desk.do(c.Pause(person=scene.ids["P08"]))
    before = scene.state
    for code in ("P08", "P09"):
        knock = scene.people[code]
        for kind in (c.Publish, c.Unpublish, c.SetMuted, c.DeclineAsk):
            assert (await knock.do(example(kind, ""))).code is ErrorCode.WRONG_PHASE
        for to in ("everyone", "staff", scene.ids["P07"]):
            answer = await knock.do(c.SendChat(to=to, text="x"))
            assert answer.code in (ErrorCode.WRONG_PHASE, ErrorCode.NOT_PERMITTED)
        for kind in NEVER - {c.Join}:
            assert isinstance(await knock.do(example(kind, scene.ids["P07"])), m.Refused)
    assert scene.state == before


async def test_a_supervisor_steers_nobody_and_captions(scene: Scene) -> None:
    supervisor = await scene.admitted("S1", Role.SUPERVISOR)
    before = scene.state
    for kind in NEVER - {c.SendCaption}:
        answer = await supervisor.do(example(kind, scene.ids["P07"]))
        assert answer.code is ErrorCode.NOT_PROVIDER, kind
    assert scene.state == before
    caption = c.SendCaption(person=scene.ids["P07"], text="hm")
    assert isinstance(await supervisor.do(caption), m.Done)
    assert (await scene.people["P08"].of(m.Caption)).text == "hm"


@pytest.mark.parametrize("text", ["x" * 4_001, " \n\t ", ""])
async def test_chat_of_4001_characters_or_only_spaces_is_refused_in_words(
    scene: Scene, text: str
) -> None:
    answer = await scene.people["P07"].do(c.SendChat(to="everyone", text=text))
    assert (answer.code, answer.message) == (
        ErrorCode.BAD_TEXT,
        "A message has 1 to 4,000 characters.",
    )
    assert isinstance(
        await scene.people["P07"].do(c.SendChat(to="everyone", text="x" * 4_000)), m.Done
    )


async def test_a_second_screen_is_refused_over_the_wire_in_words(scene: Scene) -> None:
    assert isinstance(await scene.people["P08"].do(c.Publish(source=Source.SCREEN)), m.Done)
    answer = await scene.people["P07"].do(c.Publish(source=Source.SCREEN))
    taken = ErrorCode.SHARE_TAKEN
    assert (answer.code, answer.message) == (taken, SENTENCES[taken])


# -- negotiation ------------------------------------------------------------------------------------


def endpoint(knock: Knock) -> str:
    assert knock.rows.you is not None
    return str(knock.rows.you.endpoint)


async def heard_nothing(knock: Knock) -> bool:
    """Whether no signal came before the answer to a beat that is sent now."""
    seen = len(knock.messages)
    await knock.send(m.Beat(n=99))
    await knock.until(lambda x: isinstance(x, m.Beaten) and x.n == 99)
    return not [x for x in knock.messages[seen:] if isinstance(x, m.Signaled)]


def signal(to: str, **more: Any) -> str:
    """A signal as a modified page may write it."""
    return json.dumps({"t": "signal", "to": to, **more})


SDP = "x" * (limits.MAX_SDP_BYTES + 1)
LINE = "x" * (limits.MAX_CANDIDATE_BYTES + 1)
MANY = [{"candidate": "c"}] * (limits.MAX_CANDIDATES_PER_MESSAGE + 1)


@pytest.mark.parametrize(
    "more",
    [
        {"description": {"type": "offer", "sdp": SDP}},
        {"description": {"type": "rollback", "sdp": ""}},
        {"description": {"type": "pranswer", "sdp": "v=0"}},
        {"description": {"type": "offer\n", "sdp": "v=0"}},
        {"description": {"type": "offer"}},
        {"description": "v=0"},
        {"description": {"type": "offer", "sdp": "v=0", "sender": "e_1"}},
        {"sender": "e_1"},
        {"candidates": [{"candidate": LINE}]},
        {"candidates": MANY},
        {"candidates": [{"candidate": 7}]},
        {"candidates": [{"candidate": "c", "sdpMLineIndex": -1}]},
        {"candidates": {"candidate": "c"}},
    ],
    ids=lambda more: str(more)[:60],
)
async def test_a_signal_of_the_wrong_size_or_kind_ends_its_socket_and_reaches_nobody(
    scene: Scene, more: dict[str, Any]
) -> None:
    me, other = scene.people["P07"], scene.people["P08"]
    await me.send(signal(endpoint(other), **more))
    assert await me.over() == m.CloseCode.MALFORMED
    assert me.messages[-1].code is ErrorCode.MALFORMED
    assert await heard_nothing(other)


async def test_a_signal_with_anothers_address_as_its_own_reaches_nobody(scene: Scene) -> None:
    me, other = scene.people["P07"], scene.people["P08"]
    offer = {"type": "offer", "sdp": "v=0"}
    await me.send(signal(endpoint(other), own=endpoint(other), description=offer))
    assert await heard_nothing(me)
    assert await heard_nothing(other)
    await me.send(signal(endpoint(other), own=endpoint(me), description=offer))
    assert (await other.of(m.Signaled)).sender == endpoint(me)


async def test_who_is_out_of_the_session_signals_nobody(scene: Scene) -> None:
    me, other, waits = (scene.people[x] for x in ("P07", "P08", "P09"))
    to, own = endpoint(other), endpoint(me)
    await scene.desk.do(c.Pause(person=scene.ids["P07"]))
    await me.until(lambda x: not (me.rows.you and me.rows.you.endpoint))
    for knock in (me, waits):
        await knock.send(signal(to, own=own, description={"type": "offer", "sdp": "v=0"}))
        await knock.send(signal(to, candidates=[{"candidate": "c"}]))
        assert await heard_nothing(knock)
    assert await heard_nothing(other)
    assert scene.state.phase is SessionPhase.LIVE

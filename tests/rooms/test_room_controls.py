"""Controls of the session room as everyone sees them: questions, screens, chat, captions, and ends by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.codec import encode
from telehealth_widget.protocol.errors import ErrorCode
from telehealth_widget.protocol.kinds import EndCause, Phase, Role, SessionPhase, Source, Via
from telehealth_widget.protocol.views import PublicationRow

from .conftest import House, Probe

MICROPHONE, SCREEN = Source.MICROPHONE, Source.SCREEN
SHOWN = PublicationRow(SCREEN, False)


class Group:
    """A provider at the desk, a second one and a supervisor by link, and three clients, all in the session."""

    def __init__(self, house: House, session: str, desk: Probe) -> None:
        self.house, self.session, self.desk = house, session, desk
        self.people: dict[str, Probe] = {"T1": desk}

    @classmethod
    async def meet(cls, house: House, **options: Any) -> Group:
        session = await house.open(kind="group", **options)
        group = cls(house, session, house.desk(session))
        group.desk.do(c.Join())
        for code, role in (("T2", Role.PROVIDER), ("S1", Role.SUPERVISOR)):
            await group.come(code, role)
        for code in ("P07", "P08", "P09"):
            await group.come(code)
        group.desk.do(c.AdmitAll())
        return group

    async def come(self, code: str, role: Role = Role.CLIENT) -> Probe:
        url = self.desk.do(c.Invite(code=code, role=role)).url  # type: ignore[union-attr]
        probe = await self.house.guest(str(url))
        probe.do(c.SetName(name=f"Name {code}"))
        probe.do(c.GetReady())
        self.people[code] = probe
        return probe

    def __getitem__(self, code: str) -> Probe:
        return self.people[code]

    def id(self, code: str) -> str:
        connection = self.people[code].connection
        assert connection is not None
        return connection.person

    def row(self, viewer: str, code: str) -> Any:
        return self[viewer].rows.people.get(self.id(code))

    def texts(self, code: str, kind: type[Any] = m.Chat) -> list[str]:
        return [x.text for x in self[code].of(kind)]


@pytest.fixture
async def group(house: House) -> Group:
    return await Group.meet(house)


async def test_two_providers_a_supervisor_and_three_clients_are_in_one_session(
    group: Group,
) -> None:
    for code in group.people:
        assert len([r for r in group[code].rows.people.values() if r.in_call]) == 6
    assert isinstance(group["T2"].do(c.Mute(person=group.id("P07"))), m.Done)
    assert isinstance(group["T2"].do(c.Pause(person=group.id("P07"))), m.Done)
    assert group["P07"].me.phase is Phase.PAUSED
    assert isinstance(group["T2"].do(c.ResumeAll()), m.Done)
    for command in (c.Invite(code="X"), c.Reissue(person=group.id("P07")), c.Join()):
        answer = group["T2"].do(command)
        assert isinstance(answer, m.Refused)
    refused = group["T2"].do(c.Remove(person=group.id("T1")))
    assert isinstance(refused, m.Refused)


async def test_a_question_is_seen_by_the_person_and_staff_and_by_no_other_client(
    group: Group,
) -> None:
    group["P07"].do(c.Publish(source=MICROPHONE, muted=True))
    group["T2"].do(c.AskToUnmute(person=group.id("P07")))
    assert group["P07"].me.asked == (MICROPHONE,)
    for staff in ("T1", "T2", "S1"):
        assert group.row(staff, "P07").asked == (MICROPHONE,)
    assert group.row("P08", "P07").asked == ()
    seen = len(group["P08"].messages)
    group["P07"].do(c.DeclineAsk(source=MICROPHONE))
    assert group.row("T1", "P07").asked == ()
    assert len(group["P08"].messages) == seen


async def test_a_question_outlasts_a_reload_and_a_restart(house: House, group: Group) -> None:
    person = group["P07"]
    group["T1"].do(c.AskToUnmute(person=group.id("P07")))
    person.gone()
    again = await house.guest(resume=person.resume)
    assert again.me.asked == (MICROPHONE,)
    await house.restart()
    back = await house.guest(resume=again.resume)
    assert back.me.asked == (MICROPHONE,)


async def test_the_record_names_who_asked_and_who_answered(house: House, group: Group) -> None:
    group["P07"].do(c.Publish(source=MICROPHONE, muted=True))
    group["T2"].do(c.AskToUnmute(person=group.id("P07")))
    group["P07"].do(c.SetMuted(source=MICROPHONE, muted=False))
    told = [(r.actor, type(r.body)) for r in house.journal.read(group.session)[-3:]]
    assert told == [
        (group.id("T2"), e.MediaAsked),
        (group.id("P07"), e.AskAnswered),
        (group.id("P07"), e.MediaUnmuted),
    ]


async def test_a_provider_takes_a_clients_screen_over_in_one_change(group: Group) -> None:
    group["P07"].do(c.Publish(source=SCREEN))
    assert group.row("P08", "P07").publications == (SHOWN,)
    taken = group["P08"].do(c.Publish(source=SCREEN))
    assert isinstance(taken, m.Refused)
    assert taken.code is ErrorCode.SHARE_TAKEN
    before = len(group["P08"].of(m.Change))
    group["T2"].do(c.Publish(source=SCREEN))
    (change,) = group["P08"].of(m.Change)[before:]
    assert {row.id: row.publications for row in change.people} == {
        group.id("P07"): (),
        group.id("T2"): (SHOWN,),
    }
    assert group["P07"].me.publications == ()


async def test_a_page_that_is_loaded_again_shares_no_screen(house: House, group: Group) -> None:
    group["P07"].do(c.Publish(source=MICROPHONE))
    group["P07"].do(c.Publish(source=SCREEN))
    group["P07"].gone()
    again = await house.guest(resume=group["P07"].resume)
    assert [x.source for x in again.me.publications] == [MICROPHONE]
    assert [x.source for x in group.row("T1", "P07").publications] == [MICROPHONE]
    assert isinstance(group["P08"].do(c.Publish(source=SCREEN)), m.Done)


async def test_a_socket_that_comes_back_goes_on_sharing(house: House, group: Group) -> None:
    person = group["P07"]
    person.do(c.Publish(source=SCREEN))
    page = person.connection.page  # type: ignore[union-attr]
    person.gone()
    back = await house.guest(page=page, resume=person.resume, seat=True)
    assert back.me.publications == (SHOWN,)


async def test_a_call_that_moves_to_another_view_shares_no_screen(
    house: House, group: Group
) -> None:
    group.desk.do(c.Publish(source=SCREEN))
    other = house.desk(group.session)
    other.send(m.TakeSeat(id=7))
    assert m.Done(id=7) in other.messages
    assert other.me.publications == ()


# -- chat -------------------------------------------------------------------------------------------


async def test_staff_who_come_in_later_read_what_was_written_before(
    house: House, group: Group
) -> None:
    group.desk.do(c.SendChat(to="staff", text="among us"))
    group["P07"].do(c.SendChat(to="everyone", text="to all"))
    late = await group.come("T3", Role.PROVIDER)
    client = await group.come("P10")
    assert not late.of(m.Chat)
    group.desk.do(c.AdmitAll())
    assert group.texts("T3") == ["among us", "to all"]
    assert all(chat.earlier for chat in late.of(m.Chat))
    assert late.of(m.Chat)[1].name == "Name P07"
    assert not client.of(m.Chat)
    group.desk.do(c.SendBack(person=group.id("T3")))
    group.desk.do(c.Admit(person=group.id("T3")))
    assert group.texts("T3") == ["among us", "to all"]


async def test_the_waiting_thread_of_one_client_is_read_by_staff_and_nobody_else(
    house: House,
) -> None:
    session = await house.open()
    desk = house.desk(session)
    one, two = await house.waiting(desk), await house.waiting(desk, "P08")
    one.do(c.SendChat(to="waiting", text="I am nervous"))
    desk.do(c.SendChat(to=one.connection.person, text="No hurry"))  # type: ignore[union-attr]
    assert [x.text for x in one.of(m.Chat)] == ["I am nervous", "No hurry"]
    assert [x.text for x in desk.of(m.Chat)] == ["I am nervous", "No hurry"]
    assert not two.of(m.Chat)


async def test_a_paused_person_is_written_to_and_reads_nothing_of_the_session(
    group: Group,
) -> None:
    group.desk.do(c.Pause(person=group.id("P07")))
    group.desk.do(c.SendChat(to=group.id("P07"), text="Two minutes"))
    group["P08"].do(c.SendChat(to="everyone", text="while you are out"))
    group["P07"].do(c.SendChat(to="waiting", text="All right"))
    assert group.texts("P07") == ["Two minutes", "All right"]
    assert group.texts("P08") == ["while you are out"]
    group.desk.do(c.Resume(person=group.id("P07")))
    assert group.texts("P07") == ["Two minutes", "All right"]


async def test_whoever_comes_by_a_new_link_reads_nothing_of_the_old_ones(
    house: House, group: Group
) -> None:
    group["P07"].do(c.SendChat(to="everyone", text="mine alone"))
    url = group.desk.do(c.Reissue(person=group.id("P07"))).url  # type: ignore[union-attr]
    other = await house.guest(str(url))
    assert not other.of(m.Chat)
    assert group.texts("P08") == ["mine alone"]


async def test_kept_chat_is_sealed_in_the_record_and_there_after_a_restart(house: House) -> None:
    group = await Group.meet(house, chat="keep")
    assert all(group[code].rows.session.chat_kept for code in group.people)  # type: ignore[union-attr]
    group["P07"].do(c.SendChat(to="everyone", text="Zebra words"))
    stored = b"".join(house.journal.exported(group.session))
    assert b"ChatKept" in stored
    assert b"Zebra words" not in stored
    await house.restart()
    again = await house.guest(resume=group["P08"].resume)
    desk = house.desk(group.session)
    late = await house.guest(resume=group["P07"].resume)
    for probe in (again, desk, late):
        (chat,) = probe.of(m.Chat)
        assert (chat.text, chat.earlier, chat.name) == ("Zebra words", True, "Name P07")
    desk.do(c.Reissue(person=group.id("P07")))
    await house.restart()
    url = house.desk(group.session).do(c.Invite(code="P07")).url  # type: ignore[union-attr]
    assert not (await house.guest(str(url))).of(m.Chat)


async def test_without_the_policy_the_record_holds_no_chat_after_a_restart(
    house: House, group: Group
) -> None:
    assert not group["P07"].rows.session.chat_kept  # type: ignore[union-attr]
    group["P07"].do(c.SendChat(to="everyone", text="Zebra words"))
    assert not [r for r in house.journal.read(group.session) if isinstance(r.body, e.ChatKept)]
    await house.restart()
    assert not (await house.guest(resume=group["P08"].resume)).of(m.Chat)


# -- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "shown"), [("all", "Name P07"), ("providers", None), ("initials", "N. P.")]
)
async def test_the_names_policy_holds_in_rosters_chat_and_captions(
    house: House, policy: str, shown: str | None
) -> None:
    group = await Group.meet(house, names=policy)
    group["P07"].do(c.SendChat(to="everyone", text="hi"))
    group["S1"].do(c.SendCaption(person=group.id("P07"), text="hi there"))
    for client in ("P08", "P09"):
        assert group.row(client, "P07").name == shown
        assert [x.name for x in group[client].of(m.Chat)] == [shown]
        assert [x.name for x in group[client].of(m.Caption)] == [shown]
        told = b"".join(encode(x) for x in group[client].messages)
        assert (b"Name P07" in told) == (policy == "all")
        assert group.row(client, "T2").name == "Name T2"
    for other in ("T1", "T2", "S1", "P07"):
        assert [x.name for x in group[other].of(m.Caption)] == ["Name P07"]


# -- captions -------------------------------------------------------------------------------------------


async def test_a_caption_reaches_who_is_in_the_session_and_is_told_once(
    house: House, group: Group
) -> None:
    waiting = await group.come("P10")
    group.desk.do(c.Pause(person=group.id("P09")))
    kernel = house.desk(group.session, Via.KERNEL)
    assert isinstance(kernel.do(c.SendCaption(person=group.id("P07"), text="Since May.")), m.Done)
    for code in ("T1", "T2", "S1", "P07", "P08"):
        (caption,) = group[code].of(m.Caption)
        assert (caption.person, caption.text) == (group.id("P07"), "Since May.")
    assert not waiting.of(m.Caption)
    assert not group["P09"].of(m.Caption)
    group["P08"].gone()
    again = await house.guest(resume=group["P08"].resume)
    assert not again.of(m.Caption)
    assert b"Since May" not in b"".join(house.journal.exported(group.session))


# -- ends by themselves -----------------------------------------------------------------------------------


def tick(house: House, session: str, ms: int) -> None:
    """Time passes, and the room looks at its clock."""
    house.clock.now += ms
    house.rooms.room(session)._tick()


async def test_the_maximum_duration_warns_whoever_is_in_and_then_ends_for_all(
    house: House,
) -> None:
    group = await Group.meet(house, max_duration_ms=20 * 60_000)
    ends = house.clock.now + 20 * 60_000
    waiting = await group.come("P10")
    inside = ["T1", "T2", "S1", "P07"]
    assert {group[x].rows.session.ends_at_ms for x in inside} == {ends}  # type: ignore[union-attr]
    assert waiting.rows.session.ends_at_ms is None  # type: ignore[union-attr]
    for minutes, warned in ((10, 10), (5, 5), (4, 1)):
        tick(house, group.session, minutes * 60_000)
        assert {group[x].rows.session.warned_min for x in inside} == {warned}  # type: ignore[union-attr]
        assert waiting.rows.session.warned_min is None  # type: ignore[union-attr]
    tick(house, group.session, 60_000)
    closed = group["P07"].of(m.Closed)[-1]
    assert (closed.code, closed.duration_ms) == (ErrorCode.SESSION_ENDED, 20 * 60_000)
    row = group["P07"].rows.session
    assert row is not None
    assert (row.phase, row.end_cause) == (SessionPhase.ENDED, EndCause.DURATION)
    last = house.journal.read(group.session)[-1]
    assert (last.actor, last.via, last.body) == (
        "system",
        Via.SYSTEM,
        e.SessionEnded(EndCause.DURATION),
    )


async def test_a_maximum_that_was_reached_while_the_server_was_down_ends_at_its_start(
    house: House,
) -> None:
    group = await Group.meet(house, max_duration_ms=20 * 60_000)
    house.clock.now += 30 * 60_000
    await house.restart()
    tick(house, group.session, 0)
    assert house.rooms.room(group.session).state.end_cause is EndCause.DURATION


async def test_a_session_that_everyone_left_ends_after_a_restart_too(house: House) -> None:
    session = await house.open(end_when_empty_ms=60_000)
    desk = house.desk(session)
    client = await house.waiting(desk)
    desk.do(c.AdmitAll())
    client.do(c.Leave())
    house.clock.now += 30_000
    await house.restart()
    tick(house, session, 29_999)
    assert house.rooms.room(session).state.phase is SessionPhase.LIVE
    tick(house, session, 1)
    assert house.rooms.room(session).state.end_cause is EndCause.EMPTY


async def test_while_the_journal_fails_a_session_still_ends_in_time(house: House) -> None:
    session = await house.open(max_duration_ms=60_000)
    desk = house.desk(session)
    client = await house.waiting(desk)
    desk.do(c.AdmitAll())
    house.journal.fail_with(True)
    tick(house, session, 60_000)
    assert client.of(m.Closed)[-1].code is ErrorCode.SESSION_ENDED
    assert desk.rows.session.recorded is False  # type: ignore[union-attr]
    house.journal.fail_with(False)

"""A live room: commands, views, seats, signals, chat, and a journal that fails."""

from __future__ import annotations

import pytest

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Agent, Phase, SessionPhase, Source, Via

from .conftest import House, Probe


async def in_call(house: House) -> tuple[str, Probe, Probe]:
    """A provider and one client in the session."""
    session = await house.open()
    desk = house.desk(session)
    client = await house.waiting(desk)
    assert isinstance(desk.do(c.Join()), m.Done)
    assert isinstance(desk.do(c.Admit(person=client.me.id)), m.Done)
    return session, desk, client


async def test_a_client_waits_is_admitted_and_both_learn_where_the_other_is(house: House) -> None:
    _, desk, client = await in_call(house)
    assert client.me.phase is Phase.ADMITTED
    assert client.rows.session.phase is SessionPhase.LIVE
    provider = next(r for r in client.rows.people.values() if not r.you)
    seen = desk.rows.people[client.me.id]
    assert provider.name == "Dr. Lee"
    assert provider.code is None
    assert provider.link.endpoint == desk.rows.you.endpoint
    assert seen.link.endpoint == client.rows.you.endpoint
    assert seen.link.offers is not provider.link.offers
    assert seen.link.polite is not provider.link.polite
    for person in (client, desk):
        # With the rows that tell of others a page calls them: it needs to know by which servers.
        servers, *_, told = [
            x
            for x in person.messages
            if isinstance(x, m.Ice) or (isinstance(x, m.Change) and x.you and x.you.endpoint)
        ]
        assert isinstance(servers, m.Ice)
        assert isinstance(told, m.Change)


async def test_a_waiting_client_knows_nobody_and_no_title(house: House) -> None:
    session = await house.open("Suicide risk assessment")
    desk = house.desk(session)
    one, two = await house.waiting(desk, "P07"), await house.waiting(desk, "P08")
    assert set(one.rows.people) == {one.me.id}
    assert one.rows.session.title is None
    assert one.rows.session.provider_present
    told = repr(one.messages)
    assert "P08" not in told
    assert "Suicide" not in told
    assert two.me.id not in told
    assert not one.of(m.Ice)
    assert desk.rows.session.title == "Suicide risk assessment"
    assert {r.code for r in desk.rows.people.values()} == {"T1", "P07", "P08"}


async def test_signals_go_from_seat_to_seat_with_the_sender_stamped(house: House) -> None:
    _, desk, client = await in_call(house)
    link = desk.rows.people[client.me.id].link
    offer = m.Description(type="offer", sdp="v=0")
    desk.send(m.Signal(to=link.endpoint, description=offer))
    assert client.of(m.Signaled) == [
        m.Signaled(sender=desk.rows.you.endpoint, description=offer, candidates=())
    ]


async def test_a_signal_of_an_earlier_stint_that_was_long_under_way_is_dropped(
    house: House,
) -> None:
    _, desk, client = await in_call(house)
    before = client.rows.you.endpoint
    desk.do(c.Pause(person=client.me.id))
    desk.do(c.Resume(person=client.me.id))
    to = desk.rows.you.endpoint
    offer = m.Description(type="offer", sdp="v=0")
    client.send(m.Signal(to=to, own=before, description=offer))
    assert not desk.of(m.Signaled)
    client.send(m.Signal(to=to, own=client.rows.you.endpoint, description=offer))
    assert len(desk.of(m.Signaled)) == 1


async def test_a_waiting_client_cannot_signal_anybody(house: House) -> None:
    session, desk, client = await in_call(house)
    other = await house.waiting(desk, "P08")
    other.send(
        m.Signal(to=client.rows.you.endpoint, description=m.Description(type="offer", sdp="x"))
    )
    assert not client.of(m.Signaled)


async def test_candidates_past_the_limit_are_dropped(house: House) -> None:
    _, desk, client = await in_call(house)
    endpoint = desk.rows.people[client.me.id].link.endpoint
    batch = tuple(m.Candidate(candidate="c") for _ in range(32))
    for _ in range(10):
        desk.send(m.Signal(to=endpoint, candidates=batch))
    assert sum(len(s.candidates) for s in client.of(m.Signaled)) <= limits.MAX_CANDIDATES_PER_PEER


async def test_a_signal_for_a_page_that_lost_its_socket_is_kept_for_it(house: House) -> None:
    _, desk, client = await in_call(house)
    endpoint = client.rows.you.endpoint
    page = client.connection.page
    client.gone()
    desk.send(m.Signal(to=endpoint, description=m.Description(type="offer", sdp="v=0")))
    back = await house.guest(resume=client.resume, page=page)
    assert back.rows.you.endpoint == endpoint
    assert [s.description.sdp for s in back.of(m.Signaled)] == ["v=0"]


async def test_a_reload_keeps_the_seat_with_a_new_endpoint(house: House) -> None:
    _, desk, client = await in_call(house)
    before = desk.rows.people[client.me.id].link.endpoint
    client.gone()
    back = await house.guest(resume=client.resume, seat=True)
    assert back.me.phase is Phase.ADMITTED
    assert desk.rows.people[client.me.id].link.endpoint not in (None, before)


async def test_a_second_tab_by_the_link_takes_the_seat_and_the_first_is_told(house: House) -> None:
    session = await house.open()
    desk = house.desk(session)
    done = desk.do(c.Invite(code="P07", name="Ana"))
    first = await house.guest(done.url)
    second = await house.guest(done.url)
    assert first.closed == (m.CloseCode.SEAT_TAKEN, "SEAT_TAKEN")
    assert first.of(m.Closed)[-1].code is ErrorCode.SEAT_TAKEN
    assert second.rows.you.seat == "here"
    assert desk.rows.people[second.me.id].connected


async def test_a_duplicated_tab_must_ask(house: House) -> None:
    _, _, client = await in_call(house)
    with pytest.raises(TelehealthError) as refused:
        await house.guest(resume=client.resume)
    assert refused.value.code is ErrorCode.RESUME_REUSED
    assert client.closed is None
    taken = await house.guest(resume=client.resume, take=True)
    assert client.closed is not None
    assert taken.me.phase is Phase.ADMITTED


async def test_a_tab_that_does_not_answer_gives_way_to_its_reload(house: House) -> None:
    _, _, client = await in_call(house)
    client.answers_ping = False
    back = await house.guest(resume=client.resume)
    assert back.me.phase is Phase.ADMITTED


async def test_a_resume_token_is_good_for_one_use(house: House) -> None:
    _, _, client = await in_call(house)
    client.gone()
    first = client.resume
    await house.guest(resume=first)
    with pytest.raises(TelehealthError) as refused:
        await house.guest(resume=first)
    assert refused.value.code is ErrorCode.RESUME_REUSED


async def test_a_dropped_client_keeps_the_phase_for_two_minutes_and_then_has_left(
    house: House,
) -> None:
    session, desk, client = await in_call(house)
    person = client.me.id
    client.gone()
    room = house.rooms.room(session)
    house.clock.now += 119_000
    room._tick()
    assert desk.rows.people[person].phase is Phase.ADMITTED
    house.clock.now += 2_000
    room._tick()
    assert desk.rows.people[person].phase is Phase.LEFT
    assert house.journal.read(session)[-1].body == e.PersonLeft(person=person, cause="connection")


async def test_after_a_restart_everyone_is_held_and_nobody_is_admitted(house: House) -> None:
    session, desk, client = await in_call(house)
    waiting = await house.waiting(desk, "P08")
    pages = [p.connection.page for p in (desk, client, waiting)]
    endpoints = desk.rows.you.endpoint, client.rows.you.endpoint
    await house.restart()
    client_back = await house.guest(resume=client.resume, page=pages[1], seat=True)
    # The provider's page is not back yet, and still the client knows its address: media goes on.
    provider = next(r for r in client_back.rows.people.values() if not r.you)
    assert provider.link.endpoint == endpoints[0]
    assert client_back.rows.you.endpoint == endpoints[1]
    desk_back = house.desk(session, page=pages[0], resume=desk.resume, seat=True)
    assert desk_back.rows.you == m.You(person=desk.me.id, seat="here", endpoint=endpoints[0])
    waiting_back = await house.guest(resume=waiting.resume, page=pages[2])
    assert waiting_back.me.phase is Phase.WAITING
    assert client_back.of(m.Snapshot)[0].epoch != client.of(m.Snapshot)[0].epoch


async def test_remove_closes_at_once_and_the_link_does_not_lead_back(house: House) -> None:
    session, desk, client = await in_call(house)
    done = desk.do(c.Remove(person=client.me.id, reason="Please call the office."))
    assert isinstance(done, m.Done)
    assert client.closed == (m.CloseCode.REFUSED, "REMOVED")
    assert client.me.reason == "Please call the office."
    with pytest.raises(TelehealthError) as refused:
        await house.guest(resume=client.resume)
    assert refused.value.code is ErrorCode.REMOVED


async def test_revoke_closes_and_both_tokens_are_worth_nothing(house: House) -> None:
    _, desk, client = await in_call(house)
    url = desk.do(c.Invite(code="P07")).url
    desk.do(c.Revoke(person=client.me.id))
    assert client.closed == (m.CloseCode.REFUSED, "LINK_REVOKED")
    for hello in ({"invite": url.split("#")[1]}, {"resume": client.resume}):
        with pytest.raises(TelehealthError) as refused:
            await house.guest(**hello)
        assert refused.value.code is ErrorCode.LINK_REVOKED
    again = desk.do(c.Invite(code="P07"))
    assert again.url != url
    assert (await house.guest(again.url)).me.phase is Phase.PREPARING
    with pytest.raises(TelehealthError):
        await house.guest(resume=client.resume)


async def test_unknown_expired_and_ended_links_each_get_their_answer(house: House) -> None:
    session = await house.open()
    desk = house.desk(session)
    done = desk.do(c.Invite(code="P07", valid_ms=60_000))
    house.clock.now += 61_000
    for url, code in ((done.url, ErrorCode.LINK_EXPIRED), ("x#abc", ErrorCode.LINK_UNKNOWN)):
        with pytest.raises(TelehealthError) as refused:
            await house.guest(url)
        assert refused.value.code is code
    desk.do(c.End())
    with pytest.raises(TelehealthError) as refused:
        await house.guest(done.url)
    assert refused.value.code is ErrorCode.SESSION_ENDED


async def test_the_end_reaches_everyone_with_the_duration(house: House) -> None:
    session, desk, client = await in_call(house)
    house.clock.now += 48 * 60_000
    desk.do(c.End())
    assert client.rows.session.phase is SessionPhase.ENDED
    assert client.of(m.Closed)[-1].duration_ms == 48 * 60_000
    assert desk.closed is None
    assert desk.rows.session.duration_ms == 48 * 60_000
    assert desk.rows.you.seat == "none"


async def test_how_long_it_lasted_is_nobodys_business_who_was_not_in_it(house: House) -> None:
    session, desk, client = await in_call(house)
    waiting = await house.guest(desk.do(c.Invite(code="P09")).url)
    waiting.do(c.SetName(name="Ben"))
    waiting.do(c.GetReady())
    house.clock.now += 60_000
    desk.do(c.End())
    assert client.of(m.Closed)[-1].duration_ms == 60_000
    assert client.rows.session.duration_ms == 60_000
    assert waiting.of(m.Closed)[-1] == m.Closed(
        code=ErrorCode.SESSION_ENDED, message=SENTENCES[ErrorCode.SESSION_ENDED]
    )
    assert waiting.rows.session.duration_ms is None


async def test_the_same_title_in_one_notebook_is_the_same_session(house: House) -> None:
    one = await house.open()
    assert await house.open() == one
    assert await house.open(notebook="b.ipynb") != one
    assert await house.open(new=True) != one
    house.desk(one).do(c.End())
    assert await house.open("Intake") != one


async def test_the_same_code_gives_the_same_link(house: House) -> None:
    desk = house.desk(await house.open())
    first, again = desk.do(c.Invite(code="P07")), desk.do(c.Invite(code="P07"))
    assert first.url == again.url
    assert first.person == again.person
    await house.restart()
    after = house.desk(desk.room.id).do(c.Invite(code="P07"))
    assert after.url == first.url


async def test_chat_in_an_individual_waiting_room_is_private(house: House) -> None:
    desk = house.desk(await house.open())
    one, two = await house.waiting(desk, "P07"), await house.waiting(desk, "P08")
    one.do(c.SendChat(to="waiting", text="I am nervous"))
    assert [x.text for x in desk.of(m.Chat)] == ["I am nervous"]
    assert [x.text for x in one.of(m.Chat)] == ["I am nervous"]
    assert two.of(m.Chat) == []
    desk.do(c.SendChat(to=one.me.id, text="No need"))
    desk.do(c.SendChat(to="waiting", text="Two minutes, please"))
    assert [x.text for x in two.of(m.Chat)] == ["Two minutes, please"]
    assert [x.text for x in one.of(m.Chat)] == ["I am nervous", "No need", "Two minutes, please"]


async def test_chat_is_shown_again_after_a_reload_and_is_nowhere_on_disk(house: House) -> None:
    session, desk, client = await in_call(house)
    client.do(c.SendChat(to="everyone", text="zebra-canary"))
    client.gone()
    back = await house.guest(resume=client.resume, seat=True)
    assert [(x.text, x.earlier) for x in back.of(m.Chat)] == [("zebra-canary", True)]
    assert b"zebra-canary" not in b"".join(house.journal.exported(session))


async def test_mute_holds_at_once_and_is_recorded_with_its_actor(house: House) -> None:
    session, desk, client = await in_call(house)
    client.do(c.Publish(source=Source.MICROPHONE))
    desk.do(c.Mute(person=client.me.id))
    assert client.me.publications[0].muted
    last = house.journal.read(session)[-1]
    assert (last.actor, last.via) == (desk.me.id, Via.WIDGET)
    assert isinstance(last.body, e.MediaMuted)


async def test_while_the_journal_cannot_be_written_protection_works_and_admission_does_not(
    house: House,
) -> None:
    session, desk, client = await in_call(house)
    other = await house.waiting(desk, "P08")
    client.do(c.Publish(source=Source.MICROPHONE))
    house.journal.fail_with(True)
    refused = desk.do(c.Admit(person=other.me.id))
    assert isinstance(refused, m.Refused)
    assert refused.code is ErrorCode.JOURNAL_UNAVAILABLE
    assert other.me.phase is Phase.WAITING
    done = desk.do(c.Mute(person=client.me.id))
    assert done == m.Done(id=done.id, recorded=False)
    assert client.me.publications[0].muted
    assert desk.rows.session.recorded is False
    assert client.rows.session.recorded is True
    assert client.do(c.SetMuted(source=Source.MICROPHONE, muted=False)).recorded is False
    removed = desk.do(c.Remove(person=client.me.id))
    assert removed.recorded is False
    assert client.closed is not None
    house.journal.fail_with(False)
    assert isinstance(desk.do(c.Admit(person=other.me.id)), m.Done)
    assert desk.rows.session.recorded is True
    names = [type(r.body).__name__ for r in house.journal.read(session)]
    assert names[-5:] == [
        "MediaMuted",
        "MediaUnmuted",
        "PersonRemoved",
        "ConnectionLost",
        "PersonAdmitted",
    ]


async def test_a_kernel_hears_every_record_and_holds_no_seat(house: House) -> None:
    session = await house.open()
    kernel = house.desk(session, Via.KERNEL)
    desk = house.desk(session)
    client = await house.waiting(desk)
    kernel.do(c.Admit(person=client.me.id))
    heard = [type(x.record.body).__name__ for x in kernel.of(m.Recorded)]
    assert heard[-2:] == ["SessionStarted", "PersonAdmitted"]
    assert "PersonReady" in heard
    refused = kernel.do(c.Join())
    assert isinstance(refused, m.Refused)


async def test_the_call_moves_to_another_view_of_the_provider(house: House) -> None:
    session, desk, client = await in_call(house)
    other = house.desk(session)
    assert other.rows.you.seat == "elsewhere"
    before = client.rows.people[desk.me.id].link.endpoint
    other.send(m.TakeSeat(id=99))
    assert other.rows.you.seat == "here"
    assert desk.rows.you.seat == "elsewhere"
    assert client.rows.people[desk.me.id].link.endpoint != before


async def test_a_python_peer_is_never_polite_and_never_offers_to_a_browser(house: House) -> None:
    session = await house.open()
    desk = house.desk(session)
    desk.do(c.Join())
    robot = await house.waiting(desk, "P08", agent=Agent.PYTHON)
    desk.do(c.Admit(person=robot.me.id))
    mine = desk.rows.people[robot.me.id].link
    theirs = robot.rows.people[desk.me.id].link
    assert (mine.polite, mine.offers) == (True, True)
    assert (theirs.polite, theirs.offers) == (False, False)


async def test_a_flood_of_commands_is_refused_with_a_word(house: House) -> None:
    desk = house.desk(await house.open())
    answers = [desk.do(c.AdmitAll()) for _ in range(limits.COMMANDS_BURST + 5)]
    assert answers[-1].code is ErrorCode.TOO_MANY


async def test_a_slow_reader_is_cut_off_and_others_are_not_held_up(house: House) -> None:
    session, desk, client = await in_call(house)
    client.wake = lambda: None  # reads nothing
    client.connection.outlet.on_ready = lambda: None
    for n in range(400):
        house.clock.now += 1_000
        desk.do(c.SendChat(to="everyone", text=f"m{n}"))
    assert client.closed is not None
    assert client.closed[0] == m.CloseCode.TRY_LATER
    assert len(desk.of(m.Chat)) == 400


async def test_a_mute_that_comes_before_the_first_offer_holds(house: House) -> None:
    _, desk, client = await in_call(house)
    desk.do(c.Mute(person=client.me.id))
    assert [(p.source, p.muted) for p in client.me.publications] == [(Source.MICROPHONE, True)]
    client.do(c.Publish(source=Source.MICROPHONE, muted=False))
    assert client.me.publications[0].muted
    client.do(c.Publish(source=Source.MICROPHONE, muted=False))
    assert not client.me.publications[0].muted, "unmuting stays the person's own act"

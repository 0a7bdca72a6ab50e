"""What each viewer may know. Default deny: every expectation here is written out."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from telehealth_widget.core import outbox
from telehealth_widget.core.outbox import Seat, View, Viewer, audience, change, snapshot, view
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.codec import encode
from telehealth_widget.protocol.connection import Cause, ConnectionReport, Verdict
from telehealth_widget.protocol.kinds import (
    Agent,
    EndCause,
    Phase,
    Role,
    SessionPhase,
    Share,
    Source,
    Via,
)
from telehealth_widget.protocol.views import LinkRow, PersonRow, PublicationRow, SessionRow, You

from .conftest import SERVER, START_MS, Play

PYTHON, BROWSER = Agent.PYTHON, Agent.BROWSER


def seats(play: Play, *codes: str, agent: Agent = BROWSER) -> dict[str, Seat]:
    return {
        play.id(x): Seat(f"c_{x}", f"at-{n}", agent, since_at_ms=0) for n, x in enumerate(codes)
    }


def desk_view(play: Play, table: dict[str, Seat] | None = None, recorded: bool = True) -> View:
    viewer = Viewer(play.state.provider, Role.PROVIDER, Via.WIDGET, "c_T1")
    return view(play.state, table or {}, viewer, recorded=recorded)


def guest_view(play: Play, code: str, table: dict[str, Seat] | None = None) -> View:
    person = play.of(code)
    viewer = Viewer(person.id, person.role, Via.PAGE, f"c_{code}")
    return view(play.state, table or {}, viewer, recorded=False)


@pytest.fixture
def group() -> Play:
    """One person in each phase, canaries in everything that is not for everybody."""
    play = Play().open(title="Zebra title", names="all", kind="group")
    for n, phase in enumerate(Phase):
        play.bring(f"CODE-{phase.value}", phase, name=f"Person {n}")
    play.bring("S1", Phase.ADMITTED, role=Role.SUPERVISOR, name="Sam Stone")
    play.do(play.desk, c.Join())
    return play


# -- clients ------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.ADMITTED])
def test_a_client_outside_of_the_call_sees_themselves_alone(group: Play, phase: Phase) -> None:
    code = f"CODE-{phase.value}"
    table = seats(group, code, "T1", "CODE-admitted")
    seen = guest_view(group, code, table)
    assert set(seen.people) == {group.id(code)}
    told = encode(snapshot(seen, epoch="e", seq=1)).decode()
    assert "CODE-" not in told
    assert "Zebra" not in told
    assert "at-" not in told
    for other in group.state.people.values():
        if other.code != code:
            assert other.id not in told
            assert other.role is Role.PROVIDER or str(other.name) not in told
    assert seen.you == You(person=group.id(code), seat="here", endpoint=None)


def test_a_waiting_client_is_told_exactly_this(group: Play) -> None:
    person = group.id("CODE-waiting")
    seen = guest_view(group, "CODE-waiting")
    assert seen.session == SessionRow(
        id="s_1",
        kind=group.state.kind,
        phase=SessionPhase.OPEN,
        provider_name="Dr. Lee",
        provider_present=False,
    )
    assert seen.people == {
        person: PersonRow(
            id=person,
            role=Role.CLIENT,
            phase=Phase.WAITING,
            you=True,
            name="Person 2",
            connected=True,
            since_ms=START_MS,
            camera=True,
            microphone=True,
        )
    }


def test_what_was_on_in_the_call_is_known_to_whoever_comes_back() -> None:
    play = Play().open()
    play.bring("P07", Phase.ADMITTED)
    ana = play.as_guest("P07")
    play.do(ana, c.Publish(source=Source.CAMERA, muted=True))
    play.do(ana, c.Publish(source=Source.MICROPHONE, muted=False))
    play.do(play.desk, c.Pause(person=play.id("P07")))
    row = guest_view(play, "P07").people[play.id("P07")]
    assert (row.camera, row.microphone) == (False, True)


@pytest.mark.parametrize("phase", Phase)
def test_only_who_is_inside_learns_that_the_session_has_begun_and_when(phase: Phase) -> None:
    play = Play().open(kind="group")
    play.bring("P07", phase)
    play.bring("P08", Phase.WAITING)
    before = guest_view(play, "P07")
    play.do(play.desk, c.Admit(person=play.id("P08")))
    seen = guest_view(play, "P07")
    inside = phase in (Phase.ADMITTED, Phase.PAUSED)
    told = (SessionPhase.LIVE, START_MS) if inside else (SessionPhase.OPEN, None)
    assert (seen.session.phase, seen.session.started_at_ms) == told
    assert inside or change(before, seen, seq=2) is None
    assert desk_view(play).session.phase is SessionPhase.LIVE
    play.pass_ms(60_000)
    play.do(play.desk, c.End())
    over = guest_view(play, "P07").session
    was_in = phase in (Phase.ADMITTED, Phase.PAUSED, Phase.REMOVED)
    assert (over.phase, over.started_at_ms) == (SessionPhase.ENDED, START_MS if was_in else None)
    assert over.duration_ms == (60_000 if was_in else None)
    assert desk_view(play).session.started_at_ms == START_MS


def test_an_admitted_client_sees_who_is_in_the_session_and_nothing_of_their_files(
    group: Play,
) -> None:
    group.do(group.as_guest("S1"), c.Publish(source=Source.CAMERA, muted=True))
    seen = guest_view(group, "CODE-admitted", seats(group, "CODE-admitted", "S1"))
    present = {group.id("CODE-admitted"), group.id("S1"), group.state.provider}
    assert set(seen.people) == present | {group.id("CODE-waiting")}
    assert seen.people[group.id("S1")] == PersonRow(
        id=group.id("S1"),
        role=Role.SUPERVISOR,
        phase=Phase.ADMITTED,
        name="Sam Stone",
        connected=True,
        publications=(PublicationRow(Source.CAMERA, True),),
        in_call=True,
        link=LinkRow(endpoint="at-1", polite=True, offers=True, agent=BROWSER),
    )
    assert seen.session.title is None
    assert seen.session.recorded is True
    told = encode(snapshot(seen, epoch="e", seq=1)).decode()
    assert "CODE-" not in told
    assert '"S1"' not in told


def test_in_a_group_a_client_in_the_session_sees_that_somebody_waits_and_no_more() -> None:
    for kind, names, shown in (
        ("individual", "all", None),
        ("group", "all", "Ana Ruiz"),
        ("group", "providers", None),
        ("group", "initials", "A. R."),
    ):
        play = Play().open(kind=kind, names=names)
        play.bring("P07", Phase.ADMITTED)
        waits = play.bring("P08", Phase.WAITING, name="Ana Ruiz")
        play.bring("P09", Phase.PAUSED)
        play.bring("P10", Phase.PREPARING)
        row = guest_view(play, "P07").people.get(waits)
        if kind == "individual":
            assert row is None
            continue
        client, waiting = Role.CLIENT, Phase.WAITING
        assert row == PersonRow(waits, client, waiting, name=shown, connected=True)
        assert set(guest_view(play, "P07").people) == {play.id("P07"), waits}
        for code in ("P08", "P09", "P10"):
            assert set(guest_view(play, code).people) == {play.id(code)}


def test_of_a_crowd_that_waits_a_client_in_a_group_sees_the_first_fifty() -> None:
    play = Play().open(kind="group")
    play.bring("P07", Phase.ADMITTED)
    first = play.bring("A0", Phase.WAITING)
    for n in range(1, 60):
        play.pass_ms(1)
        play.bring(f"A{n}", Phase.WAITING)
    seen = guest_view(play, "P07").people
    assert len(seen) == 51
    assert first in seen
    assert play.id("A49") in seen
    assert play.id("A50") not in seen
    assert len(desk_view(play).people) == 62


@pytest.mark.parametrize(
    ("policy", "shown"),
    [("all", "Ana María Ruiz"), ("providers", None), ("initials", "A. M. R.")],
)
def test_whose_names_clients_see_is_the_sessions_policy(policy: str, shown: str | None) -> None:
    play = Play().open(names=policy, kind="group")
    play.bring("P07", Phase.ADMITTED, name="Bo")
    other = play.bring("P08", Phase.ADMITTED, name="Ana María Ruiz")
    play.bring("S1", Phase.ADMITTED, role=Role.SUPERVISOR, name="Sam Stone")
    play.do(play.desk, c.Join())
    seen = guest_view(play, "P07").people
    assert seen[other].name == shown
    assert seen[play.id("P07")].name == "Bo"
    assert seen[play.id("S1")].name == "Sam Stone"
    assert seen[play.state.provider].name == "Dr. Lee"
    assert desk_view(play).people[other].name == "Ana María Ruiz"


def test_initials_go_by_graphemes() -> None:
    assert outbox.initials("ana 👨‍👩‍👧 émile") == "A. 👨‍👩‍👧. É."
    assert outbox.initials("o'brien") == "O."


def test_a_declined_client_reads_the_reason_and_no_other_client_does() -> None:
    play = Play().open(kind="group")
    play.bring("P08", Phase.ADMITTED)
    person = play.bring("P07", Phase.WAITING)
    play.do(play.desk, c.Decline(person=person, reason="Zebra reason"))
    assert guest_view(play, "P07").people[person].reason == "Zebra reason"
    assert desk_view(play).people[person].reason == "Zebra reason"
    assert "Zebra" not in repr(guest_view(play, "P08"))


def test_a_stranger_sees_nobody() -> None:
    play = Play().open()
    play.bring("P07", Phase.ADMITTED)
    seen = view(play.state, {}, Viewer("p_nobody", Role.CLIENT, Via.PAGE, "c"))
    assert seen.people == {}
    assert seen.session.title is None


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("role", Role)
def test_when_to_expect_a_provider_is_told_to_who_waits_and_to_staff_who_are_in(
    role: Role, phase: Phase
) -> None:
    play = Play().open(kind="group")
    play.bring("X", phase, role=role)
    before = guest_view(play, "X")
    play.do(play.desk, c.SayWhen(minutes=10))
    told = phase is Phase.WAITING or (role.is_staff and phase is Phase.ADMITTED)
    seen = guest_view(play, "X")
    assert seen.session.expected_at_ms == (START_MS + 600_000 if told else None)
    changed = change(before, seen, seq=2)
    assert (changed is not None) == told
    assert changed is None or (changed.people, changed.gone, changed.you) == ((), (), None)
    assert desk_view(play).session.expected_at_ms == START_MS + 600_000


def test_a_promise_that_is_taken_back_or_outlived_by_the_session_is_told_as_none(
    play: Play,
) -> None:
    play.bring("P07", Phase.WAITING)
    for undo in (c.SayWhen(minutes=None), c.End()):
        play.do(play.desk, c.SayWhen(minutes=10))
        play.pass_ms(3_600_000)  # what to show of one that has passed is the page's business
        before = guest_view(play, "P07")
        assert before.session.expected_at_ms == play.at_ms - 3_000_000
        play.do(play.desk, undo)
        told = change(before, guest_view(play, "P07"), seq=2)
        assert told is not None
        assert told.session is not None
        assert told.session.expected_at_ms is None
        assert b"expected" not in encode(told)


# -- the place in the queue -----------------------------------------------------------------------


def place(play: Play, code: str) -> int | None:
    return guest_view(play, code).people[play.id(code)].place


@pytest.fixture
def queue() -> Play:
    """Three clients who became ready a second after another, in a session that shows the place."""
    play = Play().open(kind="group", show_place=True)
    for code in ("P07", "P08", "P09"):
        play.bring(code, Phase.WAITING)
        play.pass_ms(1_000)
    return play


def test_a_waiting_client_is_told_their_own_place_and_no_other(queue: Play) -> None:
    assert [place(queue, code) for code in ("P07", "P08", "P09")] == [1, 2, 3]
    assert set(guest_view(queue, "P08").people) == {queue.id("P08")}


def test_without_the_policy_no_place_is_ever_told() -> None:
    play = Play().open(kind="group")
    for phase in Phase:
        play.bring(f"P-{phase.value}", phase)
        play.bring(f"S-{phase.value}", phase, role=Role.SUPERVISOR)
    play.do(play.desk, c.Join())
    views = [desk_view(play)] + [
        guest_view(play, p.code) for p in play.state.people.values() if p.code != "T1"
    ]
    for seen in views:
        assert b"place" not in encode(snapshot(seen, epoch="e", seq=1))


def test_only_a_client_who_waits_has_a_place() -> None:
    play = Play().open(kind="group", show_place=True)
    for phase in Phase:
        play.bring(f"P-{phase.value}", phase)
        play.bring(f"S-{phase.value}", phase, role=Role.SUPERVISOR)
    play.do(play.desk, c.Join())
    for person in list(play.state.people.values()):
        if person.code == "T1":
            continue
        rows = guest_view(play, person.code).people.values()
        told = {row.id: row.place for row in rows if row.place is not None}
        assert told == ({person.id: 1} if person.code == "P-waiting" else {})
    assert all(row.place is None for row in desk_view(play).people.values())


def test_staff_who_wait_and_whoever_prepares_or_is_paused_are_not_counted(queue: Play) -> None:
    queue.bring("S1", Phase.WAITING, role=Role.SUPERVISOR)
    queue.bring("P01", Phase.PREPARING)
    queue.bring("P02", Phase.PAUSED)
    queue.pass_ms(1_000)
    queue.bring("P10", Phase.WAITING)
    assert place(queue, "P10") == 4


def test_who_is_admitted_moves_the_others_up_and_each_is_told(queue: Play) -> None:
    before = guest_view(queue, "P09")
    queue.do(queue.desk, c.Admit(person=queue.id("P08")))
    told = change(before, guest_view(queue, "P09"), seq=2)
    assert told is not None
    assert [(row.id, row.place) for row in told.people] == [(queue.id("P09"), 2)]
    assert place(queue, "P07") == 1


def test_who_is_sent_back_or_let_wait_again_queues_at_the_end(queue: Play) -> None:
    queue.do(queue.desk, c.Decline(person=queue.id("P07")))
    queue.do(queue.desk, c.Admit(person=queue.id("P08")))
    assert place(queue, "P09") == 1
    queue.pass_ms(1_000)
    queue.do(queue.desk, c.SendBack(person=queue.id("P08")))
    queue.pass_ms(1_000)
    queue.do(queue.desk, c.LetWait(person=queue.id("P07")))
    assert [place(queue, code) for code in ("P09", "P08", "P07")] == [1, 2, 3]


def test_a_dropped_and_restored_connection_keeps_the_place(queue: Play) -> None:
    person = queue.id("P07")
    queue.do(SERVER, c.Disconnect(person=person))
    assert [place(queue, code) for code in ("P07", "P08")] == [1, 2]
    queue.pass_ms(5_000)
    queue.do(SERVER, c.Connect(person=person))
    assert [place(queue, code) for code in ("P07", "P08")] == [1, 2]


def test_of_two_who_became_ready_at_the_same_moment_the_smaller_id_is_first() -> None:
    play = Play().open(show_place=True)
    one, two = play.bring("P07", Phase.WAITING), play.bring("P08", Phase.WAITING)
    assert outbox.queue_places(play.state) == {min(one, two): 1, max(one, two): 2}


# -- staff ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("via", [Via.WIDGET, Via.KERNEL])
def test_the_provider_at_the_desk_sees_everyone_with_codes(group: Play, via: Via) -> None:
    viewer = Viewer(group.state.provider, Role.PROVIDER, via, "c")
    seen = view(group.state, {}, viewer, recorded=False)
    assert set(seen.people) == set(group.state.people)
    assert {row.code for row in seen.people.values()} == {
        p.code for p in group.state.people.values()
    }
    assert seen.session.title == "Zebra title"
    assert seen.session.recorded is False


def test_the_desk_reads_what_staff_need(group: Play) -> None:
    person = group.id("CODE-waiting")
    assert desk_view(group).people[person] == PersonRow(
        id=person,
        role=Role.CLIENT,
        phase=Phase.WAITING,
        name="Person 2",
        code="CODE-waiting",
        connected=True,
        since_ms=START_MS,
        camera=True,
        microphone=True,
    )


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.PROVIDER])
def test_staff_by_link_see_everyone_only_once_they_are_in(role: Role) -> None:
    play = Play().open(title="Zebra")
    client = play.bring("P07", Phase.WAITING)
    for phase in Phase:
        code = f"T-{phase.value}"
        play.bring(code, phase, role=role, name=f"Staff {phase.value}")
        seen = guest_view(play, code)
        if phase is Phase.ADMITTED:
            assert seen.people[client].code == "P07"
            assert seen.session.title == "Zebra"
        else:
            assert set(seen.people) == {play.id(code)}
            assert seen.people[play.id(code)].code is None
            assert seen.session.title is None


def test_a_connection_test_is_told_to_staff_and_to_oneself_alone(group: Play) -> None:
    other = group.bring("P08", Phase.ADMITTED)
    watching = group.bring("P09", Phase.ADMITTED)
    report = ConnectionReport(Verdict.POOR, (Cause.LOSS_UP,), rtt_ms=77)
    group.do(group.as_guest("P08"), c.ReportConnection(report))
    for seen in (desk_view(group), guest_view(group, "S1"), guest_view(group, "P08")):
        assert seen.people[other].connection == report
    seen = guest_view(group, "P09")
    assert seen.people[other].connection is None
    assert b"connection" not in encode(seen.people[watching])
    assert b"loss_up" not in encode(snapshot(seen, epoch="e", seq=1))


def test_whose_identity_is_verified_is_told_to_staff_and_to_no_client(group: Play) -> None:
    clients = [p for p in group.state.people.values() if p.role is Role.CLIENT]
    other = group.bring("P08", Phase.ADMITTED)
    before = {p.code: guest_view(group, p.code) for p in clients}
    for person in clients:
        group.do(group.desk, c.VerifyIdentity(person=person.id))
    for seen in (desk_view(group), guest_view(group, "S1")):
        verified = {row.id for row in seen.people.values() if row.verified}
        assert verified == {p.id for p in clients}
        assert not seen.people[other].verified
    for person in clients:
        seen = guest_view(group, person.code)
        assert b"verified" not in encode(snapshot(seen, epoch="e", seq=1))
        assert change(before[person.code], seen, seq=2) is None


def test_what_a_person_is_asked_is_told_to_them_and_to_staff(group: Play) -> None:
    person = group.id("CODE-admitted")
    group.bring("P21", Phase.ADMITTED)
    group.do(group.desk, c.AskToUnmute(person=person))
    asked = (Source.MICROPHONE,)
    assert guest_view(group, "CODE-admitted").people[person].asked == asked
    assert desk_view(group).people[person].asked == asked
    assert guest_view(group, "S1").people[person].asked == asked
    assert guest_view(group, "P21").people[person].asked == ()


def test_when_the_session_ends_is_told_to_who_is_in_or_paused_and_to_staff() -> None:
    play = Play().open(kind="group", max_duration_ms=3_600_000)
    for phase in Phase:
        play.bring(f"CODE-{phase.value}", phase)
    play.do(SERVER, c.AnnounceEnd(minutes=5))
    ends = START_MS + 3_600_000
    assert desk_view(play).session.ends_at_ms == ends
    for phase in Phase:
        row = guest_view(play, f"CODE-{phase.value}").session
        told = phase in (Phase.ADMITTED, Phase.PAUSED)
        assert (row.ends_at_ms, row.warned_min) == ((ends, 5) if told else (None, None)), phase


def test_who_may_share_and_whether_chat_is_kept_is_told_to_everyone() -> None:
    play = Play().open(share="providers", chat="keep")
    for phase in Phase:
        play.bring(f"CODE-{phase.value}", phase)
        row = guest_view(play, f"CODE-{phase.value}").session
        assert (row.share, row.chat_kept) == (Share.PROVIDERS, True)
    play.do(play.desk, c.End())
    assert guest_view(play, "CODE-admitted").session.end_cause is EndCause.PERSON


@pytest.mark.parametrize(
    ("policy", "shown"), [("all", "Ana Ruiz"), ("providers", None), ("initials", "A. R.")]
)
def test_a_name_beside_a_text_is_the_name_of_the_roster(policy: str, shown: str | None) -> None:
    play = Play().open(kind="group", names=policy)
    person = play.bring("P07", Phase.ADMITTED, name="Ana Ruiz")
    play.bring("P08", Phase.ADMITTED)

    def name(code: str) -> str | None:
        viewer = Viewer(play.id(code), play.of(code).role, Via.PAGE, "c")
        return outbox.name_for(play.state, viewer, person)

    assert name("P08") == shown
    assert name("P07") == "Ana Ruiz"
    desk = Viewer(play.state.provider, Role.PROVIDER, Via.WIDGET, "c")
    assert outbox.name_for(play.state, desk, person) == "Ana Ruiz"
    assert outbox.name_for(play.state, desk, "p_nobody") is None


def test_the_notebooks_provider_by_a_link_would_have_no_desk(play: Play) -> None:
    play.bring("P07", Phase.WAITING)
    viewer = Viewer(play.state.provider, Role.PROVIDER, Via.PAGE, "c")
    assert set(view(play.state, {}, viewer).people) == {play.state.provider}


def test_whether_a_provider_is_there_is_told_to_everyone() -> None:
    play = Play().open()
    play.bring("P07", Phase.WAITING)
    assert not guest_view(play, "P07").session.provider_present
    play.apply(e.ConnectionRestored(play.state.provider))
    assert guest_view(play, "P07").session.provider_present


# -- seats and politeness ---------------------------------------------------------------------------


@pytest.mark.parametrize(("mine", "theirs"), list(product(Agent, repeat=2)))
@pytest.mark.parametrize("order", list(permutations(["e_1", "e_2"])))
@pytest.mark.parametrize("since", [(1, 1), (1, 2), (2, 1)])
def test_of_every_pair_one_offers_and_browsers_never_both_yield_or_both_insist(
    mine: Agent, theirs: Agent, order: tuple[str, str], since: tuple[int, int]
) -> None:
    play = Play().open(kind="group")
    one, two = play.bring("P07", Phase.ADMITTED), play.bring("P08", Phase.ADMITTED)
    table = {
        one: Seat("c_P07", order[0], mine, since[0]),
        two: Seat("c_P08", order[1], theirs, since[1]),
    }
    forth = guest_view(play, "P07", table).people[two].link
    back = guest_view(play, "P08", table).people[one].link
    assert forth is not None
    assert back is not None
    assert (forth.endpoint, forth.agent, back.endpoint, back.agent) == (
        order[1],
        theirs,
        order[0],
        mine,
    )
    assert forth.offers is not back.offers
    if mine is theirs and since[0] != since[1]:
        assert forth.offers is (since[0] < since[1])
    if PYTHON not in (mine, theirs):
        assert forth.polite is not back.polite
    for link, agent, other in ((forth, mine, theirs), (back, theirs, mine)):
        if agent is PYTHON:
            assert not link.polite
            assert not link.offers or other is PYTHON
        elif other is PYTHON:
            assert link.polite
            assert link.offers


def test_only_the_connection_that_holds_the_seat_learns_addresses(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    play.do(play.desk, c.Join())
    table = seats(play, "P07") | {play.state.provider: Seat("c_other", "at-9", BROWSER, 0)}
    seen = desk_view(play, table)
    assert seen.you == You(person=play.state.provider, seat="elsewhere", endpoint=None)
    assert seen.people[person].link is None
    assert seen.people[person].in_call
    assert "at-" not in repr(seen)


def test_a_seat_is_no_address_before_admission_and_while_paused(play: Play) -> None:
    person = play.bring("P07", Phase.WAITING)
    play.do(play.desk, c.Join())
    table = seats(play, "P07", "T1")
    for _ in range(2):
        assert guest_view(play, "P07", table).you == You(person=person, seat="here", endpoint=None)
        row = desk_view(play, table).people[person]
        assert (row.link, row.in_call) == (None, False)
        if play.phase("P07") is Phase.WAITING:
            play.do(play.desk, c.Admit(person=person))
            assert guest_view(play, "P07", table).you.endpoint == "at-0"
            play.do(play.desk, c.Pause(person=person))


def test_without_a_seat_one_is_nowhere(play: Play) -> None:
    play.bring("P07", Phase.ADMITTED)
    assert guest_view(play, "P07").you.seat == "none"


def test_each_person_is_told_the_language_of_their_own_invitation_alone(play: Play) -> None:
    for code, language in (("P07", "es"), ("P08", "pt-BR"), ("P09", None)):
        play.do(play.desk, c.Invite(code=code, language=language))
        assert guest_view(play, code).you.language == language
        told = encode(snapshot(guest_view(play, code), epoch="e", seq=1)).decode()
        assert ('"es"' in told, '"pt-BR"' in told) == (language == "es", language == "pt-BR")
    assert desk_view(play).you.language is None


# -- audiences ----------------------------------------------------------------------------------------


def readers(play: Play, sender: str, to: str) -> set[str]:
    found = audience(play.state, play.of(sender), to)
    return {play.state.people[x].code for x in found}


@pytest.fixture(params=["individual", "group"])
def talk(request: pytest.FixtureRequest) -> Play:
    play = Play().open(kind=request.param)
    for code, phase in (
        ("prep", Phase.PREPARING),
        ("wait", Phase.WAITING),
        ("wait2", Phase.WAITING),
        ("in", Phase.ADMITTED),
        ("in2", Phase.ADMITTED),
        ("pause", Phase.PAUSED),
        ("gone", Phase.LEFT),
        ("no", Phase.DECLINED),
        ("out", Phase.REMOVED),
        ("new", Phase.INVITED),
    ):
        play.bring(code, phase)
    play.bring("S1", Phase.ADMITTED, role=Role.SUPERVISOR)
    play.bring("S2", Phase.WAITING, role=Role.SUPERVISOR)
    return play


def test_everyone_means_who_is_in_the_session(talk: Play) -> None:
    assert readers(talk, "in", "everyone") == {"T1", "S1", "in", "in2"}


def test_staff_means_the_desk_and_staff_who_are_in(talk: Play) -> None:
    assert readers(talk, "S1", "staff") == {"T1", "S1"}


def test_the_waiting_room_is_private_in_individual_sessions_and_one_room_in_groups(
    talk: Play,
) -> None:
    queue = {"prep", "wait", "wait2", "pause", "S2"}
    mine = queue if talk.state.kind.value == "group" else {"wait"}
    assert readers(talk, "wait", "waiting") == {"T1", "S1"} | mine
    assert readers(talk, "T1", "waiting") == {"T1", "S1"} | queue


def test_one_person_means_that_person_and_staff(talk: Play) -> None:
    assert readers(talk, "T1", talk.id("wait")) == {"T1", "S1", "wait"}
    for absent in ("gone", "no", "out", "new"):
        assert readers(talk, "T1", talk.id(absent)) == {"T1"}
    assert readers(talk, "T1", "p_nobody") == {"T1"}


# -- differences --------------------------------------------------------------------------------------


def test_no_difference_is_no_message(group: Play) -> None:
    assert change(desk_view(group), desk_view(group), seq=5) is None


def test_a_change_carries_only_what_differs(play: Play) -> None:
    play.bring("P08", Phase.WAITING)
    person = play.bring("P07", Phase.WAITING)
    before = desk_view(play)
    play.do(play.desk, c.Revoke(person=person))
    now = desk_view(play)
    told = change(before, now, seq=5)
    assert told is not None
    assert (told.seq, told.session, told.gone, told.you) == (5, None, (), None)
    assert told.people == (now.people[person],)


def test_who_leaves_the_call_is_gone_for_clients(play: Play) -> None:
    play.bring("P07", Phase.ADMITTED)
    other = play.bring("P08", Phase.ADMITTED)
    before = guest_view(play, "P07")
    play.do(play.desk, c.Remove(person=other, reason="Zebra"))
    told = change(before, guest_view(play, "P07"), seq=2)
    assert told is not None
    assert (told.people, told.gone) == ((), (other,))
    assert "Zebra" not in repr(told)


def test_a_paused_client_loses_sight_of_everyone(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    other = play.bring("P08", Phase.ADMITTED)
    before = guest_view(play, "P07")
    play.do(play.desk, c.Pause(person=person))
    told = change(before, guest_view(play, "P07"), seq=2)
    assert told is not None
    assert told.gone == (other,)
    assert [row.id for row in told.people] == [person]

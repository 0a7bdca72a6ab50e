"""`Session` from a notebook's side, end to end against a real room server."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import ipywidgets
import pytest

from telehealth_widget.kernel import same
from telehealth_widget.kernel.session import Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.connection import ConnectionReport, Verdict
from telehealth_widget.protocol.errors import SENTENCES, CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Phase, SessionPhase, Source

from .conftest import RoomServer, eventually, refused

# -- making one ---------------------------------------------------------------------------------


def test_the_same_title_is_the_same_session(server: RoomServer) -> None:
    first = Session("Intake", provider="Dr. Lee")
    assert Session("Intake") is first
    assert Session(" Intake ") is first
    assert Session("Other") is not first
    assert Session("Intake", new=True).session_id != first.session_id
    assert first.state == "open"
    assert repr(first) == f"<Session {first.session_id} open>"


def test_an_open_session_keeps_its_options_and_says_so(server: RoomServer) -> None:
    first = Session("Intake", show_place=True, max_duration_min=50)
    kept = r"'Intake' is open already and keeps its own kind=, max_duration_min=: .* new=True"
    with pytest.warns(UserWarning, match=kept) as warned:
        same = Session("Intake", kind="group", show_place=True, max_duration_min=45)
    assert same is first
    assert warned[0].filename == __file__
    assert Session("Intake") is first, "what was not asked for is nothing to warn about"
    with pytest.raises(TelehealthError, match="kind= is"):
        Session("Intake", kind="couple")


def test_an_ended_session_makes_room_for_a_new_one_of_its_title(intake: Session) -> None:
    intake.end()
    eventually(lambda: intake.state == "ended")
    intake.end()
    assert Session("Intake").session_id != intake.session_id


@pytest.mark.parametrize(
    ("title", "options", "code", "sentence"),
    [
        ("", {}, ErrorCode.BAD_TEXT, 'Give the session a title: Session("Intake").'),
        (7, {}, ErrorCode.BAD_TEXT, 'Give the session a title: Session("Intake").'),
        (
            "Intake",
            {"titel": 1, "color": 2},
            ErrorCode.BAD_OPTION,
            "Unknown option color, titel. Known are kind, provider, provider_code, names, hold_s, show_place, "
            "share, chat, end_when_empty_min, max_duration_min, warn_min and new.",
        ),
        (
            "Intake",
            {"kind": "couple"},
            ErrorCode.BAD_OPTION,
            'kind= is "individual" or "group".',
        ),
        ("Intake", {"hold_s": 0}, ErrorCode.BAD_OPTION, "hold_s= is between 1 and 3,600 seconds."),
        ("Intake", {"show_place": "yes"}, ErrorCode.BAD_OPTION, "show_place= is True or False."),
        (
            "Intake",
            {"share": "nobody"},
            ErrorCode.BAD_OPTION,
            'share= is "all" or "providers".',
        ),
        (
            "Intake",
            {"max_duration_min": 0},
            ErrorCode.BAD_OPTION,
            "max_duration_min= is between 1 second and 1,440 minutes, or None.",
        ),
        (
            "Intake",
            {"end_when_empty_min": "5"},
            ErrorCode.BAD_OPTION,
            "end_when_empty_min= is a number of minutes, or None.",
        ),
        ("x" * 121, {}, ErrorCode.BAD_TEXT, "A title has 1 to 120 characters."),
        ("Intake", {"provider": "\u202e"}, ErrorCode.BAD_NAME, SENTENCES[ErrorCode.BAD_NAME]),
        ("Intake", {"provider_code": "T 1"}, ErrorCode.BAD_CODE, SENTENCES[ErrorCode.BAD_CODE]),
    ],
)
def test_a_bad_option_is_refused_in_words(
    server: RoomServer, title: Any, options: dict[str, Any], code: ErrorCode, sentence: str
) -> None:
    assert refused(code, Session, title, **options).message == sentence


def test_without_a_server_the_error_says_what_to_install_or_start() -> None:
    error = refused(ErrorCode.SERVER_MISSING, Session, "Intake")
    assert "pip install telehealth-widget" in error.message
    assert "restart Jupyter" in error.message


def test_attach_takes_up_a_session_and_knows_unknown_ones(intake: Session) -> None:
    session_id = intake.session_id
    intake.disconnect()
    again = Session.attach(session_id)
    assert again is not intake
    assert again.session_id == session_id
    assert Session.attach(session_id) is again
    for wrong in ("s_nothing", "../x", "", None):
        refused(ErrorCode.UNKNOWN_SESSION, Session.attach, wrong)


def test_the_provider_may_be_named_later(server: RoomServer) -> None:
    first = Session("Intake")
    assert first.participants[0].name is None
    Session("Intake", provider="Dr. Lee")
    eventually(lambda: first.participants[0].name == "Dr. Lee")


# -- links ----------------------------------------------------------------------------------------


def test_inviting_a_code_again_gives_the_same_link(intake: Session) -> None:
    link = intake.invite("P07")
    assert intake.invite("P07") == link
    assert intake.invite("P08") != link
    assert link.url.split("#")[0].endswith("/join")
    assert refused(ErrorCode.CODE_TAKEN, intake.invite, "P07", role="supervisor")
    assert refused(ErrorCode.BAD_CODE, intake.invite, "P 07")
    assert refused(ErrorCode.CODE_TAKEN, intake.invite, "T1", role="provider")


def test_a_link_is_withdrawn_and_renewed(server: RoomServer, intake: Session) -> None:
    link = intake.invite("P07")
    old = link.url
    guest = server.guest(old)
    link.revoke()
    assert guest.until(lambda x: isinstance(x, m.Closed)).code is ErrorCode.LINK_REVOKED
    assert server.guest(old).welcome.code is ErrorCode.LINK_REVOKED
    assert link.reissue() is link
    assert link.url != old
    assert isinstance(server.guest(link.url).welcome, m.Welcome)
    assert server.guest(old).welcome.code is ErrorCode.LINK_REVOKED


# -- steering ---------------------------------------------------------------------------------------


def test_a_whole_session_is_steered_from_python(server: RoomServer, intake: Session) -> None:
    one = server.guest(intake.invite("P07").url).wait("Zebra One")
    two = server.guest(intake.invite("P08").url).wait("Zebra Two")
    eventually(lambda: intake.waiting.codes == ["P07", "P08"])
    intake.chat("Two minutes, please", to="waiting")
    assert one.until(lambda x: isinstance(x, m.Chat)).text == "Two minutes, please"
    intake.chat("Hello", to="P08")
    two.until(lambda x: isinstance(x, m.Chat) and x.text == "Hello")
    intake.decline("P08", reason="Not today.")
    two.until(lambda x: two.knock.rows.me.phase is Phase.DECLINED)
    assert two.knock.rows.me.reason == "Not today."
    intake.admit("Zebra One")
    assert intake.state == "live"
    one.do(c.Publish(source=Source.MICROPHONE))
    one.do(c.Publish(source=Source.CAMERA))
    intake.mute("P07")
    intake.stop_video(intake.participants[1])
    person = eventually(lambda: next((p for p in intake.participants if p.muted), None))
    assert (person.code, person.phase, person.video_stopped) == ("P07", "admitted", True)
    intake.pause("P07")
    one.until(lambda x: one.knock.rows.me.phase is Phase.PAUSED)
    intake.resume(person)
    intake.mark("rupture", note="Zebra note")
    intake.let_wait("P08")
    intake.admit_all()
    intake.pause_all()
    intake.resume_all()
    intake.send_back("P08")
    intake.remove("P08", reason="Zebra reason")
    two.until(lambda x: isinstance(x, m.Closed) and x.code is ErrorCode.REMOVED)
    intake.end()
    ended = one.until(lambda x: isinstance(x, m.Closed))
    assert (ended.code, ended.duration_ms) == (
        ErrorCode.SESSION_ENDED,
        round(intake.duration_s * 1000),
    )
    assert one.knock.rows.session.phase is SessionPhase.ENDED
    assert intake.state == "ended"
    refused(ErrorCode.SESSION_ENDED, intake.admit, "P07")
    refused(ErrorCode.SESSION_ENDED, intake.invite, "P09")


def test_a_waiting_client_sees_their_place_if_the_session_was_made_so(server: RoomServer) -> None:
    queue = Session("Queue", show_place=True)
    one = server.guest(queue.invite("P07").url).wait("Zebra One")
    two = server.guest(queue.invite("P08").url).wait("Zebra Two")
    assert (one.knock.rows.me.place, two.knock.rows.me.place) == (1, 2)
    queue.admit("P07")
    two.until(lambda x: two.knock.rows.me.place == 1)
    one.until(lambda x: one.knock.rows.me.phase is Phase.ADMITTED)
    assert one.knock.rows.me.place is None
    plain = server.guest(Session("Plain").invite("P07").url).wait()
    assert plain.knock.rows.me.phase is Phase.WAITING
    assert plain.knock.rows.me.place is None


def test_who_waits_is_told_when_to_expect_the_provider(server: RoomServer, intake: Session) -> None:
    one = server.guest(intake.invite("P07").url).wait("Zebra One")
    intake.say_when(10)
    expected = one.until(lambda x: one.knock.rows.session.expected_at_ms).session.expected_at_ms
    said = intake.events.rows()[-1]
    assert (said["event"], said["details"]) == ("ArrivalAnnounced", {"minutes": 10})
    assert said["person"] is None
    assert expected == round(said["at"].timestamp() * 1000) + 600_000
    intake.say_when(None)
    one.until(lambda x: one.knock.rows.session.expected_at_ms is None)
    for minutes in (0, 500):
        assert refused(ErrorCode.BAD_OPTION, intake.say_when, minutes).message == (
            "Promise a whole number of minutes from 1 to 120, or none to take the promise back."
        )
    intake.end()
    refused(ErrorCode.SESSION_ENDED, intake.say_when, 10)


def test_a_clients_identity_is_verified_from_python_until_the_link_is_new(
    server: RoomServer, intake: Session
) -> None:
    link = intake.invite("P07")
    client = server.guest(link.url).wait()
    assert not intake.participants[1].verified
    intake.verify_identity("P07")
    eventually(lambda: intake.participants[1].verified)
    assert "<td>verified</td>" in intake.participants._repr_html_()
    said = intake.events.rows()[-1]
    assert (said["event"], said["person"], said["actor"]) == ("IdentityVerified", "P07", "T1")
    intake.verify_identity(intake.participants[1], verified=False)
    eventually(lambda: not intake.participants[1].verified)
    intake.verify_identity("P07")
    link.reissue()
    client.until(lambda x: isinstance(x, m.Closed))
    eventually(lambda: not intake.participants[1].verified)
    refused(ErrorCode.UNKNOWN_PERSON, intake.verify_identity, "P09")
    assert refused(ErrorCode.NOT_PERMITTED, intake.verify_identity, "T1").message == (
        "Only a client's identity is verified; T1 is a provider."
    )


def test_a_person_asked_from_python_answers_on_their_page(
    server: RoomServer, intake: Session
) -> None:
    heard: list[tuple[str, bool]] = []

    @intake.on("answered")
    def note(event: Any) -> None:
        heard.append((event.participant.code, event.body.accepted))

    client = server.guest(intake.invite("P07").url).wait("Zebra One")
    eventually(lambda: intake.waiting)
    intake.admit("P07")
    client.do(c.Publish(source=Source.MICROPHONE, muted=True))
    client.do(c.Publish(source=Source.CAMERA, muted=True))
    intake.ask_to_unmute("Zebra One")
    intake.ask_to_start_video("P07")
    person = eventually(lambda: next((p for p in intake.participants if len(p.asked) == 2), None))
    assert (person.code, person.asked) == ("P07", ("microphone", "camera"))
    assert "asked to unmute, asked to start video" in intake.participants._repr_html_()
    client.until(lambda x: len(client.knock.rows.me.asked) == 2)
    client.do(c.SetMuted(source=Source.MICROPHONE, muted=False))
    client.do(c.DeclineAsk(source=Source.CAMERA))
    eventually(lambda: heard == [("P07", True), ("P07", False)])
    person = eventually(lambda: next(p for p in intake.participants if p.code == "P07"))
    assert (person.muted, person.video_stopped, person.asked) == (False, True, ())


def test_a_screen_is_stopped_and_a_caption_shown_from_python(
    server: RoomServer, intake: Session
) -> None:
    client = server.guest(intake.invite("P07").url).wait("Zebra One")
    eventually(lambda: intake.waiting)
    intake.admit("P07")
    client.do(c.Publish(source=Source.SCREEN))
    assert eventually(lambda: [p.code for p in intake.participants if p.sharing]) == ["P07"]
    assert "<td>sharing</td>" in intake.participants._repr_html_()
    intake.stop_share("P07")
    client.until(lambda x: not client.knock.rows.me.publications)
    eventually(lambda: not any(p.sharing for p in intake.participants))
    intake.caption("P07", "Zebra caption")
    assert client.until(lambda x: isinstance(x, m.Caption)).text == "Zebra caption"
    last = intake.events.rows()[-1]
    assert (last["event"], last["person"], last["details"]) == (
        "CaptionSent",
        "P07",
        {"characters": 13},
    )
    assert refused(ErrorCode.BAD_TEXT, intake.caption, "P07", " ").message == (
        "A caption has 1 to 500 characters."
    )
    refused(ErrorCode.UNKNOWN_PERSON, intake.caption, "P09", "hm")


def test_a_session_of_a_set_length_tells_when_it_ends_and_warns_then_and_there(
    server: RoomServer,
) -> None:
    short = Session("Short", max_duration_min=0.02, share="providers", chat="keep")
    heard: list[str] = []

    @short.on("ended")
    def note(event: Any) -> None:
        heard.append(f"{event.body.cause} {event.actor}")

    client = server.guest(short.invite("P07").url).wait()
    assert short.ends_at is None
    row = client.knock.rows.session
    assert (row.share, row.chat_kept) == ("providers", True)
    eventually(lambda: short.waiting)
    short.admit("P07")
    assert eventually(lambda: short.ends_at) is not None
    client.until(lambda x: isinstance(x, m.Closed) and x.code is ErrorCode.SESSION_ENDED)
    eventually(lambda: heard == ["duration system"])
    assert short.state == "ended"
    assert short.duration_s >= 1.2


def test_an_unknown_or_ambiguous_person_is_refused_with_the_codes(
    server: RoomServer, intake: Session
) -> None:
    server.guest(intake.invite("P07").url).wait("Zebra")
    server.guest(intake.invite("P08").url).wait("Zebra")
    eventually(lambda: len(intake.waiting) == 2)
    error = refused(ErrorCode.UNKNOWN_PERSON, intake.admit, "Quagga")
    assert "Quagga" not in str(error)
    assert isinstance(error, CommandRefused)
    assert error.candidates == ("T1", "P07", "P08")
    error = refused(ErrorCode.AMBIGUOUS_PERSON, intake.admit, "Zebra")
    assert isinstance(error, CommandRefused)
    assert error.candidates == ("P07", "P08")
    wrong = refused(ErrorCode.WRONG_PHASE, intake.resume, "P07")
    assert wrong.message == "That is not possible now: P07 is in the waiting room."


# -- events -----------------------------------------------------------------------------------------


def test_the_record_is_read_verified_and_has_no_text(
    server: RoomServer, intake: Session, tmp_path: Any
) -> None:
    server.guest(intake.invite("P07").url).wait("Zebra Client")
    eventually(lambda: intake.waiting)
    intake.admit("P07")
    intake.mark("rupture", note="Zebra note")
    frame = intake.events.to_pandas()
    assert frame.index.tolist() == list(range(1, len(frame) + 1))
    last = frame.iloc[-1]
    assert (last.event, last.actor, last.via) == ("MarkPlaced", "T1", "kernel")
    assert last.details == {"label": "rupture"}
    assert "P07" in set(frame.person)
    path = intake.events.to_jsonl(tmp_path / "record.jsonl")
    lines = path.read_bytes().splitlines()
    assert len(lines) == len(intake.events) + 1 == len(frame) + 2  # the export, and the signed end
    assert all(set(json.loads(line)) == {"record", "hash"} for line in lines[:-1])
    assert set(json.loads(lines[-1])) == {"head", "key", "signature"}
    assert b"Zebra" not in path.read_bytes()
    assert b"Intake" not in path.read_bytes()
    assert "Zebra" not in frame.to_string() + repr(intake.events) + intake.events._repr_html_()
    verified = intake.events.verify()
    assert verified
    assert (verified.rows, verified.first_bad, verified.problem) == (len(frame) + 1, None, None)


def test_callbacks_run_at_events_and_a_rerun_cell_replaces_its_own(
    server: RoomServer, intake: Session
) -> None:
    heard: list[str] = []
    cell = """
@intake.on("ready")
def greet(event):
    heard.append(f"{word} {event.participant.code} {event.actor}")
    intake.admit(event.participant)
"""
    for word in ("first", "second"):
        exec(cell, {"__name__": "__main__", "intake": intake, "heard": heard, "word": word})
    guest = server.guest(intake.invite("P07").url).wait()
    guest.until(lambda x: guest.knock.rows.me.phase is Phase.ADMITTED)
    assert heard == ["second P07 P07"]
    error = refused(ErrorCode.BAD_OPTION, intake.on, "redy")
    assert error.message.startswith(
        "There is no event of that name. Known are: admitted, answered, any, arrived, asked"
    )


def test_any_hears_of_links_and_connection_tests_too(server: RoomServer, intake: Session) -> None:
    heard: list[str] = []
    intake.on("any")(lambda event: heard.append(event.name))
    link = intake.invite("P07")
    intake.invite("P07", valid_s=3600)
    link.revoke()
    server.guest(link.reissue().url).do(c.ReportConnection(report=ConnectionReport(Verdict.GOOD)))
    eventually(lambda: heard == ["invited", "extended", "revoked", "reissued", "arrived", "tested"])


async def test_wait_for_takes_what_holds_and_what_comes(server: RoomServer) -> None:
    loop = asyncio.get_running_loop()
    intake = await loop.run_in_executor(None, Session, "Intake")
    link = await loop.run_in_executor(None, intake.invite, "P07")
    ready = asyncio.ensure_future(intake.wait_for("ready", timeout_s=10))
    await asyncio.sleep(0)
    guest = await loop.run_in_executor(None, server.guest, link.url)
    await loop.run_in_executor(None, guest.wait)
    event = await ready
    assert (event.name, event.participant.code, event.recorded) == ("ready", "P07", True)
    assert (await intake.wait_for("ready", timeout_s=1)).participant.code == "P07"
    with pytest.raises(TelehealthError) as late:
        await intake.wait_for("admitted", who="P07", timeout_s=0.01)
    assert late.value.message == "No 'admitted' event within 0.01 s."
    await loop.run_in_executor(None, intake.end)
    assert (await intake.wait_for("ended", timeout_s=5)).name == "ended"
    assert not intake._callbacks._waiters


def test_an_act_that_was_not_recorded_at_first_is_heard_once(
    server: RoomServer, intake: Session
) -> None:
    heard: list[tuple[str, bool]] = []
    both = threading.Event()

    @intake.on("any")
    def note(event: Any) -> None:
        heard.append((event.name, event.recorded))
        if event.name == "mark":
            both.set()

    person = intake.invite("P07").person
    journal = server.rooms.journal
    append = journal.append

    def fails(*args: Any) -> Any:
        from concurrent.futures import Future

        future: Any = Future()
        future.set_exception(TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE))
        return future

    journal.append = fails  # type: ignore[method-assign]
    intake.remove("P07")
    journal.append = append  # type: ignore[method-assign]
    intake.mark("cue")
    assert both.wait(10)
    assert person
    assert heard == [("invited", True), ("removed", False), ("mark", True)]


# -- the server goes and comes ------------------------------------------------------------------------


def test_a_restarted_server_is_found_again(server: RoomServer, intake: Session) -> None:
    link = intake.invite("P07")
    server.stop()
    eventually(lambda: intake._tether.link.state.value != "up")
    refused(ErrorCode.SERVER_MISSING, Session, "Other")
    # It looks for the server at least twice while there is none.
    eventually(lambda: intake._tether.link.last_failure == "SERVER_MISSING")
    assert not intake._tether.is_over
    server.start()
    assert intake.invite("P07") == link
    assert Session("Intake") is intake
    guest = server.guest(link.url).wait()
    eventually(lambda: intake.waiting.codes == ["P07"])
    intake.admit("P07")
    guest.until(lambda x: guest.knock.rows.me.phase is Phase.ADMITTED)


@pytest.mark.parametrize("close", [Session.close, lambda _: ipywidgets.Widget.close_all()])
def test_a_closed_widget_is_shown_again_by_its_cell_and_keeps_its_callbacks(
    server: RoomServer, intake: Session, close: Callable[[Session], None]
) -> None:
    heard: list[str] = []
    intake.on("mark")(lambda event: heard.append(event.body.label))
    close(intake)
    assert intake.comm is None
    assert Session("Intake") is intake
    assert intake.comm is not None
    shown = intake._repr_mimebundle_()[0]
    assert shown["application/vnd.jupyter.widget-view+json"]["model_id"] == intake.model_id
    intake.mark("seen")
    eventually(lambda: heard == ["seen"])


def test_disconnecting_leaves_the_session_and_no_thread(
    server: RoomServer, intake: Session
) -> None:
    @intake.on("any")
    def nothing(event: Any) -> None: ...

    intake.disconnect()
    assert intake.session_id not in same.sessions
    eventually(
        lambda: (
            not [t for t in threading.enumerate() if t.name.endswith((" callbacks", " coroutines"))]
        )
    )
    assert Session("Intake").session_id == intake.session_id


async def test_a_command_after_disconnecting_says_how_to_connect_again(server: RoomServer) -> None:
    loop = asyncio.get_running_loop()
    intake = await loop.run_in_executor(None, Session, "Intake")
    waiting = asyncio.ensure_future(intake.wait_for("ready"))
    await asyncio.sleep(0)
    await loop.run_in_executor(None, intake.disconnect)
    sentence = (
        "This kernel let go of the session with disconnect(). "
        f'Session.attach("{intake.session_id}") takes it up again.'
    )
    for work in (intake.admit_all, lambda: intake.on("ready")(print)):
        error = await loop.run_in_executor(None, refused, ErrorCode.WRONG_PHASE, work)
        assert error.message == sentence
    for late in (waiting, intake.wait_for("ready")):
        with pytest.raises(CommandRefused, match=r"Session\.attach"):
            await late
    assert (intake.state, intake.participants.codes) == ("open", ["T1"])
    await loop.run_in_executor(None, intake.disconnect)


# -- what a saved notebook holds ----------------------------------------------------------------------


def test_saved_widget_state_and_reprs_hold_no_name_link_or_token(
    server: RoomServer, intake: Session
) -> None:
    link = intake.invite("P07", name="Zebra Client")
    server.guest(link.url).do(c.GetReady())
    eventually(lambda: intake.waiting)
    saved = json.dumps(ipywidgets.Widget.get_manager_state(widgets=[intake]), default=str)
    shown = [repr(intake), repr(link), repr(intake.participants), repr(intake.waiting)]
    shown += [intake.participants._repr_html_(), repr(intake.events), repr(intake.participants[1])]
    shown += [
        repr(link.qr()),
        json.dumps({k: str(v) for k, v in intake.get_state().items() if k != "_esm"}),
    ]
    canaries = (
        "Zebra",
        "Dr. Lee",
        "Intake",
        link.url.split("#")[1],
        server.door.token,
        "/join#",
        "/join?",
    )
    for text in (saved, *shown):
        for canary in canaries:
            assert canary not in text
    assert intake.session_id in saved

"""Whatever may be given to the Python API by mistake: the right code, and a sentence that helps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from telehealth_widget.kernel.session import Session
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import SENTENCES, CommandRefused, ErrorCode, TelehealthError

from .conftest import RoomServer, eventually, refused

HALF = "half a character: \ud800"
HUGE = "x" * (64 * 1024 + 1)
NAN = float("nan")

BAD_CODE = SENTENCES[ErrorCode.BAD_CODE]
BAD_NAME = SENTENCES[ErrorCode.BAD_NAME]
NOT_A_CODE = 'code= is text such as "P07" or a whole number, not '
TITLE = 'Give the session a title: Session("Intake").'
ROLE = 'role= is "client", "supervisor" or "provider".'
VALID = "valid_s= is a number of seconds from 1 to 31,622,400 (366 days), or None."
HOLD = "hold_s= is between 1 and 3,600 seconds."
WHEN = "minutes= is a whole number from 1 to 120, or None."
WHO = "Name a person by code, id, name or participant."
FUNCTION = "Put @session.on(…) above a function of one event."
TIMEOUT = "timeout_s= is a number of seconds from 0, or None."

Work = Callable[[Session], Any]

OPTIONS: list[tuple[ErrorCode, str, tuple[Any, ...], dict[str, Any]]] = [
    (ErrorCode.BAD_TEXT, TITLE, (None,), {}),
    (ErrorCode.BAD_TEXT, TITLE, (NAN,), {}),
    (ErrorCode.BAD_TEXT, TITLE, (b"Intake",), {}),
    (ErrorCode.BAD_TEXT, "A title must not hold control or direction marks.", (HALF,), {}),
    (ErrorCode.BAD_TEXT, "A title has 1 to 120 characters.", (HUGE,), {}),
    (ErrorCode.BAD_OPTION, 'kind= is "individual" or "group".', ("I",), {"kind": None}),
    (ErrorCode.BAD_OPTION, 'names= is "all", "providers" or "initials".', ("I",), {"names": 3}),
    (ErrorCode.BAD_OPTION, 'share= is "all" or "providers".', ("I",), {"share": ["all"]}),
    (ErrorCode.BAD_OPTION, 'chat= is "forget" or "keep".', ("I",), {"chat": True}),
    (ErrorCode.BAD_OPTION, "new= is True or False.", ("I",), {"new": "yes"}),
    (ErrorCode.BAD_OPTION, "show_place= is True or False.", ("I",), {"show_place": 1}),
    (ErrorCode.BAD_NAME, "provider= is text (str), not int.", ("I",), {"provider": 42}),
    (ErrorCode.BAD_NAME, "provider= is text (str), not float.", ("I",), {"provider": NAN}),
    (ErrorCode.BAD_NAME, BAD_NAME, ("I",), {"provider": HALF}),
    (ErrorCode.BAD_NAME, BAD_NAME, ("I",), {"provider": HUGE}),
    (ErrorCode.BAD_CODE, BAD_CODE, ("I",), {"provider_code": HALF}),
    (
        ErrorCode.BAD_CODE,
        'provider_code= is text such as "P07" or a whole number, not NoneType.',
        ("I",),
        {"provider_code": None},
    ),
    *(
        (ErrorCode.BAD_OPTION, HOLD, ("I",), {"hold_s": x})
        for x in ("2 min", None, NAN, float("inf"), True, 1e300, 10**400, pd.NA)
    ),
    *(
        (ErrorCode.BAD_OPTION, f"{x} is a number of minutes, or None.", ("I",), {x[:-1]: pd.NA})
        for x in ("max_duration_min=", "end_when_empty_min=")
    ),
]


@pytest.mark.parametrize(("code", "sentence", "given", "options"), OPTIONS)
def test_an_option_of_session(
    server: RoomServer,
    code: ErrorCode,
    sentence: str,
    given: tuple[Any, ...],
    options: dict[str, Any],
) -> None:
    assert refused(code, Session, *given, **options).message == sentence


ARGUMENTS: list[tuple[ErrorCode, str, Work]] = [
    (ErrorCode.BAD_CODE, NOT_A_CODE + "NoneType.", lambda s: s.invite(None)),
    (ErrorCode.BAD_CODE, NOT_A_CODE + "float.", lambda s: s.invite(NAN)),
    (ErrorCode.BAD_CODE, NOT_A_CODE + "float64.", lambda s: s.invite(np.float64(7))),
    (ErrorCode.BAD_CODE, NOT_A_CODE + "NAType.", lambda s: s.invite(pd.NA)),
    (ErrorCode.BAD_CODE, NOT_A_CODE + "NaTType.", lambda s: s.invite(pd.NaT)),
    (ErrorCode.BAD_CODE, NOT_A_CODE + "bool.", lambda s: s.invite(True)),
    (ErrorCode.BAD_CODE, NOT_A_CODE + "bytes.", lambda s: s.invite(b"P07")),
    (ErrorCode.BAD_CODE, NOT_A_CODE + "list.", lambda s: s.simulate(["P07"])),
    (ErrorCode.BAD_CODE, BAD_CODE, lambda s: s.invite(-7)),
    (ErrorCode.BAD_CODE, BAD_CODE, lambda s: s.invite("")),
    (ErrorCode.BAD_CODE, BAD_CODE, lambda s: s.invite(HALF)),
    (ErrorCode.BAD_CODE, BAD_CODE, lambda s: s.invite(HUGE)),
    (ErrorCode.BAD_OPTION, ROLE, lambda s: s.invite("P09", role="boss")),
    (ErrorCode.BAD_OPTION, ROLE, lambda s: s.invite("P09", role=None)),
    (ErrorCode.BAD_NAME, "name= is text (str), not float.", lambda s: s.invite("P09", name=NAN)),
    (ErrorCode.BAD_NAME, "name= is text (str), not int.", lambda s: s.simulate("P09", name=9)),
    (ErrorCode.BAD_NAME, BAD_NAME, lambda s: s.invite("P09", name=HALF)),
    (
        ErrorCode.BAD_OPTION,
        "language= is text (str), not int.",
        lambda s: s.invite("P", language=1),
    ),
    *(
        (ErrorCode.BAD_OPTION, VALID, lambda s, x=x: s.invite("P09", valid_s=x))
        for x in ("1h", NAN, float("inf"), 0, -5, True, 1e12, 10**400, pd.NA)
    ),
    (
        ErrorCode.BAD_OPTION,
        "script= is a Script, or None.",
        lambda s: s.simulate("P", script="late"),
    ),
    (ErrorCode.BAD_TEXT, "text= is text (str), not bytes.", lambda s: s.chat(b"hello")),
    (ErrorCode.BAD_TEXT, "text= is text (str), not int.", lambda s: s.chat(42)),
    (ErrorCode.BAD_TEXT, "text= is text (str), not NoneType.", lambda s: s.chat(None)),
    (ErrorCode.BAD_TEXT, "A message has 1 to 4,000 characters.", lambda s: s.chat(HUGE)),
    (
        ErrorCode.BAD_TEXT,
        "A message must not hold control or direction marks.",
        lambda s: s.chat(HALF),
    ),
    (ErrorCode.UNKNOWN_PERSON, WHO, lambda s: s.chat("Hello", to=None)),
    (ErrorCode.BAD_TEXT, "label= is text (str), not bytes.", lambda s: s.mark(b"rupture")),
    (ErrorCode.BAD_TEXT, "label= is text (str), not int.", lambda s: s.mark(3)),
    (ErrorCode.BAD_TEXT, "note= is text (str), not float.", lambda s: s.mark("cue", note=NAN)),
    (
        ErrorCode.BAD_TEXT,
        "A note has 1 to 4,000 characters.",
        lambda s: s.mark("cue", note="x" * 4_001),
    ),
    (ErrorCode.BAD_TEXT, "text= is text (str), not int.", lambda s: s.caption("P07", 5)),
    (ErrorCode.BAD_TEXT, "A caption has 1 to 500 characters.", lambda s: s.caption("P07", HUGE)),
    (ErrorCode.BAD_TEXT, "reason= is text (str), not int.", lambda s: s.decline("P07", reason=5)),
    (ErrorCode.BAD_TEXT, "A reason has 1 to 500 characters.", lambda s: s.remove("P07", "x" * 501)),
    *(
        (ErrorCode.BAD_OPTION, WHEN, lambda s, x=x: s.say_when(x))
        for x in (2.5, "10", True, NAN, 10**30)
    ),
    (
        ErrorCode.BAD_OPTION,
        "verified= is True or False.",
        lambda s: s.verify_identity("P07", "yes"),
    ),
    *(
        (ErrorCode.UNKNOWN_PERSON, WHO, lambda s, x=x: s.admit(x))
        for x in (None, NAN, True, ["P07"])
    ),
    (ErrorCode.UNKNOWN_PERSON, SENTENCES[ErrorCode.UNKNOWN_PERSON], lambda s: s.admit(HALF)),
    (ErrorCode.BAD_OPTION, FUNCTION, lambda s: s.on("ready")(None)),
    *(
        (ErrorCode.BAD_OPTION, TIMEOUT, lambda s, x=x: s.wait_for("ready", timeout_s=x))
        for x in ("1h", NAN, -1, True)
    ),
]


def test_an_argument_of_a_method(server: RoomServer, intake: Session) -> None:
    intake.invite("P07")
    before = len(intake.events)
    for code, sentence, work in ARGUMENTS:
        error = refused(code, work, intake)
        assert (error.message, type(error)) == (sentence, CommandRefused), sentence
    assert len(intake.events) == before
    assert intake.state == "open"


@pytest.mark.parametrize("name", [None, 3, ["ready"], np.array(["ready", "left"]), print])
def test_a_name_of_an_event(intake: Session, name: Any) -> None:
    for work in (intake.on, intake.wait_for):
        error = refused(ErrorCode.BAD_OPTION, work, name)
        assert error.message.startswith("There is no event of that name. Known are: ")


def test_what_comes_from_a_table_is_taken(server: RoomServer, intake: Session) -> None:
    people = pd.DataFrame({"id": [7, 8], "name": ["Ada", "Ben"], "checked": [True, False]})
    for row in people.itertuples():
        intake.invite(row.id, name=row.name, valid_s=np.int64(3600))
    intake.invite(people["id"].to_numpy()[0])
    intake.invite(np.str_("P09"))
    eventually(lambda: intake.participants.codes == ["T1", "7", "8", "P09"])
    assert intake.invite(7).code == "7"
    guest = server.guest(intake.invite(7).url).wait("Ada")
    eventually(lambda: intake.waiting.codes == ["7"])
    intake.verify_identity(people["id"].to_numpy()[0], verified=people["checked"].to_numpy()[0])
    intake.say_when(np.int64(5))
    intake.chat(np.str_("Hello"), to=7)
    assert guest.until(lambda x: isinstance(x, m.Chat)).text == "Hello"
    intake.mark(np.str_("cue"), note=np.str_("a note"))
    intake.admit(np.int64(7))


async def test_none_waits_for_as_long_as_it_takes(server: RoomServer) -> None:
    loop = asyncio.get_running_loop()
    intake = await loop.run_in_executor(None, Session, "Intake")
    waiting = asyncio.ensure_future(intake.wait_for("invited", timeout_s=None))
    await asyncio.sleep(0)
    await loop.run_in_executor(None, intake.invite, "P07")
    assert (await asyncio.wait_for(waiting, 5)).participant.code == "P07"
    with pytest.raises(TelehealthError):
        await intake.wait_for("ready", timeout_s=0)

"""The kernels' door: the host token and nothing else opens it, and no browser passes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPResponse

from telehealth_widget.core.policy import Actor
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode, TelehealthError
from telehealth_widget.protocol.events import RecordExported, Sealed
from telehealth_widget.protocol.kinds import Role, Via
from telehealth_widget.rooms.tokens import new_token

from .conftest import Premises

OPEN = {
    "do": "Open",
    "title": "Intake",
    "kind": "individual",
    "names": "all",
    "hold_ms": 120_000,
    "notebook": "a.ipynb",
    "provider_code": "T1",
    "provider_name": None,
}
PATHS = [
    "/sessions",
    "/sessions/s_1",
    "/sessions/s_1/records",
    "/sessions/s_1/verify",
    "/sessions/s_1/exports",
    "/sessions/s_1/forget",
    "/sessions/s_1/socket",
    "/",
]


async def ask(premises: Premises, path: str, body: Any = None, **headers: str) -> HTTPResponse:
    headers.setdefault("Authorization", f"Bearer {premises.door.token}")
    return await AsyncHTTPClient().fetch(
        premises.door.url + path,
        method="GET" if body is None else "POST",
        body=None if body is None else json.dumps(body),
        headers=headers,
        raise_error=False,
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer " + new_token()},
        {"Authorization": "token {token}"},
        {"Authorization": "bearer {token}"},
        {"Authorization": "Bearer  {token}"},
        {"Authorization": "Bearer {token}", "Origin": "http://127.0.0.1:8888"},
        {"Authorization": "Bearer {token}", "Origin": "null"},
        {"Authorization": "Bearer {token}", "Origin": ""},
    ],
)
async def test_without_the_host_token_or_with_an_origin_every_path_is_closed(
    premises: Premises, path: str, headers: dict[str, str]
) -> None:
    sent = {key: value.format(token=premises.door.token) for key, value in headers.items()}
    answer = await ask(premises, path, **sent)
    assert answer.code == 403
    assert json.loads(answer.body) == {"code": "NOT_PERMITTED", "message": "Refused (403)."}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Server" not in answer.headers
    posted = await ask(premises, path, {"open": OPEN}, **sent)
    assert posted.code == 403


async def test_a_guests_token_does_not_open_it(premises: Premises) -> None:
    token = await premises.invite(await premises.session())
    answer = await ask(premises, "/sessions/s_1", Authorization=f"Bearer {token}")
    assert answer.code == 403


async def test_a_session_is_opened_found_read_and_verified(premises: Premises) -> None:
    opened = await ask(premises, "/sessions", {"open": OPEN})
    session = json.loads(opened.body)["session"]
    assert json.loads((await ask(premises, "/sessions", {"open": OPEN})).body) == {
        "session": session,
        "kept": [],
    }
    otherwise = {"open": {**OPEN, "kind": "group"}}
    assert json.loads((await ask(premises, "/sessions", otherwise)).body)["kept"] == ["kind"]
    another = await ask(premises, "/sessions", {"open": OPEN, "new": True})
    assert json.loads(another.body)["session"] != session
    found = await ask(premises, f"/sessions/{session}")
    assert json.loads(found.body) == {"session": session, "phase": "open"}
    records = (await ask(premises, f"/sessions/{session}/records")).body.splitlines()
    assert [json.loads(x)["record"]["body"]["event"] for x in records[:-1]] == [
        "SessionOpened",
        "PersonInvited",
    ]
    assert json.loads(records[-1])["head"]["n"] == 2
    assert b"Intake" not in b"".join(records)
    verified = json.loads((await ask(premises, f"/sessions/{session}/verify")).body)
    assert verified == {"ok": True, "rows": 2, "first_bad": None, "problem": None}


@pytest.mark.parametrize("path", ["", "/records", "/verify"])
async def test_an_unknown_session_is_said_in_words(premises: Premises, path: str) -> None:
    answer = await ask(premises, f"/sessions/s_nothing{path}")
    assert answer.code == 409
    assert json.loads(answer.body) == {
        "code": "UNKNOWN_SESSION",
        "message": SENTENCES[ErrorCode.UNKNOWN_SESSION],
    }


async def test_a_damaged_record_can_still_be_read_and_verified(
    premises: Premises, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await premises.session()
    premises.rooms.room(session).stop()
    del premises.rooms._rooms[session]

    def damaged(journal: object, session: str) -> None:
        raise TelehealthError(ErrorCode.JOURNAL_DAMAGED)

    monkeypatch.setattr(type(premises.journal), "read", damaged)
    assert len((await ask(premises, f"/sessions/{session}/records")).body.splitlines()) == 3
    assert json.loads((await ask(premises, f"/sessions/{session}/verify")).body)["rows"] == 2
    found = await ask(premises, f"/sessions/{session}")
    assert json.loads(found.body)["code"] == "JOURNAL_DAMAGED"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MALFORMED"),
        ({"open": {**OPEN, "extra": 1}}, "MALFORMED"),
        ({"open": {**OPEN, "do": "End"}}, "MALFORMED"),
        ({"open": OPEN, "role": "x"}, "MALFORMED"),
        ({"open": {**OPEN, "title": ""}}, "BAD_TEXT"),
        ({"open": {**OPEN, "kind": "x"}}, "BAD_OPTION"),
        ({"open": {**OPEN, "provider_code": " "}}, "BAD_CODE"),
        ({"open": {**OPEN, "provider_name": "\u202e"}}, "BAD_NAME"),
    ],
)
async def test_a_bad_opening_is_refused_with_its_code(
    premises: Premises, body: dict[str, Any], code: str
) -> None:
    answer = await ask(premises, "/sessions", body)
    assert answer.code == 409
    assert json.loads(answer.body)["code"] == code


async def test_other_paths_and_methods_are_refused_as_json(premises: Premises) -> None:
    for path, body, code in (
        ("/nothing", None, 405),
        ("/sessions/s_1", {}, 405),
        ("/sessions", None, 405),
    ):
        answer = await ask(premises, path, body)
        assert answer.code == code
        assert json.loads(answer.body)["message"] == f"Refused ({code})."


async def test_a_session_opens_only_if_it_is_recorded(premises: Premises) -> None:
    premises.journal.fail_with(True)
    answer = await ask(premises, "/sessions", {"open": OPEN})
    assert json.loads(answer.body)["code"] == "JOURNAL_UNAVAILABLE"
    premises.journal.fail_with(False)
    assert (await ask(premises, "/sessions", {"open": OPEN})).code == 200


async def test_a_kernel_steers_and_hears_every_record(premises: Premises) -> None:
    kernel = await premises.kernel(await premises.session())
    done = await kernel.do(c.Mark(label="cue"))
    assert done.recorded
    assert [x.record.body.label for x in kernel.messages if isinstance(x, m.Recorded)] == ["cue"]


async def test_a_kernels_socket_takes_no_link(premises: Premises) -> None:
    session = await premises.session()
    token = await premises.invite(session)
    knock = await premises.knock(
        None,
        f"{premises.door.url}/sessions/{session}/socket",
        Authorization=f"Bearer {premises.door.token}",
    )
    assert (await knock.hello(invite=token)).code is ErrorCode.MALFORMED


async def test_a_kernels_socket_needs_the_token_and_no_origin(premises: Premises) -> None:
    url = f"{premises.door.url}/sessions/{await premises.session()}/socket"
    for origin, headers in (
        (None, {}),
        (premises.door.url, {"Authorization": f"Bearer {premises.door.token}"}),
    ):
        with pytest.raises(HTTPClientError) as refused:
            await premises.knock(origin, url, **headers)
        assert refused.value.code == 403


def test_the_door_listens_on_loopback_alone(premises: Premises) -> None:
    assert premises.door.url.startswith("http://127.0.0.1:")
    assert {s.getsockname()[0] for s in premises.door._sockets} == {"127.0.0.1"}


async def test_what_has_the_wrong_type_is_refused_by_its_name_and_without_its_value(
    premises: Premises,
) -> None:
    body = {"open": {**OPEN, "provider_name": {"zebra": 1}}}
    answer = json.loads((await ask(premises, "/sessions", body)).body)
    assert answer["code"] == "MALFORMED"
    assert answer["message"] == (
        "The Jupyter server does not take that: Expected `str | null`, got `object` - at "
        "`$.open.provider_name`. Check the type of what was passed, and that kernel and server have "
        "the same version of telehealth_widget."
    )


async def test_an_export_is_recorded_before_anything_leaves(premises: Premises) -> None:
    session = await premises.session()
    path = f"/sessions/{session}/exports"
    assert (await ask(premises, path, {"form": "csv", "texts": False})).code == 200
    last = premises.journal.read(session)[-1]
    assert last.body == RecordExported(form="csv", texts=False)
    assert last.actor == "system"
    for body in ({}, {"form": "csv"}, {"form": "csv", "texts": 1}, {"form": "", "texts": True}):
        answer = await ask(premises, path, body)
        assert json.loads(answer.body)["code"] in ("MALFORMED", "BAD_TEXT"), body
    assert premises.journal.read(session)[-1] == last


async def test_a_person_is_forgotten_once_the_session_is_over(premises: Premises) -> None:
    session = await premises.session()
    path = f"/sessions/{session}/forget"
    owner = premises.rooms.room(session).state.provider
    answer = await ask(premises, path, {"owner": owner})
    assert json.loads(answer.body)["code"] == "WRONG_PHASE"
    assert json.loads((await ask(premises, path, {"who": owner})).body)["code"] == "MALFORMED"
    desk = premises.rooms.room(session)
    desk.act(Actor(owner, Role.PROVIDER, Via.WIDGET), c.End())
    assert (await ask(premises, path, {"owner": "session"})).code == 200
    assert isinstance(premises.rooms.room(session).state.title, Sealed)
    verified = json.loads((await ask(premises, f"/sessions/{session}/verify")).body)
    assert verified["ok"] is True

"""Bytes to messages: what is understood, what is refused, and that nothing else ever happens."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.codec import (
    decode_downward,
    decode_event,
    decode_record,
    decode_upward,
    depth_of,
    encode,
)
from telehealth_widget.protocol.errors import SENTENCES, CommandRefused, ErrorCode
from telehealth_widget.protocol.events import MarkPlaced, PersonReady, Record
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.protocol.measurements import Figures, Stretch

EXAMPLES: list[m.AnyUpward] = [
    m.Hello(page="p", invite="t"),
    m.Do(id=1, command=c.Invite(code="P07")),
    m.TakeSeat(id=2),
    m.GetLink(id=3, person="p_1"),
    m.Signal(to="e", candidates=(m.Candidate(candidate="c", sdp_mid="0", sdp_m_line_index=0),)),
    m.Beat(n=4),
    m.BeginTest(),
    m.SignalTest(description=m.Description("offer", "v=0"), candidates=(m.Candidate("c"),)),
    m.EndTest(),
    m.Measured(voice=(Stretch(900, 200),), quality=Figures(over_ms=10_000, rtt_ms=20.5)),
]


def refuses(data: str | bytes, code: ErrorCode = ErrorCode.MALFORMED) -> None:
    with pytest.raises(CommandRefused) as refused:
        decode_upward(data)
    assert refused.value.code is code
    assert refused.value.message == SENTENCES[code]
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda x: type(x).__name__)
def test_every_message_survives_the_way_there(message: m.AnyUpward) -> None:
    assert decode_upward(encode(message)) == message
    assert decode_upward(encode(message).decode()) == message


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda x: type(x).__name__)
def test_no_message_takes_an_unknown_key(message: m.AnyUpward) -> None:
    raw = json.loads(encode(message))
    refuses(json.dumps({**raw, "role": "provider"}))


@pytest.mark.parametrize("kind", c.AnyCommand.__args__, ids=lambda k: k.__name__)
def test_no_command_takes_an_unknown_key(kind: type[c.Command]) -> None:
    fields = {
        f.encode_name: {
            "muted": True,
            "source": "camera",
            "minutes": 5,
            "report": {"verdict": "good"},
        }.get(f.name, "x")
        for f in msgspec.structs.fields(kind)
        if f.required
    }
    body: dict[str, Any] = {"do": kind.__name__, **fields}
    assert decode_upward(json.dumps({"t": "do", "id": 1, "command": body}))
    refuses(json.dumps({"t": "do", "id": 1, "command": {**body, "actor": "p_1"}}))


@pytest.mark.parametrize("kind", c.SystemCommand.__args__, ids=lambda k: k.__name__)
def test_what_only_the_server_may_do_cannot_be_said(kind: type[c.Command]) -> None:
    refuses(json.dumps({"t": "do", "id": 1, "command": {"do": kind.__name__, "person": "p_1"}}))


@pytest.mark.parametrize(
    "data",
    [
        "",
        "null",
        '"x"',
        "[]",
        "{}",
        '{"t":"nope"}',
        '{"t":"welcome"}',
        '{"n":1}',
        '{"t":"beat"}',
        '{"t":"beat","n":NaN}',
        '{"t":"beat","n":Infinity}',
        '{"t":"beat","n":1e400}',
        '{"t":"beat","n":-1}',
        '{"t":"beat","n":1.5}',
        '{"t":"beat","n":true}',
        '{"t":"beat","n":"1"}',
        '{"t":"beat","n":9007199254740992}',
        '{"t":"beat","n":1} x',
        '{"t":"beat","n":1,}',
        "{'t':'beat','n':1}",
        '\ufeff{"t":"beat","n":1}',
        '{"t":"hello","page":""}',
        '{"t":"hello","page":"' + "p" * 65 + '"}',
        '{"t":"hello","page":"p","invite":""}',
        '{"t":"hello","page":"p","invite":"' + "x" * 1_025 + '"}',
        '{"t":"hello","page":"p","agent":"robot"}',
        '{"t":"do","id":1,"command":{"do":"Invite","code":"a","role":"admin"}}',
        '{"t":"do","id":1,"command":{"do":"Invite","code":"a","valid_ms":999}}',
        '{"t":"do","id":1,"command":{"do":"Admit","person":""}}',
        '{"t":"do","id":1,"command":{"do":"Admit","person":"' + "p" * 41 + '"}}',
        '{"t":"do","id":1,"command":{"do":"Decline","person":"p","reason":"' + "x" * 501 + '"}}',
        '{"t":"do","id":1,"command":{"do":"SayWhen"}}',
        '{"t":"do","id":1,"command":{"do":"SayWhen","minutes":1.5}}',
        '{"t":"do","id":1,"command":{"do":"SayWhen","minutes":true}}',
        '{"t":"signal","to":"e","description":{"type":"offer","sdp":"' + "x" * 32_769 + '"}}',
        '{"t":"signal","to":"e","candidates":[' + ",".join(['{"candidate":"c"}'] * 33) + "]}",
        '{"t":"signal","to":"e","candidates":[{"candidate":"' + "x" * 2_049 + '"}]}',
        '{"t":"signal","to":"e","candidates":[{"candidate":"c","sdpMLineIndex":1025}]}',
    ],
)
def test_what_is_not_a_message_is_malformed(data: str) -> None:
    refuses(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"\x00",
        b'{"t":"do","id":1,"command":{"do":"SetName","name":"\xff"}}',
        b'{"t":"do","id":1,"command":{"do":"SetName","name":"\xc0\x80"}}',
        b'{"t":"do","id":1,"command":{"do":"SetName","name":"\xed\xa0\x80"}}',
        '{"t":"do","id":1,"command":{"do":"SetName","name":"\ud800"}}',
        '{"t":"do","id":1,"command":{"do":"SetName","name":"\\ud800"}}',
        '{"t":"do","id":1,"command":{"do":"SetName","name":"\\udc00\\ud800"}}',
    ],
)
def test_bad_utf_8_and_lone_surrogates_are_malformed(data: str | bytes) -> None:
    refuses(data)


def test_of_doubled_keys_the_last_counts() -> None:
    assert decode_upward('{"t":"beat","n":1,"n":2}') == m.Beat(n=2)


def test_a_message_of_64_kib_is_read_and_one_byte_more_is_too_large() -> None:
    fits = b'{"t":"beat","n":1' + b" " * (limits.MAX_MESSAGE_BYTES - 18) + b"}"
    assert len(fits) == 65_536
    assert decode_upward(fits) == m.Beat(n=1)
    refuses(fits + b" ", ErrorCode.TOO_LARGE)


def test_size_is_counted_in_bytes_not_characters() -> None:
    refuses("é" * (limits.MAX_MESSAGE_BYTES // 2 + 1), ErrorCode.TOO_LARGE)


@pytest.mark.parametrize("deep", [9, 100, 30_000])
def test_what_nests_deeper_than_eight_is_malformed(deep: int) -> None:
    refuses('{"t":"beat","n":' + "[" * (deep - 1) + "]" * (deep - 1) + "}")
    refuses("[" * deep)
    refuses('{"a":' * (deep if deep < 10_000 else 100))


def test_brackets_within_a_text_do_not_nest() -> None:
    text = r"[{[{[{[{[{[{ \" [[[ \\"
    sent = m.Do(id=1, command=c.SendChat(to="staff", text=text))
    assert decode_upward(encode(sent)) == sent
    assert depth_of(encode(sent)) == 2


@pytest.mark.parametrize(
    ("text", "depth"),
    [(b"", 0), (b"1", 0), (b"{}", 1), (b"[[]]", 2), (b'"[["', 0), (b'["\\"[[["]', 1), (b"]]]", 0)],
)
def test_depth_counts_brackets_outside_of_strings(text: bytes, depth: int) -> None:
    assert depth_of(text) == depth


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    try:
        decode_upward(data)
    except CommandRefused as refused:
        assert refused.code in (ErrorCode.MALFORMED, ErrorCode.TOO_LARGE)  # noqa: PT017


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(EXAMPLES),
    st.dictionaries(st.sampled_from(["t", "id", "command", "page", "n", "to", "candidates"]), JSON),
)
def test_any_damage_to_a_message_is_a_message_or_refused(
    example: m.AnyUpward, damage: dict[str, Any]
) -> None:
    raw = json.dumps({**json.loads(encode(example)), **damage})
    try:
        decode_upward(raw)
    except CommandRefused as refused:
        assert refused.code is ErrorCode.MALFORMED  # noqa: PT017


def test_a_refusal_never_quotes_what_was_sent() -> None:
    with pytest.raises(CommandRefused) as refused:
        decode_upward('{"t":"hello","page":"p","zebra-canary":1}')
    assert "zebra" not in repr(refused.value) + str(refused.value)


def test_records_and_events_survive_the_way_to_the_disk() -> None:
    record = Record(
        "s", 1, 2, 3, "p_1", Via.PAGE, PersonReady("p_1", camera=True, microphone=False)
    )
    assert decode_record(encode(record)) == record
    mark = MarkPlaced(label="cue", note=None)
    assert decode_event(encode(mark)) == mark
    with pytest.raises(msgspec.DecodeError):
        decode_event(b'{"event":"Nothing"}')


def test_a_downward_message_of_another_version_is_an_error() -> None:
    assert decode_downward(encode(m.Beaten(n=1, now_ms=2))) == m.Beaten(n=1, now_ms=2)
    with pytest.raises(msgspec.DecodeError):
        decode_downward('{"t":"nothing"}')

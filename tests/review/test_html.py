"""The offline page: closed by its policy, whole, and small."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from random import Random

import pytest

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Role, Source
from telehealth_widget.protocol.measurements import QualityMeasured, Span, VoiceMeasured
from telehealth_widget.review.html import page, to_html
from telehealth_widget.review.record import SessionRecord
from telehealth_widget.review.scene import scene

from .conftest import made_of

MAX_BYTES = 500 * 1024
MINUTES = 50


def three_people() -> SessionRecord:
    """A lively session of 50 minutes: three voices, quality every ten seconds, 200 acts, 60 messages."""
    dice = Random(1)
    end_ms = MINUTES * 60_000
    people = ("p_t", "p_c", "p_d")
    acts: list[tuple[int, e.AnyBody]] = [
        (1, e.PersonInvited("p_d", "P08", Role.CLIENT, None, None, 10**13, False)),
        (9_000, e.SessionStarted()),
    ]
    for person in people:
        acts.append((10_000, e.PersonAdmitted(person)))
        for at in range(20_000, end_ms, 10_000):
            acts.append((at, QualityMeasured(person, Span(at - 10_000, at), dice.uniform(20, 500))))
            starts = sorted(dice.randint(at - 10_000, at - 2_000) for _ in range(3))
            spans = tuple(Span(x, x + dice.randint(200, 1_900)) for x in starts)
            acts.append((at, VoiceMeasured(person, spans)))
    for _ in range(200):
        kind = dice.choice((e.MediaMuted, e.MediaUnmuted))
        at = dice.randint(10_000, end_ms)
        acts.append((at, kind(dice.choice(people), dice.choice(list(Source)))))
    for n in range(60):
        at = dice.randint(10_000, end_ms)
        acts.append((at, e.ChatSent(dice.choice(people), f"m{n}", "everyone", 80)))
    return made_of(*sorted(acts, key=lambda act: act[0]), end_ms=end_ms)


def test_fifty_minutes_of_three_people_stay_under_the_limit(tmp_path: Path) -> None:
    written = to_html(scene(three_people()), tmp_path / "p.html")
    assert MAX_BYTES / 4 < written.stat().st_size <= MAX_BYTES


def test_only_its_own_script_and_style_count() -> None:
    text = page(scene(made_of()))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    for element, rule in (('script type="module"', "script-src"), ("style", "style-src")):
        (inside,) = re.findall(f"<{element}>(.*?)</{element.split()[0]}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert rules["default-src"] == "'none'"
    assert set(rules) == {
        "default-src",
        "script-src",
        "style-src",
        "img-src",
        "base-uri",
        "form-action",
        "require-trusted-types-for",
    }
    assert "unsafe" not in policy[1]


def test_the_file_points_nowhere() -> None:
    text = page(scene(made_of()))
    hosts = set(re.findall(r"(?:https?|wss?)://([\w-]+(?:\.[\w-]+)+)", text))
    assert hosts <= {"www.w3.org"}
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?!data:,)", text)


def test_no_text_of_a_record_ends_its_element() -> None:
    hostile = "</script><script>bad()</script><!-- ]]>"
    record = made_of((1_000, e.MarkPlaced(hostile, None)))
    text = page(scene(record))
    (inside,) = re.findall(r'id="record">(.*?)</script>', text, re.DOTALL)
    (mark,) = (x for x in json.loads(inside)["events"] if x["event"] == "MarkPlaced")
    assert mark["details"]["label"] == hostile
    assert text.count("<script") == 2


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(TelehealthError, match="cannot be written") as caught:
        to_html(scene(made_of()), tmp_path / "missing" / "p.html")
    assert caught.value.code is ErrorCode.BAD_OPTION

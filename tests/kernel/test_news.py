"""Each record once and in order, whatever was told, read, or both."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from telehealth_widget.kernel.news import News, records_after
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.codec import encode
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.protocol.messages import Recorded


def record(n: int, body: Any = None, *, at_ms: int = 100) -> e.Record:
    made = body or e.MarkPlaced(label=f"m{n}", note=None)
    return e.Record("s", n, t_ms=n, at_ms=at_ms, actor="p_1", via=Via.KERNEL, body=made)


def numbers(told: list[Recorded]) -> list[int]:
    return [message.record.n for message in told]


def told(news: News, *ns: int) -> list[int]:
    return [n for x in ns for n in numbers(news.take(Recorded(record(x))))]


def test_what_comes_is_told_at_once_and_once() -> None:
    news = News()
    assert told(news, 3, 4, 4, 3, 5) == [3, 4, 5]
    assert news.last == 5


def test_what_was_missed_goes_ahead_of_what_was_kept_back() -> None:
    news = News()
    assert told(news, 3) == [3]
    news.hold()
    assert told(news, 6, 7) == []
    assert numbers(news.caught_up([record(n) for n in range(1, 7)])) == [4, 5, 6, 7]
    assert told(news, 7, 8) == [8]


def test_what_is_kept_back_outlasts_a_second_loss_of_the_link() -> None:
    news = News()
    told(news, 1)
    news.hold()
    unrecorded = Recorded(record(0, e.PersonRemoved("p_1", None)), recorded=False)
    assert news.take(unrecorded) == []
    news.hold()
    assert news.caught_up([record(2)]) == [Recorded(record(2)), unrecorded]


def test_an_act_that_was_recorded_by_the_time_the_record_is_read_is_told_once() -> None:
    news = News()
    told(news, 1)
    news.hold()
    act = e.PersonRemoved("p_1", None)
    early = e.Record("s", 0, t_ms=2, at_ms=100, actor="p_1", via=Via.KERNEL, body=act)
    assert news.take(Recorded(early, recorded=False)) == []
    late = e.Record("s", 2, t_ms=2, at_ms=100, actor="p_1", via=Via.KERNEL, body=act)
    assert news.caught_up([late]) == [Recorded(late)]
    assert news.take(Recorded(late)) == []


def test_where_nothing_was_told_yet_only_what_came_after_the_first_welcome_is_news() -> None:
    news = News()
    news.begin(100)
    news.hold()
    missed = [record(1, at_ms=99), record(2, at_ms=100), record(3, at_ms=101)]
    assert numbers(news.caught_up(missed)) == [3]
    assert numbers(News().caught_up([])) == []


@pytest.mark.parametrize("reason", ["plain", e.Sealed("row", "00")])
def test_an_act_told_before_it_was_recorded_is_told_once(reason: e.Personal) -> None:
    news = News()
    early = e.PersonRemoved("p_2", "plain")
    assert len(news.take(Recorded(record(7, early), recorded=False))) == 1
    assert news.last is None
    assert news.take(Recorded(record(7, e.PersonRemoved("p_2", reason)))) == []
    assert told(news, 8) == [8]


def test_two_acts_alike_are_two() -> None:
    news = News()
    early = Recorded(record(0, e.PersonRemoved("p_2", None)), recorded=False)
    assert len(news.take(early) + news.take(early)) == 2
    later = [msgspec.structs.replace(early.record, n=n) for n in (1, 2, 3)]
    assert numbers(news.caught_up(later)) == [3]


def test_the_records_of_an_export_after_a_number_are_read_without_its_signed_end() -> None:
    lines = [b'{"record":%s,"hash":"00"}' % encode(record(n)) for n in (1, 2, 3)]
    odd = b'{"record":{"n":4,"body":{"event":"OfTomorrow"}},"hash":"00"}'
    export = b"\n".join((*lines, odd, b'{"head":{"n":4},"key":"","signature":""}')) + b"\n"
    assert records_after(export, 1) == [record(2), record(3)]
    assert records_after(export, 4) == []
    assert records_after(b"", 0) == []


def test_a_line_that_no_text_fits_is_left_out() -> None:
    good = encode({"record": msgspec.Raw(encode(record(1)))})
    assert [x.n for x in records_after(b'{"record": "\xff"}\n' + good, 0)] == [1]

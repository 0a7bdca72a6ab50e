"""The record that a real session of real pages leaves: what it measured, and that its replay is what was seen."""

from __future__ import annotations

import random
import re
from bisect import bisect_left, bisect_right
from typing import Any

import msgspec
import pytest
from playwright.sync_api import expect

from telehealth_widget.core.outbox import View
from telehealth_widget.link.rows import Rows
from telehealth_widget.protocol import codec
from telehealth_widget.protocol.measurements import QualityMeasured
from telehealth_widget.protocol.messages import Change, Snapshot
from telehealth_widget.review.loading import load_jsonl
from telehealth_widget.review.measures import Measures
from telehealth_widget.review.record import SessionRecord, provider_view

from .conftest import Client, House, Provider, expect_media
from .lab import until
from .test_session_room import choose

pytestmark = pytest.mark.browser

MOMENTS = 200
UNDER_WAY_MS = 5_000
"""How long after a record its change may be under way to the page."""

OVERHEAR = """
(() => {
  const Real = window.WebSocket;
  window.__told = [];
  window.WebSocket = class extends Real {
    constructor(...args) {
      super(...args);
      if (!String(args[0]).includes("/telehealth")) return;
      this.addEventListener("message", (event) => window.__told.push([Date.now(), event.data]));
    }
  };
})()
"""
"""Keeps what the server told the provider's page, and when."""


def less_ephemera(rows: Any) -> dict[str, Any]:
    """Who can be signalled just now is no part of a record; names are sealed in an exported one."""
    return {
        key: msgspec.structs.replace(row, link=None, in_call=False, name=None, reason=None)
        for key, row in rows.items()
    }


def act(provider: Provider, ana: Client) -> Client:
    """Something of everything that a session consists of. Returns the client who came second."""
    ben = Client(ana.context, provider.invite("P08"))
    ben.get_ready("Ben")
    room = provider.room
    provider.run("session.decline('P08', reason='Not today')")
    expect(ben.page.get_by_text("Not today")).to_be_visible()
    choose(room, "Ana", "Mute")
    expect(ana.tray.get_by_role("button", name="Unmute")).to_be_visible()
    choose(room, "Ana", "Ask to unmute")
    ana.page.get_by_role("alertdialog").get_by_role("button", name="Unmute").click()
    provider.run("session.mark('rupture', note='a pause')")
    ana.tray.get_by_role("button", name="Stop video").click()
    expect(provider.tile("Ana").locator("video")).to_have_count(0)
    ana.tray.get_by_role("button", name="Start video").click()
    choose(room, "Ana", "Pause")
    expect(ana.page.get_by_role("status").filter(has_text="has paused")).to_be_visible()
    provider.open_attendees()
    room.get_by_role("button", name="Resume Ana").click()
    ana.expect_in_session()
    provider.close_panels()
    ana.page.reload()
    ana.expect_in_session()
    expect_media(provider.page, "she is back after the reload")
    return ben


def compare(record: SessionRecord, told: list[tuple[int, str]]) -> None:
    """At random moments the replay holds what the page had been told by then."""
    messages = [(at, codec.decode_downward(text.encode())) for at, text in told]
    views = [(at, one) for at, one in messages if isinstance(one, Snapshot | Change)]
    offset = record.records[0].at_ms - record.records[0].t_ms
    # What held after each record: two of one millisecond may have been told one by one.
    steps = [(t_ms, told_of(provider_view(state))) for _, t_ms, state in record.states()]
    times = [t_ms for t_ms, _ in steps]
    dice = random.Random(7)
    first, last = views[0][0], record.end_ms + offset
    rows = Rows()
    seen: set[str] = set()
    exact = 0
    for moment in sorted(dice.randrange(first, last) for _ in range(MOMENTS)):
        while views and views[0][0] <= moment:
            assert rows.apply(views.pop(0)[1])
        live = rows.session and rows.session.phase, less_ephemera(rows.people)
        t_ms = moment - offset
        now = bisect_right(times, t_ms)
        assert told_of(record.views_at(t_ms)) == steps[now - 1][1], f"sought at {t_ms} ms"
        earliest = bisect_left(times, t_ms - UNDER_WAY_MS) - 1
        late = [view for _, view in steps[max(0, earliest) : now]]
        assert live in late, f"{t_ms} ms: {live}\n\nbut replayed: {late}"
        exact += live == late[-1]
        seen.add(repr(sorted(live[1].items())))
    assert exact > 0.5 * MOMENTS
    assert len(seen) > 10, "the session was lively"


def told_of(view: View) -> tuple[Any, dict[str, Any]]:
    return view.session.phase, less_ephemera(view.people)


def test_a_real_session_replays_as_it_was_seen_and_its_voices_are_measured(house: House) -> None:
    context = house.context()
    context.add_init_script(OVERHEAR)
    provider = house.provider(options=", kind='group'", context=context)
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    provider.join()
    provider.run("session.admit('P07')")
    ana.expect_in_session()
    expect_media(provider.page)
    ben = act(provider, ana)

    # The devices beep: what each page hears of its own microphone becomes part of the record.
    count = "print(len(session.events.to_pandas().query(\"event == '{}'\").person.unique()))"
    for kind in ("VoiceMeasured", "QualityMeasured"):
        until(
            lambda kind=kind: re.search(r"\b2\b", provider.run(count.format(kind))),
            f"{kind} of both people",
            45,
        )
    provider.run("session.end()")
    expect(ana.page.get_by_role("alertdialog", name="Session ended")).to_be_visible()
    provider.run("session.events.to_jsonl('p07.jsonl')")
    record = load_jsonl(house.lab.notebooks / "p07.jsonl")

    codes = record.codes
    assert {codes[x] for x in record.voice} == {"T1", "P07"}
    for spans in record.voice.values():
        assert spans, "the fake microphone beeps"
        assert all(start < stop for start, stop in spans)
    quality = [r.body for r in record.records if isinstance(r.body, QualityMeasured)]
    assert {codes[x.person] for x in quality} == {"T1", "P07"}
    assert all(one.rtt_ms is None or one.rtt_ms < 1_000 for one in quality)
    for person in record.voice:
        theirs = [one for one in quality if one.person == person]
        assert any(one.rtt_ms is not None and (one.kbps_in or 0) > 0 for one in theirs), theirs
    for row in Measures(record).persons():
        if row["person"] in ("T1", "P07"):
            assert row["talk_ms"] > 0, row

    compare(record, provider.page.evaluate("() => window.__told"))
    assert ana.errors == []
    assert ben.errors == []

"""Script, markup, formulae and odd names in every text that anyone sees: shown as text, or refused; never run."""

# ruff: noqa: E501

from __future__ import annotations

import asyncio
import contextlib
import csv
import json
import random
import re
import tempfile
import threading
import unicodedata
from collections.abc import Coroutine
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from telehealth_widget.kernel.event_log import EventLog, Verification
from telehealth_widget.kernel.people import Participant, Roster
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import CommandRefused

from ..browser.conftest import House
from ..browser.lab import chromium, running_lab, until
from ..server.conftest import Knock
from ..soak.card import Line, check_in_ci, line
from .ground import Grounds, faults, run

SEEDS = [
    "<script>window.__xss=N</script>", "<img src=x onerror=window.__xss=N>", "<svg onload=window.__xss=N>",
    '"><img src=x onerror=window.__xss=N>', "'-window.__xss=N-'", "javascript:window.__xss=N",
    "<iframe srcdoc='<script>parent.__xss=N</script>'>", "<a href=javascript:window.__xss=N>N</a>",
    "<details open ontoggle=window.__xss=N>", "</textarea><script>window.__xss=N</script>", "<style>*{display:none}N",
    "{{constructor.constructor('window.__xss=N')()}}", "${window.__xss=N}", "#{7*N}", "<%= N %>", "{% N %}", "__proto__N",
    "=HYPERLINK(\"//e/N\")", "+1+N", "-1-N", "@SUM(N)", "=cmd|'/C calc'!N", "&lt;script&gt;N", "&#60;b&#62;N",
    "<b>N</b>", "<!--N", "]]>N", "\\u003cscript\\u003eN", "%3Cscript%3EN", "`N`", "$$N$$", "**N**", "[N](javascript:N)",
    "<math><mi//xlink:href='data:x,N'>", "data:text/html,N", "N' OR '1'='1", "../../N", "\u0000N", "\u202eN", "\u200bN",
    "<template><script>window.__xss=N</script>", "<base href=//e/N>", "<meta http-equiv=refresh content=0;N>", "\tN", "\rN",
]  # fmt: skip
NAMES = [
    "Ana N", "O'Brien N", "Zoë N", "李雷 N", "محمد N", "Ñandú N", "Ana-María N", "N, PhD", "Ｎ N", "हिन्दी N", "👩‍👩‍👧 N",
    "null N", "undefined N", "NaN N", "true N", "constructor N", "toString N", "Robert'); DROP TABLE N", "a\u0301" * 9 + " N",
]  # fmt: skip


def strings(count: int) -> list[str]:
    """That many different strings."""
    return [SEEDS[n % len(SEEDS)].replace("N", str(n + 1)) for n in range(count)]


def names(count: int) -> list[str]:
    """That many different names, hostile ones among them."""
    every = [*NAMES, *(x for x in SEEDS if len(x) < 58)]
    return [every[n % len(every)].replace("N", str(n + 1), 1) for n in range(count)]


class Tags(HTMLParser):
    """The tags of a piece of HTML, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


async def _through_every_field(texts: list[str], called: list[str]) -> int:
    house = Grounds()
    await house.rooms.start()
    session = await house.open(kind="group", new=True)
    desk = house.desk(session)
    guest = await house.waiting(desk, "P01")
    person = guest.me.id
    speaker = await house.waiting(desk, "P02")
    desk.do(c.Admit(person=speaker.me.id))
    tried = 0

    def same(shown: str | None, sent: str) -> bool:
        lines = sent.replace("\r\n", "\n").replace("\r", "\n").strip()
        return shown == unicodedata.normalize("NFC", lines)

    for text in texts:
        house.clock.now += 20_000
        answer = guest.do(c.SendChat(to="waiting", text=text))
        if isinstance(answer, m.Done):
            assert same(desk.of(m.Chat)[-1].text, text), text
        answer = desk.do(c.SendCaption(person=speaker.me.id, text=text))
        if isinstance(answer, m.Done):
            line = unicodedata.normalize("NFC", " ".join(text.split()))
            assert speaker.of(m.Caption)[-1].text == line, text
        answer = desk.do(c.Decline(person=person, reason=text))
        if isinstance(answer, m.Done):
            assert same(guest.me.reason, text), text
            assert isinstance(desk.do(c.LetWait(person=person)), m.Done)
        for command in (c.Mark(label=text), c.Mark(label="x", note=text), c.Invite(code=text)):
            answer = desk.do(command)
            if isinstance(answer, m.Done) and not isinstance(command, c.Mark):
                assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", text), text
        with contextlib.suppress(CommandRefused):
            opened = await house.open(text, new=True)
            assert same(house.room(opened).state.title, text)  # type: ignore[arg-type]
        tried += 7
        del guest.messages[1:], desk.messages[1:], speaker.messages[1:]
    for name in called:
        house.clock.now += 20_000
        answer = guest.do(c.SetName(name=name))
        if isinstance(answer, m.Done):
            shown = guest.me.name
            assert shown == unicodedata.normalize("NFC", " ".join(name.split()))
            assert not any(unicodedata.category(x) in ("Cc", "Zl", "Zp", "Cs") for x in shown)
        tried += 1
        del guest.messages[1:], desk.messages[1:]
    house.rooms.stop()
    return tried


def _outputs(texts: list[str]) -> int:
    """What the notebook shows and writes, even if such a text came so far."""
    with tempfile.TemporaryDirectory() as folder:
        for text in texts:
            one = Participant("p", text, text, text, text, True, False, None, None, None)
            tags = Tags(Roster([one])._repr_html_())
            assert tags.tags <= {"table", "thead", "tbody", "tr", "th", "td"}, text
            assert not tags.attributes
            bad = Tags(Verification(False, 1, 1, text)._repr_html_())
            assert bad.tags == {"p"}
            body = {"event": "PersonInvited", "person": "p_1", "code": text, "label": text}
            record = {"n": 1, "t_ms": 0, "at_ms": 0, "actor": "p_1", "via": text, "body": body}
            raw = json.dumps({"record": record}).encode()
            log = EventLog(lambda raw=raw: raw, lambda: Verification(True, 1))  # type: ignore[misc]
            path = log.to_csv(Path(folder) / "x.csv")
            with path.open(newline="", encoding="utf-8") as file:
                rows = list(csv.reader(file))
            for cell in rows[1]:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), cell
    return 3 * len(texts)


@line("hostile texts and names through every field and output", ci=800, soak=3_200)
def fields(count: int, seed: int) -> Line:
    """300 strings and 500 names (CI: fewer) through name, chat, reason, label, note, code, title, HTML and CSV."""
    many = 300 if count > 2_000 else 80
    with faults() as seen:
        tried = run(_through_every_field(strings(many), names(many * 5 // 3)), seen)
        tried += _outputs(strings(many))
    return Line(
        tried,
        f"shown as written or refused; {many} strings, {many * 5 // 3} names",
        f"{len(seen.found)} faults",
        ok=not seen.found,
    )


class Crowd:
    """Guests on sockets of their own, driven from a thread beside the browser."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.knocks: list[Knock] = []

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def come(self, url: str, name: str) -> Knock | None:
        """A guest who waits under this name; None if the name is refused."""
        origin, token = url.split("/join#")
        request = HTTPRequest(
            origin.replace("http", "ws", 1) + "/socket", headers={"Origin": origin}
        )
        knock = Knock(await websocket_connect(request))
        self.knocks.append(knock)
        assert isinstance(await knock.hello(invite=token), m.Welcome)
        if isinstance(await knock.do(c.SetName(name=name)), m.Refused):
            return None
        assert isinstance(await knock.do(c.GetReady()), m.Done)
        return knock

    def close(self) -> None:
        async def shut() -> None:
            for knock in self.knocks:
                knock.socket.close()
                await knock.over()

        self.run(shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


INJECTED = """() => document.querySelectorAll(
  'img[src="x"], iframe[srcdoc], svg[onload], [onerror], [ontoggle], math, base[href], a[href^="javascript"]').length"""


def _clean(page: Page, dialogs: list[str]) -> None:
    assert page.evaluate("() => window.__xss") is None, "a script ran"
    assert page.evaluate(INJECTED) == 0, "markup became elements"
    assert not dialogs


def _texts_of(page: Page, selector: str) -> list[str]:
    return [str(x) for x in page.locator(selector).all_text_contents()]


def _in_pages(many: int) -> int:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_lab(Path(folder)) as lab,
        sync_playwright() as playwright,
    ):
        browser = chromium(playwright)
        house = House(browser, lab)
        provider = house.provider(options=", kind='group'")
        called = names(many)
        dialogs: list[str] = []
        out = provider.run(
            f"import json; print('LINKS', *[session.invite(f'G{{n}}').url for n in range({many})])"
        )
        links = re.findall(r"https?://[^\"\\ ]+#[\w-]+", out)
        assert len(links) == many, f"{len(links)} links: {out[-600:]}"
        ana = house.client(provider.invite("P07"))
        for page in (provider.page, ana.page):
            page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        ana.get_ready("Ana")
        crowd = Crowd()
        try:
            guests = [
                crowd.run(crowd.come(url, name)) for url, name in zip(links, called, strict=True)
            ]
            shown = [n for n, guest in zip(called, guests, strict=True) if guest is not None]
            assert len(shown) > many // 2
            provider.join()
            provider.open_attendees()
            for name in shown:
                clean = unicodedata.normalize("NFC", " ".join(name.split()))
                until(lambda clean=clean: clean in provider.room.inner_text(), f"shows {clean!r}")
            senders = [n for n, guest in enumerate(guests) if guest is not None][: many // 25 + 1]
            admitted = ", ".join(f"session.admit('G{n}')" for n in senders)
            provider.run(f"session.admit('P07'), {admitted}")
            ana.expect_in_session()
            provider.room.get_by_role("button", name=re.compile("^Chat")).first.click()
            ana.page.get_by_role("button", name=re.compile("^Chat")).first.click()
            texts = strings(many)

            async def say() -> list[str]:
                said = []
                for n, text in enumerate(texts):
                    guest = guests[senders[n % len(senders)]]
                    assert guest is not None
                    if isinstance(await guest.do(c.SendChat(to="everyone", text=text)), m.Done):
                        said.append(text.strip())
                return said

            said = crowd.run(say())
            assert len(said) > many * 0.8
            for page in (provider.page, ana.page):
                until(
                    lambda page=page: set(said) <= set(_texts_of(page, ".line-text")),
                    "every message is shown as it was written",
                )
                _clean(page, dialogs)
            ben = house.client(provider.invite("P08"))
            ben.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
            ben.get_ready("Ben")
            for at in range(0, len(said), 10):
                reason = " ".join(said[at : at + 10])[:480].strip()
                provider.run(
                    f"session.let_wait('P08') if {at} else None; session.decline('P08', reason={reason!r})"
                )
                words = " ".join(reason.split())
                until(
                    lambda words=words: words in " ".join(ben.page.inner_text("body").split()),
                    "the reason is shown as it was written",
                )
                _clean(ben.page, dialogs)
            title = random.Random(1).sample([x for x in said if "xss" in x], 2)
            provider.run(
                f"from IPython.display import display\nother = Session({' '.join(title)[:110]!r}, new=True)\n"
                "display(other, session.participants, session.waiting, session.events)\nother"
            )
            _clean(provider.page, dialogs)
        finally:
            crowd.close()
            house.close()
            browser.close()
    return 2 * len(said) + len(shown) + (len(said) + 9) // 10


@line("hostile texts and names in JupyterLab and on the guest page", ci=60, soak=700)
def pages(count: int, seed: int) -> Line:
    """Names, chat, decline reasons and a title in real pages."""
    tried = _in_pages(45 if count < 300 else 300)
    return Line(tried, "0 scripts ran, 0 dialogs, all shown as text")


def test_every_text_is_shown_as_written_or_refused() -> None:
    check_in_ci(fields)


@pytest.mark.browser
def test_no_text_of_anyone_becomes_script_or_markup_in_a_real_page() -> None:
    check_in_ci(pages)

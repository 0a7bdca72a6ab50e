"""This kernel's hold on one session: the link, from the first view until the session has ended or is let go of.

Which records are news is in `news`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from telehealth_widget.kernel import background
from telehealth_widget.kernel.discovery import ask_door, socket_request
from telehealth_widget.kernel.news import News, records_after
from telehealth_widget.link.socket import Link, LinkState
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Record, SessionEnded
from telehealth_widget.protocol.kinds import SessionPhase

CONNECT_WITHIN_S = 20.0
LET_GO_WITHIN_S = 5.0
READ_WITHIN_S = 120.0
READ_AGAIN_AFTER_S = (1.0, 4.0, 16.0)
"""Pauses between attempts to read what was missed."""

log = logging.getLogger(__name__)


class Tether:
    """Call `connect` once. `tell` and `over` are called on the background loop and must return quickly."""

    def __init__(
        self,
        session_id: str,
        *,
        tell: Callable[[Record, bool], None],
        over: Callable[[m.Closed], None],
    ) -> None:
        """
        Args:
            tell: hears each record once and in order, and whether it is in the journal. What was recorded while
                the link was down comes once it is back.
            over: hears why nothing will come any more. May be called again, and on another thread.
        """
        self._session_id = session_id
        self.link = Link(
            lambda: socket_request(session_id),
            lambda resume, rows: m.Hello(page=f"kernel-{os.getpid()}"),
            on_message=self._on_message,
            on_state=self._on_state,
        )
        self._tell = tell
        self._over = over
        self._news = News()
        self._catching_up: asyncio.Task[None] | None = None
        self._finishing: asyncio.Task[None] | None = None
        self._first_view: Future[None] = Future()

    @property
    def is_over(self) -> bool:
        """Whether nothing will come any more, and commands are refused."""
        return self.link.closed is not None or self.link.state is LinkState.CLOSED

    def connect(self) -> None:
        """Return once the link is up; from then on it keeps itself up.

        Raises:
            TelehealthError: why the room does not let this kernel in, or TIMED_OUT.
        """
        running = background.submit(self.link.run())
        try:
            self._first_view.result(CONNECT_WITHIN_S)
        except FutureTimeout:
            running.cancel()
            raise TelehealthError(ErrorCode.TIMED_OUT) from None

    def let_go(self, why: m.Closed) -> None:
        """Close the link; later commands are refused with `why`. Not for the background loop itself."""
        self._over(why)
        with contextlib.suppress(TelehealthError):
            background.wait(self.link.close(why), LET_GO_WITHIN_S)

    def _on_state(self, state: LinkState) -> None:
        if state is not LinkState.CLOSED:
            return
        if self._catching_up is not None:
            self._catching_up.cancel()
        late = ErrorCode.TIMED_OUT
        why = self.link.closed or m.Closed(code=late, message=SENTENCES[late])
        if not self._first_view.done():
            self._first_view.set_exception(TelehealthError(why.code, why.message))
        self._over(why)

    def _on_message(self, message: m.AnyDownward) -> None:
        match message:
            case m.Welcome() if not self._first_view.done():
                self._news.begin(message.now_ms)
            case m.Snapshot() if not self._first_view.done():
                self._first_view.set_result(None)
                self._finish_if_ended()
            case m.Snapshot():
                self._news.hold()
                if self._catching_up is not None:
                    self._catching_up.cancel()
                self._catching_up = asyncio.ensure_future(self._catch_up())
            case m.Recorded():
                self._tell_all(self._news.take(message))

    def _tell_all(self, news: list[m.Recorded]) -> None:
        for message in news:
            try:
                self._tell(message.record, message.recorded)
            except Exception:  # what cannot be told must not keep the rest from being told
                log.exception("a record could not be told")
            if isinstance(message.record.body, SessionEnded):
                self._finish_if_ended()

    def _finish_if_ended(self) -> None:
        """After the end nothing more is told: let go of the link, whose rows stay."""
        row = self.link.rows.session
        if row is None or row.phase is not SessionPhase.ENDED or self._finishing is not None:
            return
        ended = ErrorCode.SESSION_ENDED
        why = m.Closed(code=ended, message=SENTENCES[ended])
        self._over(why)
        self._finishing = asyncio.ensure_future(self._finish(why))

    async def _finish(self, why: m.Closed) -> None:
        await self.link.answered()  # the command that ended it among them
        await self.link.close(why)

    async def _catch_up(self) -> None:
        """Read what was recorded while the link was down. If it goes down again, the next snapshot starts anew."""
        loop = asyncio.get_running_loop()
        missed: list[Record] = []
        for pause_s in (*READ_AGAIN_AFTER_S, None):
            try:
                path = f"/sessions/{self._session_id}/records"
                export = await ask_door(path, timeout_s=READ_WITHIN_S)
                last = self._news.last or 0
                missed = await loop.run_in_executor(None, records_after, export, last)
                break
            except TelehealthError as error:
                log.warning("what was missed cannot be read: %s", error.code)
            except Exception:
                log.exception("what was missed cannot be understood")
                break
            if pause_s is not None:
                await asyncio.sleep(pause_s)
        self._tell_all(self._news.caught_up(missed))
        self._finish_if_ended()

"""This kernel's hold on one session: the link, from the first view until the session is over or let go of.

What a record means to a notebook is in `session_event`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from telehealth_widget.kernel import background
from telehealth_widget.kernel.discovery import socket_request
from telehealth_widget.link.socket import Link, LinkState
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.codec import encode
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Record

CONNECT_WITHIN_S = 20.0
LET_GO_WITHIN_S = 5.0


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
            tell: hears each record once, and whether it is in the journal.
            over: hears why nothing will come any more. May be called again, and on another thread.
        """
        self.link = Link(
            lambda: socket_request(session_id),
            lambda resume, rows: m.Hello(page=f"kernel-{os.getpid()}"),
            on_message=self._on_message,
            on_state=self._on_state,
        )
        self._tell = tell
        self._over = over
        self._unrecorded: set[tuple[int, str, bytes]] = set()
        """Acts that were told before they were recorded; told once is enough."""
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
        late = ErrorCode.TIMED_OUT
        why = self.link.closed or m.Closed(code=late, message=SENTENCES[late])
        if not self._first_view.done():
            self._first_view.set_exception(TelehealthError(why.code, why.message))
        self._over(why)

    def _on_message(self, message: m.AnyDownward) -> None:
        if isinstance(message, m.Snapshot) and not self._first_view.done():
            self._first_view.set_result(None)
        if isinstance(message, m.Recorded) and self._is_news(message):
            self._tell(message.record, message.recorded)

    def _is_news(self, message: m.Recorded) -> bool:
        record = message.record
        key = (record.t_ms, record.actor, encode(record.body))
        if message.recorded and key in self._unrecorded:
            self._unrecorded.discard(key)
            return False
        if not message.recorded:
            self._unrecorded.add(key)
        return True

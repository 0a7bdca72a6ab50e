"""A reconnecting WebSocket to a room: hello, resume, rows, commands with answers, beats.

What a message means is the caller's business; which room, and by which door, is in the caller's
`request` and `hello`. No Jupyter, no aiortc, no thread: everything runs on the asyncio loop that
`run` runs on.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable
from enum import StrEnum
from random import Random
from typing import Final

import msgspec
from tornado.httpclient import HTTPRequest

from telehealth_widget.link.rows import Rows
from telehealth_widget.link.verdict import verdict
from telehealth_widget.link.wire import CannotConnect, Wire
from telehealth_widget.protocol.codec import decode_downward, decode_upward, encode
from telehealth_widget.protocol.commands import AnyCommand
from telehealth_widget.protocol.errors import SENTENCES, CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.limits import COMMANDS_PER_S
from telehealth_widget.protocol.messages import (
    AnyDownward,
    AnyUpward,
    Beat,
    Beaten,
    Change,
    Closed,
    Do,
    Done,
    Hello,
    Refused,
    Snapshot,
    Welcome,
)

log = logging.getLogger(__name__)

FIRST_BACKOFF_S: Final = 0.25
LONGEST_BACKOFF_S: Final = 8.0
STEADY_AFTER_S: Final = 5.0
"""A connection that lasted this long makes the backoff begin again at its shortest."""

MAYBE_DONE = "The connection was lost before the answer came; it may have taken effect."


class LinkState(StrEnum):
    """Where a link stands."""

    CONNECTING = "connecting"
    UP = "up"
    """Let in; the rows are current, or (resumed) the changes since then are on their way."""
    DOWN = "down"
    """Waiting before the next attempt."""
    CLOSED = "closed"
    """For good."""


class Link:
    """One connection to a room that comes back by itself.

    Start `run()` in a task, and end it with `close()`; until then it reconnects with exponential
    backoff and full jitter (0.25–8 s). All methods must be called on the loop that runs it.
    `on_message` and `on_state` are called on that loop and must return quickly; they may call any
    method, but not wait for it.
    """

    def __init__(
        self,
        request: Callable[[], HTTPRequest],
        hello: Callable[[str | None, Rows], Hello],
        *,
        on_message: Callable[[AnyDownward], None],
        on_state: Callable[[LinkState], None] = lambda state: None,
        beat_interval_ms: int = 10_000,
        first_message: Callable[[], bytes] | None = None,
        random: Random | None = None,
    ) -> None:
        """
        Args:
            request: makes the request of each attempt (a `ws:` or `wss:` URL, headers, TLS
                settings).
            hello: makes the `Hello` of each attempt from the resume token at hand (None: none) and
                the rows held so far. The link never keeps or logs what it returns.
            on_message: sees every message but `Beaten` and the answers to `command` and `ask`;
                `rows` has already taken in a `Snapshot` or `Change`.
            on_state: sees every change of `state`.
            beat_interval_ms: how often `Beat` is sent; two intervals without any message mean a
                dead socket.
            first_message: makes a message to send ahead of `Hello`, where the door asks for one.
            random: source of the jitter.
        """
        self.rows = Rows()
        """What this view was given; kept while the link is down."""
        self.state = LinkState.DOWN
        self.last_failure: str | None = None
        """Why the last attempt or connection failed, in a few words without tokens or names."""
        self.closed: Closed | None = None
        """Once it is over for good: the room's last word, or what `close` was given. Whoever asks is told."""
        self._request = request
        self._hello = hello
        self._on_message = on_message
        self._on_state = on_state
        self._beat_interval_s = beat_interval_ms / 1000
        self._first_message = first_message
        self._random = random or Random()
        self._resume: str | None = None
        self._resume_sent = False
        """Whether `_resume` went out with a hello that was not answered by `Welcome` (yet)."""
        self._wire: Wire | None = None
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Done]] = {}
        self._up = asyncio.Event()
        self._closing = asyncio.Event()
        self._runner: asyncio.Task[object] | None = None
        self._ended = asyncio.Event()
        self._heard_s = 0.0
        self._steady_since: float | None = None

    async def run(self) -> Closed | None:
        """Keep the connection until `close()` (then None) or until the room closes it for good.

        Returns:
            The room's last word, when it is final: its close code was SEAT_TAKEN, REFUSED or
            MALFORMED.
        """
        if self._runner is not None:
            raise RuntimeError("run() was called before; make a new Link")
        self._runner = asyncio.current_task()
        attempt = 0
        forgiven = False
        try:
            while not self._closing.is_set():
                self._set(LinkState.CONNECTING)
                closed = await self._connection()
                if self._closing.is_set():
                    break
                if self._steady_since is not None:
                    lasted_s = asyncio.get_running_loop().time() - self._steady_since
                    attempt = 0 if lasted_s >= STEADY_AFTER_S else attempt
                    forgiven = False
                if closed is not None:
                    if closed.code is not ErrorCode.RESUME_UNKNOWN or forgiven:
                        self.closed = self.closed or closed
                        return closed
                    forgiven = True  # the server forgot us: come in by the front door, once
                    self._resume, self._resume_sent = None, False
                self._set(LinkState.DOWN)
                longest_s = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2**attempt)
                attempt = min(attempt + 1, 16)
                await self._pause(self._random.uniform(0, longest_s))
            return None
        finally:
            self._set(LinkState.CLOSED)
            self._fail_answers(SENTENCES[ErrorCode.TIMED_OUT])
            self._up.set()  # whoever waits to send learns that nobody will
            self._ended.set()

    async def command(self, command: AnyCommand, timeout_s: float = 15) -> Done:
        """Give a command, and return once it took effect; waits for the link to be up first.

        Raises:
            CommandRefused: the room refused it, with the candidates that would have fitted, if any; or it
                closed the link for good, then at once and with that reason.
            TelehealthError: TIMED_OUT. If the command was sent, it may have taken effect.
        """
        return await self.ask(lambda number: Do(id=number, command=command), timeout_s)

    async def ask(self, make: Callable[[int], AnyUpward], timeout_s: float = 15) -> Done:
        """Like `command`, for any message that is answered by its number (`TakeSeat`, `GetLink`).

        What the room refuses for coming too fast is said again at the pace that it allows: a loop over
        three hundred invitations is slow, not an error.

        Args:
            make: makes the message from the number that its answer will carry.
            timeout_s: for all of it, s.
        """
        deadline = asyncio.get_running_loop().time() + timeout_s
        while True:
            try:
                return await self._ask_once(make, deadline)
            except CommandRefused as refused:
                pause_s = 1 / COMMANDS_PER_S
                late = asyncio.get_running_loop().time() + pause_s > deadline
                if refused.code is not ErrorCode.TOO_MANY or late or self.closed is not None:
                    raise
                await asyncio.sleep(pause_s)

    async def _ask_once(self, make: Callable[[int], AnyUpward], deadline: float) -> Done:
        try:
            async with asyncio.timeout_at(deadline):
                await self._up.wait()
        except TimeoutError:
            raise TelehealthError(ErrorCode.TIMED_OUT) from None
        if self.closed is not None:
            raise CommandRefused(self.closed.code, self.closed.message)
        if self._wire is None:
            raise TelehealthError(ErrorCode.TIMED_OUT)
        number = next(self._numbers)
        raw = _encoded(make(number))
        answer: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            self._wire.send(raw)
            async with asyncio.timeout_at(deadline):
                return await answer
        except TimeoutError:
            raise TelehealthError(ErrorCode.TIMED_OUT, MAYBE_DONE) from None
        finally:
            self._answers.pop(number, None)

    async def answered(self) -> None:
        """Return once no command is without its answer."""
        while self._answers:
            await asyncio.wait(list(self._answers.values()))

    def send(self, message: AnyUpward) -> None:
        """Send a message that needs no answer. Dropped when the link is down."""
        if self._wire is not None and self.state is LinkState.UP:
            self._wire.send(encode(message))

    async def close(self, why: Closed | None = None) -> None:
        """End the link; returns once its socket is closed. May be called twice, also before
        `run`.

        Args:
            why: what later commands are refused with; the room's own last word goes before it.
        """
        self.closed = self.closed or why
        self._closing.set()
        self._up.set()
        if self._wire is not None:
            self._wire.close()
        if self._runner is not None and self._runner is not asyncio.current_task():
            await self._ended.wait()

    # -- one connection ----------------------------------------------------------------------------

    async def _connection(self) -> Closed | None:
        """One attempt, to its end. A `Closed` is final (or RESUME_UNKNOWN); None means: try
        again.
        """
        self._steady_since = None
        try:
            wire = await Wire.connect(self._request(), until=self._closing)
        except CannotConnect as failure:
            self._note(str(failure))
            return None
        except TelehealthError as failure:
            self._note(failure.code.value)  # no server just now: it may be restarting
            return None
        if wire is None:
            return None
        now_s = asyncio.get_running_loop().time
        self._heard_s = now_s()
        beats = asyncio.create_task(self._beat(wire))
        farewell: Closed | None = None
        spent = False
        self._wire = wire
        try:
            if self._first_message is not None:
                wire.send(self._first_message())
            hello = self._hello(self._resume, self.rows)
            spent, self._resume_sent = self._resume_sent, self._resume is not None
            resumed_epoch = hello.epoch if hello.seq is not None else None
            wire.send(encode(hello))
            while (raw := await wire.read()) is not None:
                self._heard_s = now_s()
                try:
                    message = decode_downward(raw)
                except msgspec.DecodeError:
                    self._note("a message of another version")
                    break
                if isinstance(message, Closed):
                    farewell = message
                elif not self._take(message, resumed_epoch):
                    self._note("a gap in the messages")
                    break
        finally:
            self._wire = None
            self._up.clear()
            beats.cancel()
            await asyncio.gather(beats, return_exceptions=True)
            close_code = await wire.shut()
            self._fail_answers(MAYBE_DONE)
        if farewell is not None:
            self._note(farewell.code.value)
            if farewell.code is ErrorCode.RESUME_REUSED and spent:
                # We used that token ourselves: the connection went before the answer came.
                return Closed(code=ErrorCode.RESUME_UNKNOWN, message=farewell.message)
        return verdict(farewell, close_code)

    def _take(self, message: AnyDownward, resumed_epoch: str | None) -> bool:
        """Take one message in. False: a gap, start over."""
        if isinstance(message, Beaten):
            return True
        if isinstance(message, Done | Refused) and self._answer(message):
            return True
        if isinstance(message, Welcome):
            self._resume, self._resume_sent = message.resume, False
            if message.epoch == resumed_epoch:
                self._arrive()
        elif isinstance(message, Snapshot | Change):
            if not self.rows.apply(message):
                return False
            self._arrive()
        try:
            self._on_message(message)
        except Exception as error:
            # Its text could quote a message, so only its kind is logged.
            log.error("on_message failed: %s", type(error).__name__)
        return True

    def _answer(self, message: Done | Refused) -> bool:
        answer = self._answers.pop(message.id, None)
        if answer is None:
            return False
        if answer.done():
            return True
        if isinstance(message, Done):
            answer.set_result(message)
        else:
            answer.set_exception(CommandRefused(message.code, message.message, message.candidates))
        return True

    def _arrive(self) -> None:
        if self.state is not LinkState.UP and not self._closing.is_set():
            self._steady_since = asyncio.get_running_loop().time()
            self.last_failure = None
            self._set(LinkState.UP)
            self._up.set()

    async def _beat(self, wire: Wire) -> None:
        now_s = asyncio.get_running_loop().time
        for n in itertools.count(1):
            await asyncio.sleep(self._beat_interval_s)
            if now_s() - self._heard_s > 1.9 * self._beat_interval_s:
                self._note("silence")
                wire.cut()
                return
            wire.send(encode(Beat(n=n)))

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            pass

    def _fail_answers(self, sentence: str) -> None:
        answers, self._answers = self._answers, {}
        for answer in answers.values():
            if not answer.done():
                answer.set_exception(TelehealthError(ErrorCode.TIMED_OUT, sentence))

    def _note(self, failure: str) -> None:
        self.last_failure = failure
        log.debug("link: %s", failure)

    def _set(self, state: LinkState) -> None:
        if state is self.state:
            return
        self.state = state
        log.debug("link %s", state)
        try:
            self._on_state(state)
        except Exception as error:
            log.error("on_state failed: %s", type(error).__name__)


def _encoded(message: AnyUpward) -> bytes:
    """The bytes of a message. A room closes the socket for good on one that its schema does not take.

    Raises:
        CommandRefused: TOO_LARGE or MALFORMED.
    """
    code = ErrorCode.MALFORMED
    try:
        raw = encode(message)
        decode_upward(raw)
        return raw
    except CommandRefused as refused:
        code = refused.code
    except (TypeError, ValueError, OverflowError):  # no JSON: half a character, an odd type
        pass
    raise CommandRefused(
        code, "That cannot be sent: a text is too long or a number is out of range."
    )

"""What a simulated client does in a session, on one asyncio loop: the waiting room, then the call.

It speaks the same protocol over the same socket as a join page, with the same rights. Threads, and
how long it lives, are the business of `simulated`; how it looks and sounds that of `synthetic`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from tornado.httpclient import HTTPRequest

from telehealth_widget.link.rows import Rows
from telehealth_widget.link.socket import Link, LinkState
from telehealth_widget.media import measuring
from telehealth_widget.media.door import Door
from telehealth_widget.media.peer import Peer
from telehealth_widget.media.script import Script
from telehealth_widget.media.sharing import Shared
from telehealth_widget.media.synthetic import SyntheticCamera, SyntheticVoice
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import PRESENT_PHASES, Agent, Phase, SessionPhase, Source
from telehealth_widget.protocol.messages import (
    AnyDownward,
    AnyUpward,
    Description,
    Do,
    Hello,
    Ice,
    Signal,
    Signaled,
    TakeSeat,
)
from telehealth_widget.protocol.views import LinkRow, PersonRow

log = logging.getLogger(__name__)

LEAVE_WITHIN_S: Final = 1.0
AGAIN_AFTER_S: Final = 1.0
_EARLY_SIGNALS: Final = 64
_PASSING = frozenset({ErrorCode.TOO_MANY, ErrorCode.JOURNAL_UNAVAILABLE, ErrorCode.SERVER_STOPPING})
"""Refusals that may be different in a moment."""

Endpoints = tuple[str | None, str]
"""One's own endpoint and the other's: a pair that is connected."""


@dataclass(frozen=True)
class PeerStatus:
    """A connection to another seat, as it was when asked."""

    person: str
    """Id of the other person."""
    state: str
    """`new`, `connecting`, `connected`, `failed` or `closed`."""
    video_frames: int
    """Decoded pictures so far."""
    audio_frames: int
    """Decoded sound frames so far."""
    audio_level_peak: float
    """Largest sample so far, 0…1 of full scale."""


class Guest:
    """Goes through a session as its script says. Make and run it on one loop; it runs once."""

    def __init__(
        self,
        door: Door,
        *,
        code: str,
        name: str,
        seed: str | None,
        script: Script,
        on_phase: Callable[[Phase], None],
    ) -> None:
        self.trouble: str | None = None
        """Why it cannot go on, or ended, in words."""
        self._door = door
        self._code = code
        self._name = name
        self._seed = seed
        self._script = script
        self._on_phase = on_phase
        self._page = secrets.token_urlsafe(12)
        self._link = Link(self._request, self._hello, on_message=self._take, on_state=self._state)
        self._ice: Ice | None = None
        self._phase: Phase | None = None
        self._phase_since_s = 0.0
        self._asked: set[object] = set()
        self._named = False
        self._leave_at_s: float | None = None
        self._answer_at_s: dict[Source, float] = {}
        self._peers: dict[Endpoints, tuple[str, Peer]] = {}
        self._early: list[Signaled] = []
        self._voice: SyntheticVoice | None = None
        self._camera: SyntheticCamera | None = None
        self._telling: asyncio.Task[None] | None = None
        self._shared: list[Shared] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._endings: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()

    @property
    def peers(self) -> tuple[PeerStatus, ...]:
        """The connections just now. May be read from any thread."""
        return tuple(
            PeerStatus(person, p.state, p.video_frames, p.audio_frames, p.audio_level_peak)
            for person, p in list(self._peers.values())
        )

    async def run(self) -> None:
        """Take part until it is over: `leave()`, the session's end, or a link that is refused."""
        running = asyncio.create_task(self._link.run())
        over = asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait({running, over}, return_when=asyncio.FIRST_COMPLETED)
            closed = running.result() if running.done() else None
            if closed is not None:
                self.trouble = closed.message
        finally:
            self._over.set()
            for task in [over, *self._tasks]:
                task.cancel()
            await asyncio.gather(over, *self._tasks, return_exceptions=True)
            await self._link.close()
            await asyncio.gather(running, return_exceptions=True)
            leaving = [peer for _, peer in self._peers.values()]
            self._peers.clear()
            self._end(leaving, self._put_away())
            await asyncio.gather(*self._endings, return_exceptions=True)

    def leave(self) -> None:
        """Leave the session and be done. Returns at once."""
        if "leave" not in self._asked:
            self._asked.add("leave")
            self._spawn(self._leave())

    async def _leave(self) -> None:
        if self._link.state is LinkState.UP and self._phase in PRESENT_PHASES:
            try:
                await self._link.command(c.Leave(), timeout_s=LEAVE_WITHIN_S)
                self._enter(Phase.LEFT)
            except TelehealthError as error:
                log.debug("leave: %s", error.code)
        self._over.set()

    # -- link --------------------------------------------------------------------------------------

    def _request(self) -> HTTPRequest:
        return HTTPRequest(self._door.socket_url, headers={"Origin": self._door.origin})

    def _hello(self, resume: str | None, rows: Rows) -> Hello:
        return Hello(
            page=self._page,
            invite=None if resume else self._door.token,
            resume=resume,
            seat=rows.you is not None and rows.you.seat == "here",
            agent=Agent.PYTHON,
            epoch=rows.epoch,
            seq=rows.seq,
        )

    def _state(self, state: LinkState) -> None:
        if state is LinkState.UP:
            self._asked &= {"leave"}  # what was asked for may have got lost
            self._react()

    def _take(self, message: AnyDownward) -> None:
        if isinstance(message, Signaled):
            self._signal_came(message)
            return
        if isinstance(message, Ice):
            self._ice = message
            for _, peer in self._peers.values():
                peer.ice = message
        self._react()

    def _ask(self, key: object, command: c.AnyCommand | None, then: str | None = None) -> None:
        """Give a command once a phase; again after a while if it got lost."""
        if key not in self._asked and self._link.state is LinkState.UP:
            self._asked.add(key)
            self._spawn(self._do(key, command, then))

    async def _do(self, key: object, command: c.AnyCommand | None, then: str | None) -> None:
        def make(number: int) -> AnyUpward:
            return Do(id=number, command=command) if command else TakeSeat(id=number)

        try:
            await self._link.ask(make)
            if isinstance(command, c.SetName):
                self._named = True
            self.trouble = None
        except CommandRefused as error:
            self.trouble = error.message
            log.info("simulated client: %s was refused (%s)", type(command).__name__, error.code)
            if isinstance(command, c.SetName) and self._name != f"Simulated {self._code}":
                self._name = f"Simulated {self._code}"
                self._asked.discard(key)
            elif error.code in _PASSING:
                await asyncio.sleep(AGAIN_AFTER_S)
                self._asked.discard(key)
        except TelehealthError as error:
            self.trouble = error.message
            await asyncio.sleep(AGAIN_AFTER_S)
            self._asked.discard(key)
        self._react()

    # -- behaviour ---------------------------------------------------------------------------------

    def _enter(self, phase: Phase) -> None:
        if phase is not self._phase:
            self._phase = phase
            self._phase_since_s = asyncio.get_running_loop().time()
            self._asked &= {"leave"}
            log.debug("simulated client: %s", phase)
            self._on_phase(phase)

    def _react(self) -> None:
        """Do what the rows call for. May be called at any time; does nothing twice."""
        rows = self._link.rows
        me = rows.me
        if me is None or "leave" in self._asked:
            return
        self._enter(me.phase)
        if rows.session is not None and rows.session.phase is SessionPhase.ENDED:
            self._over.set()
        elif me.phase is Phase.PREPARING:
            self._prepare(me)
        elif me.phase is Phase.ADMITTED:
            self._take_part(me)
        self._connect()
        self._obey(me)

    def _prepare(self, me: PersonRow) -> None:
        if me.name is None and not self._named:
            self._ask("name", c.SetName(name=self._name))
            return
        wait_s = self._phase_since_s + self._script.ready_after_s
        wait_s -= asyncio.get_running_loop().time()
        if wait_s > 0:
            self._later("ready", wait_s)
        else:
            devices = c.GetReady(camera=self._script.camera, microphone=self._script.microphone)
            self._ask("get ready", devices)

    def _take_part(self, me: PersonRow) -> None:
        now_s = asyncio.get_running_loop().time()
        if self._script.leave_after_s is not None:
            if self._leave_at_s is None:
                self._leave_at_s = now_s + self._script.leave_after_s
            if now_s >= self._leave_at_s:
                self.leave()
                return
            self._later("leave later", self._leave_at_s - now_s)
        seat = self._link.rows.you.seat if self._link.rows.you else "none"
        if seat == "none":
            self._ask("seat", None)
        if seat == "here":
            offered = {publication.source for publication in me.publications}
            for source in self._sources():
                if source not in offered:
                    self._ask(source, c.Publish(source=source))
            self._answer(me)

    def _answer(self, me: PersonRow) -> None:
        """A provider's question is answered after a moment, as the script says."""
        now_s = asyncio.get_running_loop().time()
        for source in (Source.MICROPHONE, Source.CAMERA):
            key = ("answer", source)
            if source not in me.asked:
                self._answer_at_s.pop(source, None)
                self._asked.discard(key)
                continue
            at_s = self._answer_at_s.setdefault(source, now_s + self._script.answer_after_s)
            if now_s < at_s:
                self._later(f"answer {source}", at_s - now_s)
            elif self._script.agrees and source in self._sources():
                self._ask(key, c.SetMuted(source=source, muted=False))
            else:
                self._ask(key, c.DeclineAsk(source=source))

    def _sources(self) -> list[Source]:
        script = self._script
        wanted = {Source.CAMERA: script.camera, Source.MICROPHONE: script.microphone}
        return [source for source, has in wanted.items() if has]

    def _obey(self, me: PersonRow) -> None:
        """A muted publication is silent, a stopped camera black, whoever muted or stopped it."""
        muted = {publication.source: publication.muted for publication in me.publications}
        if self._voice is not None:
            self._voice.muted = muted.get(Source.MICROPHONE, False)
        if self._camera is not None:
            self._camera.stopped = muted.get(Source.CAMERA, False)

    # -- the call ----------------------------------------------------------------------------------

    def _connect(self) -> None:
        """Have a peer for each seat that the rows link us with, and no other."""
        you, ice = self._link.rows.you, self._ice
        wanted: dict[Endpoints, tuple[str, LinkRow]] = {}
        if self._phase is Phase.ADMITTED and you is not None and you.seat == "here":
            for row in self._link.rows.people.values():
                if row.link is not None and not row.you:
                    wanted[you.endpoint, row.link.endpoint] = (row.id, row.link)
        gone = [pair for pair in self._peers if pair not in wanted]
        if gone or (not wanted and self._shared):
            leaving = [self._peers.pop(pair)[1] for pair in gone]
            self._end(leaving, [] if self._peers or wanted else self._put_away())
        if ice is None:
            return
        for pair, (person, link) in wanted.items():
            if pair not in self._peers:
                self._peers[pair] = (person, self._call(link, ice))
        early, self._early = self._early, []
        for signal in early:
            self._signal_came(signal)  # waits on if its row has not come yet

    def _call(self, link: LinkRow, ice: Ice) -> Peer:
        self._take_out()
        endpoint = link.endpoint
        own = self._link.rows.you.endpoint if self._link.rows.you else None

        def send(description: Description) -> None:
            self._link.send(Signal(to=endpoint, own=own, description=description))

        return Peer(
            send,
            offers=link.offers,
            ice=ice,
            tracks=lambda: [shared.copy() for shared in self._shared],
        )

    def _signal_came(self, signal: Signaled) -> None:
        for (_, endpoint), (_, peer) in self._peers.items():
            if endpoint == signal.sender:
                peer.take(signal.description, signal.candidates)
                return
        if self._phase is Phase.ADMITTED:
            # Ahead of its row or of `Ice`.
            self._early = [*self._early, signal][-_EARLY_SIGNALS:]

    def _take_out(self) -> None:
        """Camera and microphone on."""
        if self._shared:
            return
        if self._script.microphone:
            self._voice = SyntheticVoice(self._code, seed=self._seed)
            self._shared.append(Shared(self._voice))
            self._telling = self._spawn(measuring.tell(self._voice.utterances, self._link.send))
        if self._script.camera:
            voice = self._voice
            self._camera = SyntheticCamera(
                self._code,
                loudness=lambda: voice.loudness if voice is not None else 0.0,
                seed=self._seed,
            )
            self._shared.append(Shared(self._camera))

    def _put_away(self) -> list[Shared]:
        shared, self._shared = self._shared, []
        self._voice = self._camera = None
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        return shared

    def _end(self, peers: list[Peer], shared: list[Shared]) -> None:
        """Close these in a task that is waited for at the end, not cancelled."""

        async def end() -> None:
            await asyncio.gather(*(peer.close() for peer in peers))
            await asyncio.gather(*(one.close() for one in shared))

        task = asyncio.create_task(end())
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    # -- tasks -------------------------------------------------------------------------------------

    def _later(self, key: str, seconds: float) -> None:
        if key not in self._asked:
            self._asked.add(key)
            self._spawn(self._react_after(key, seconds))

    async def _react_after(self, key: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._asked.discard(key)
        self._react()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

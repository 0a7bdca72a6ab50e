"""A simulated client as Python code holds it: thread-safe, running on the shared media loop.

What it does in the session is in `guest`; this module starts, watches and stops it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from concurrent.futures import Future

from telehealth_widget.media import loop as media_loop
from telehealth_widget.media.door import Door
from telehealth_widget.media.guest import Guest, PeerStatus
from telehealth_widget.media.script import Script
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Phase

__all__ = ["PeerStatus", "Script", "SimulatedClient"]


class SimulatedClient:
    """A Python WebRTC peer with a synthetic picture and voice that uses a join link like anyone
    else.

    It gives its name if the link carries none, gets ready, waits, and once admitted sends and
    receives picture and sound. It ends by itself with the session, when its link is refused, or as
    its script says. All members may be used from any thread; a busy main thread does not stop it.
    """

    def __init__(
        self,
        url: str,
        *,
        code: str,
        name: str | None = None,
        seed: str | None = None,
        script: Script | None = None,
    ) -> None:
        """
        Args:
            url: the full join link, `http(s)://host:port/join#TOKEN`. Never shown or logged.
            code: shown in the picture, e.g. `P08`.
            name: display name if the link carries none; "Simulated P08" by default.
            seed: chooses looks and voice; the code by default.
            script: what it does; by default it is ready at once, with camera and microphone.

        Raises:
            TelehealthError: LINK_UNKNOWN, if that is not a join link.
        """
        self.code = code
        self._door = Door.of(url)
        self._name = name
        self._seed = seed
        self._script = script or Script()
        self._changed = threading.Condition()
        self._phase = Phase.INVITED
        self._trouble: str | None = None
        self._guest: Guest | None = None
        self._lease: media_loop.Lease | None = None
        self._done: Future[None] | None = None
        self._leaving = False
        self._finished = False

    def __repr__(self) -> str:
        return f"SimulatedClient({self.code!r}, {self.phase.value})"

    @property
    def phase(self) -> Phase:
        """Where it stands in the session."""
        return self._phase

    @property
    def peers(self) -> tuple[PeerStatus, ...]:
        """Its connections just now, with what came in over each."""
        return self._guest.peers if self._guest is not None else ()

    @property
    def trouble(self) -> str | None:
        """Why it cannot go on, or why it ended, in words; None while all is well."""
        guest = self._guest
        return self._trouble or (guest.trouble if guest is not None else None)

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._lease is not None and not self._finished

    def start(self) -> SimulatedClient:
        """Begin; returns itself. Does nothing when it runs.

        Raises:
            RuntimeError: it has ended; make a new one.
        """
        with self._changed:
            if self._finished:
                raise RuntimeError("this client has ended; make a new one")
            if self._lease is not None:
                return self
            self._lease = media_loop.borrow(self._begin_to_leave)
            self._done = asyncio.run_coroutine_threadsafe(self._live(self._lease), self._lease.loop)
        return self

    def stop(self, timeout_s: float = 5) -> None:
        """Leave the session and close everything; returns when that is done, or after
        `timeout_s`.
        """
        deadline = time.monotonic() + timeout_s
        self._begin_to_leave()
        with self._changed:
            self._changed.wait_for(lambda: not self.is_running, timeout_s)
        if self._lease is not None and self._finished:
            self._lease.join(max(0.0, deadline - time.monotonic()))

    def wait_for(self, phase: Phase | str, timeout_s: float = 15) -> None:
        """Block until it is in that phase. Not for the event loop's own thread.

        Raises:
            TelehealthError: TIMED_OUT, also as soon as it has ended in another phase.
        """
        wanted = Phase(phase)
        with self._changed:
            self._changed.wait_for(lambda: self._phase is wanted or self._finished, timeout_s)
            if self._phase is not wanted:
                reason = f" {self.trouble}" if self.trouble else ""
                raise TelehealthError(
                    ErrorCode.TIMED_OUT,
                    f"Simulated client {self.code} is {self._phase.value}, not {wanted.value}."
                    f"{reason}",
                )

    # -- on the media loop -------------------------------------------------------------------------

    async def _live(self, lease: media_loop.Lease) -> None:
        try:
            self._guest = Guest(
                self._door,
                code=self.code,
                name=self._name or f"Simulated {self.code}",
                seed=self._seed,
                script=self._script,
                on_phase=self._on_phase,
            )
            if not self._leaving:
                await self._guest.run()
        except Exception as error:
            self._trouble = f"It failed ({type(error).__name__})."
        finally:
            with self._changed:
                self._finished = True
                self._changed.notify_all()
            lease.release()

    def _on_phase(self, phase: Phase) -> None:
        with self._changed:
            self._phase = phase
            self._changed.notify_all()

    def _begin_to_leave(self) -> None:
        if self._lease is None or self._finished:
            return
        with contextlib.suppress(RuntimeError):  # the loop has just been closed
            self._lease.loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        self._leaving = True
        if self._guest is not None:
            self._guest.leave()

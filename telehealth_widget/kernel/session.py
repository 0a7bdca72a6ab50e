"""`Session`: the notebook's handle on a session, and the provider's room as a widget.

Every method sends the same command as the room's buttons. The state lives in the room server: a session
outlasts this object, the cell and the kernel.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anywidget
import msgspec
import traitlets

from telehealth_widget.kernel import arguments, background, cells, same
from telehealth_widget.kernel.callbacks import Callback, Callbacks
from telehealth_widget.kernel.discovery import ask_door
from telehealth_widget.kernel.event_log import EventLog, Verification
from telehealth_widget.kernel.invites import Invite
from telehealth_widget.kernel.people import Participant, Roster, resolve
from telehealth_widget.kernel.same import SameSession
from telehealth_widget.kernel.session_event import SessionEvent, check_name, event_of, holding
from telehealth_widget.kernel.steering import Steering
from telehealth_widget.kernel.tether import CONNECT_WITHIN_S, Tether
from telehealth_widget.link.rows import Rows
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import OF_SESSION, Record
from telehealth_widget.protocol.kinds import Phase, Role
from telehealth_widget.protocol.views import PersonRow

if TYPE_CHECKING:
    from telehealth_widget.media.simulated import Script, SimulatedClient

MAX_WAIT_S = 1e9
STATIC = Path(__file__).parents[1] / "static"
F = TypeVar("F", bound=Callback)


class Session(Steering, anywidget.AnyWidget, metaclass=SameSession):
    """A telehealth session. As the last line of a cell it shows the provider's room.

    `Session("Intake", kind="individual", provider="Dr. Lee", provider_code="T1")`. In one notebook
    the same title gives the same unfinished session, unless `new=True`; that session keeps its options,
    and a `UserWarning` names those that were asked for otherwise.

    Args:
        title: free text for staff; clients never see it.
        kind: `individual` (waiting-room chat is private) or `group`.
        provider: your display name; asked once in the room if it is not given.
        provider_code: your pseudonymous code in records.
        names: whose names clients see: `all`, `providers` or `initials`.
        hold_s: how long a dropped connection keeps its place, in seconds (1–3,600).
        show_place: whether a waiting client sees their place in the queue ("you are next"); they learn
            nothing else of who waits.
        share: who may share a screen: `all` or `providers`.
        chat: `forget` (text is delivered and gone) or `keep` (text stays in the record, encrypted under
            the key of who wrote it; everyone is told so beside the box).
        end_when_empty_min: minutes after everyone has left until the session ends by itself; None: it
            stays open until somebody ends it.
        max_duration_min: minutes from the first admission until the session ends by itself; None: no
            maximum. Both go on counting while the server is down.
        warn_min: at how many minutes before that end everyone in the session is warned.
        new: make a new session although an unfinished one of that title exists.

    Raises:
        TelehealthError: SERVER_MISSING (with what to install or start), GUEST_PORT_IN_USE,
            JOURNAL_OWNED, BAD_TEXT, BAD_NAME, BAD_CODE, BAD_OPTION, TIMED_OUT.
    """

    _esm = STATIC / "widget.js"
    _css = STATIC / "widget.css"

    session_id = traitlets.Unicode(read_only=True, help="Opaque id; not a secret.").tag(sync=True)
    problem = traitlets.Unicode("", help="Why the room cannot be shown.").tag(sync=True)

    def __init__(self, session_id: str) -> None:
        self._callbacks = Callbacks()
        self._simulated: dict[str, SimulatedClient] = {}
        self._tether = Tether(session_id, tell=self._tell, over=self._over)
        self.set_trait("session_id", session_id)
        self._tether.connect()
        super().__init__()

    @classmethod
    def attach(cls, session_id: str) -> Session:
        """The same session from another kernel or after a restart.

        Raises:
            TelehealthError: UNKNOWN_SESSION, SERVER_MISSING, TOO_MANY (kernels and views at once).
        """
        if not isinstance(session_id, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", session_id):
            raise TelehealthError(ErrorCode.UNKNOWN_SESSION)
        background.wait(ask_door(f"/sessions/{session_id}"), CONNECT_WITHIN_S)
        made: Session = cls("attached", _attach_to=session_id)  # type: ignore[call-arg]
        return made

    # -- link -----------------------------------------------------------------------------------

    def _tell(self, record: Record, recorded: bool) -> None:
        event = event_of(record, recorded, self._participant_of)
        if event is not None:
            self._callbacks.tell(event)

    def _over(self, why: m.Closed) -> None:
        self._callbacks.close(why)
        same.forget(self)

    def _participant_of(self, person: str) -> Participant | None:
        row = self._rows.people.get(person)
        return None if row is None else Participant.from_row(row)

    @property
    def _rows(self) -> Rows:
        return self._tether.link.rows

    def _people(self) -> list[PersonRow]:
        return list(self._rows.people.copy().values())

    def _own_row(self) -> PersonRow | None:
        return self._rows.me

    def _do(self, command: c.AnyCommand, timeout_s: float = 15) -> m.Done:
        return background.wait(self._tether.link.command(command, timeout_s), timeout_s + 5)

    def _resolve(self, who: object) -> str:
        return resolve(self._people(), who).id

    # -- what is --------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """`open` (the waiting room is open), `live` (a client was admitted) or `ended`."""
        row = self._rows.session
        return row.phase.value if row is not None else "open"

    @property
    def participants(self) -> Roster:
        """Everyone who has a place in this session, in the order of invitation, whatever their phase."""
        return Roster(Participant.from_row(row) for row in self._people())

    @property
    def waiting(self) -> Roster:
        """Who is in the waiting room and ready, the longest waiting first."""
        rows = [row for row in self._people() if row.phase is Phase.WAITING]
        return Roster(
            Participant.from_row(row) for row in sorted(rows, key=lambda row: row.since_ms or 0)
        )

    @property
    def duration_s(self) -> float | None:
        """Seconds from the first admission to the end; None while the session goes on."""
        row = self._rows.session
        return None if row is None or row.duration_ms is None else row.duration_ms / 1000

    @property
    def ends_at(self) -> datetime | None:
        """When the maximum duration ends the session, UTC; None without one, or before the start."""
        row = self._rows.session
        at_ms = None if row is None else row.ends_at_ms
        return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)

    @property
    def events(self) -> EventLog:
        """The record: `.to_pandas()`, `.to_jsonl(path)`, `.to_csv(path)`, `.verify()`."""
        path = f"/sessions/{self.session_id}"

        def note(form: str) -> None:
            body = {"form": form, "texts": False}
            background.wait(ask_door(f"{path}/exports", body), CONNECT_WITHIN_S)

        return EventLog(
            lambda: background.wait(ask_door(f"{path}/records", timeout_s=120), 125),
            lambda: msgspec.json.decode(
                background.wait(ask_door(f"{path}/verify", timeout_s=120), 125), type=Verification
            ),
            note,
        )

    def forget(self, who: object, *, notes: bool = False) -> None:
        """Erase a person's name and texts from this session's record, for good. The session must have ended.

        Events, measures and the chain stay valid. `notes=True` erases the title and the notes too, which belong to no
        single person. `telehealth-widget forget P07` does it in every session of the person.

        Raises:
            TelehealthError: WRONG_PHASE while the session goes on; UNKNOWN_PERSON; LEGAL_HOLD if the journal's
                retention policy forbids it; BAD_OPTION if that cannot be read; JOURNAL_UNAVAILABLE if a copy of the
                key may remain: then do it again.
        """
        for owner in (self._resolve(who), *((OF_SESSION,) if notes else ())):
            body = {"owner": owner}
            background.wait(ask_door(f"/sessions/{self.session_id}/forget", body), CONNECT_WITHIN_S)
            # The rows of an ended session are the last ones: nobody else takes the name out of them.
            if owner == OF_SESSION:
                self._rows.forget_title()
            else:
                self._rows.forget(owner)

    # -- links ------------------------------------------------------------------------------------

    def invite(
        self,
        code: str | int,
        role: str = "client",
        *,
        name: str | None = None,
        language: str | None = None,
        valid_s: float | None = None,
    ) -> Invite:
        """A link for one person. Asking again for the same code gives the same link.

        Args:
            code: pseudonymous, e.g. `P07`; 1–32 letters, digits, `-`, `_`, `.`. A whole number will do, a missing
                value of a table will not.
            role: `client`, `supervisor` or `provider`.
            name: display name; better typed in the room or by the person, so that it stays out of
                the notebook.
            language: BCP 47 tag of the person's pages.
            valid_s: seconds until the link expires, at most 366 days; 30 days unless given.

        Raises:
            CommandRefused: BAD_CODE, BAD_NAME, BAD_OPTION, CODE_TAKEN, SESSION_ENDED, JOURNAL_UNAVAILABLE.
        """
        return self._invite(code, role, name, language, valid_s, simulated=False)

    def _invite(
        self,
        code: str | int,
        role: str,
        name: str | None,
        language: str | None,
        valid_s: float | None,
        *,
        simulated: bool,
    ) -> Invite:
        known_role = Role(arguments.word("role=", role, ("client", "supervisor", "provider")))
        most_s = limits.MAX_INVITE_VALID_MS // 1000
        seconds = arguments.number(valid_s, 1, most_s)
        if valid_s is not None and seconds is None:
            raise arguments.bad_option(
                f"valid_s= is a number of seconds from 1 to {most_s:,} (366 days), or None."
            )
        command = c.Invite(
            code=arguments.code("code=", code),
            role=known_role,
            name=arguments.name("name=", name),
            language=arguments.language("language=", language),
            valid_ms=None if seconds is None else round(seconds * 1000),
            simulated=simulated,
        )
        return Invite(command.code, known_role.value, self._do(command), self._do)

    def simulate(
        self, code: str | int, *, name: str | None = None, script: Script | None = None
    ) -> SimulatedClient:
        """A simulated client: a WebRTC peer in this kernel with a synthetic picture and voice.

        It opens its link on the guest site, gets ready and waits like anyone else; staff see it
        labelled as simulated, and so does the record. Calling it again while it runs gives the same
        one. It ends with the session or the kernel.

        Raises:
            CommandRefused: as `invite`.
        """
        from telehealth_widget.media.simulated import Script, SimulatedClient

        code, name = arguments.code("code=", code), arguments.name("name=", name)
        if script is not None and not isinstance(script, Script):
            raise arguments.bad_option("script= is a Script, or None.")
        running = self._simulated.get(code)
        if running is not None and running.is_running:
            return running
        invite = self._invite(code, "client", None, None, None, simulated=True)
        client = SimulatedClient(invite.url, code=code, name=name, script=script)
        self._simulated[code] = client
        client.start()
        return client

    # -- events -------------------------------------------------------------------------------------

    def on(self, name: str) -> Callable[[F], F]:
        """Decorator: call the function with a `SessionEvent` at each such event.

        Functions run on a thread of their own, also while a cell is busy: plain ones one after another, in the
        order of the events; coroutine functions (`async def`) beside them, each its events one after another,
        so that a slow one holds up nobody else. What a function raises is shown, and stops nothing. `any` means
        all names: everything but the opening itself, exports, kept text of chat, and measurements.

        Running a cell again replaces whatever it registered before, lambdas, inner functions and methods
        included; a named function also replaces the one of its name in another cell. All others are kept.
        Outside of a notebook's cells there is no telling one lambda from another: each one stays.

        What happened while this kernel's link was down is told in order once it is back, with the people as
        they stand then and personal texts sealed.

        Raises:
            TelehealthError: BAD_OPTION, listing the names; once nothing can come any more, why (as `wait_for`).
        """
        check_name(name)

        def register(callback: F) -> F:
            if not callable(callback):
                raise arguments.bad_option("Put @session.on(…) above a function of one event.")
            self._callbacks.add(name, callback, cells.running())
            return callback

        return register

    def wait_for(
        self, name: str, *, timeout_s: float | None = 600, who: object = None
    ) -> Awaitable[SessionEvent]:
        """Await the next such event: `event = await session.wait_for("ready")`.

        What already holds counts: `ready` resolves at once if someone (`who`) waits, `started` if the
        session is live, `ended` if it is over, `admitted` with `who=` if that person is in.
        `timeout_s=None` waits for as long as it takes.

        Raises:
            TelehealthError: TIMED_OUT, BAD_OPTION; once nothing can come any more, why: SESSION_ENDED,
                WRONG_PHASE (after `disconnect`), or the reason with which the server closed the link.
        """
        check_name(name)
        person = None if who is None else self._resolve(who)
        seconds = arguments.number(timeout_s, 0, MAX_WAIT_S)
        if timeout_s is not None and seconds is None:
            raise arguments.bad_option("timeout_s= is a number of seconds from 0, or None.")
        return self._wait_for(name, person, seconds)

    async def _wait_for(
        self, name: str, person: str | None, timeout_s: float | None
    ) -> SessionEvent:
        future = self._callbacks.expect(name, person)
        try:
            already = holding(name, person, self.state, self._people())
            if already is not None:
                return already
            return await asyncio.wait_for(future, timeout_s)
        except TimeoutError:
            raise TelehealthError(
                ErrorCode.TIMED_OUT, f"No '{name}' event within {timeout_s:g} s."
            ) from None
        finally:
            self._callbacks.forget(future)
            future.cancel()

    # -- the widget ---------------------------------------------------------------------------------

    def disconnect(self) -> None:
        """Let go of the server from this kernel; the session goes on. `Session.attach` takes it up.

        After that every command is refused with WRONG_PHASE, and so is whoever still waits for an event.
        """
        for client in self._simulated.values():
            client.stop()
        again = f'Session.attach("{self.session_id}") takes it up again.'
        message = f"This kernel let go of the session with disconnect(). {again}"
        self._tether.let_go(m.Closed(code=ErrorCode.WRONG_PHASE, message=message))

    def close(self) -> None:
        """Close the widget's views; the session goes on. Running its cell again shows it again."""
        super().close()

    def open(self) -> None:
        """Let the widget be shown (again): after `close`, or `Widget.close_all()`. Does nothing while it can be."""
        self.layout.open()  # `close_all` closed it too
        super().open()
        self.__dict__.pop("_repr_mimebundle_", None)  # with it, a closed widget hides the method

    def __repr__(self) -> str:
        return f"<Session {self.session_id} {self.state}>"

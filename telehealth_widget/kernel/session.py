"""`Session`: the notebook's handle on a session, and the provider's room as a widget.

Every method sends the same command as the room's buttons. The state lives in the room server: a session
outlasts this object, the cell and the kernel.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import warnings
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import anywidget
import msgspec
import traitlets

from telehealth_widget.kernel import background
from telehealth_widget.kernel.callbacks import (
    Callback,
    Callbacks,
    SessionEvent,
    check_name,
    event_of,
)
from telehealth_widget.kernel.discovery import ask_door, socket_request
from telehealth_widget.kernel.event_log import EventLog, Verification
from telehealth_widget.kernel.invites import Invite
from telehealth_widget.kernel.options import check_known, opening
from telehealth_widget.kernel.people import Participant, Roster, resolve
from telehealth_widget.kernel.steering import Steering
from telehealth_widget.link.rows import Rows
from telehealth_widget.link.socket import Link, LinkState
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.codec import encode
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Phase, Role
from telehealth_widget.protocol.views import PersonRow

if TYPE_CHECKING:
    from telehealth_widget.media.simulated import Script, SimulatedClient

STATIC = Path(__file__).parents[1] / "static"
CONNECT_WITHIN_S = 20.0

_sessions: dict[str, Session] = {}
"""Live sessions of this kernel by id: running the cell again gives the same object."""

F = TypeVar("F", bound=Callback)


class _SameSession(type(anywidget.AnyWidget)):  # type: ignore[misc]
    """`Session("Intake")` in a cell that runs again is the session that is already there."""

    def __call__(cls, title: str, **options: Any) -> Session:
        if not isinstance(title, str) or not title.strip():
            raise TelehealthError(
                ErrorCode.BAD_TEXT, 'Give the session a title: Session("Intake").'
            )
        attach_to = options.pop("_attach_to", None)
        check_known(options)
        made: Session
        session_id = attach_to or _open(title, **options)
        known = _sessions.get(session_id)
        if known is not None and known.state != "ended":
            made = known
        else:
            made = super().__call__(session_id)
            _sessions[session_id] = made
        provider = options.get("provider")
        row = made._own_row()
        if provider and row is not None and row.name != provider:
            made._do(c.SetName(name=provider))
        return made


def _open(title: str, *, new: bool = False, **options: Any) -> str:
    body = {"open": opening(title, **options), "new": new}
    answer = msgspec.json.decode(background.wait(ask_door("/sessions", body), CONNECT_WITHIN_S))
    kept = [f"{option}=" for option in answer["kept"] if option in options]
    if kept:
        warnings.warn(
            f"The session {title!r} is open already and keeps its own {', '.join(kept)}: end it first, or "
            "open another with new=True.",
            stacklevel=3,
        )
    return str(answer["session"])


class Session(Steering, anywidget.AnyWidget, metaclass=_SameSession):
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
        super().__init__()
        self.set_trait("session_id", session_id)
        self._callbacks = Callbacks()
        self._unrecorded: set[tuple[int, str, bytes]] = set()
        """Acts that were told before they were recorded; told once is enough."""
        self._simulated: dict[str, SimulatedClient] = {}
        self._first_view: Future[None] = Future()
        self._link: Link
        self._running: Future[m.Closed | None]
        self._connect()

    @classmethod
    def attach(cls, session_id: str) -> Session:
        """The same session from another kernel or after a restart.

        Raises:
            TelehealthError: UNKNOWN_SESSION, SERVER_MISSING.
        """
        if not isinstance(session_id, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", session_id):
            raise TelehealthError(ErrorCode.UNKNOWN_SESSION)
        background.wait(ask_door(f"/sessions/{session_id}"), CONNECT_WITHIN_S)
        made: Session = cls("attached", _attach_to=session_id)  # type: ignore[call-arg]
        return made

    # -- link -----------------------------------------------------------------------------------

    def _connect(self) -> None:
        session_id = self.session_id
        page = f"kernel-{os.getpid()}"

        async def start() -> Link:
            link = Link(
                lambda: socket_request(session_id),
                lambda resume, rows: m.Hello(page=page),
                on_message=self._on_message,
                on_state=self._on_state,
            )
            return link

        self._link = background.wait(start(), CONNECT_WITHIN_S)
        self._running = background.submit(self._link.run())
        try:
            self._first_view.result(CONNECT_WITHIN_S)
        except TimeoutError:
            self._running.cancel()
            raise TelehealthError(ErrorCode.TIMED_OUT) from None

    def _on_state(self, state: LinkState) -> None:
        if state is LinkState.CLOSED and not self._first_view.done():
            self._first_view.set_exception(TelehealthError(ErrorCode.UNKNOWN_SESSION))

    def _on_message(self, message: m.AnyDownward) -> None:
        if isinstance(message, m.Snapshot) and not self._first_view.done():
            self._first_view.set_result(None)
        if isinstance(message, m.Recorded) and self._is_news(message):
            event = event_of(message.record, message.recorded, self._participant_of)
            if event is not None:
                self._callbacks.tell(event)

    def _is_news(self, message: m.Recorded) -> bool:
        record = message.record
        key = (record.t_ms, record.actor, encode(record.body))
        if message.recorded and key in self._unrecorded:
            self._unrecorded.discard(key)
            return False
        if not message.recorded:
            self._unrecorded.add(key)
        return True

    def _participant_of(self, person: str) -> Participant | None:
        row = self._rows.people.get(person)
        return None if row is None else Participant.from_row(row)

    @property
    def _rows(self) -> Rows:
        return self._link.rows

    def _people(self) -> list[PersonRow]:
        return list(self._rows.people.copy().values())

    def _own_row(self) -> PersonRow | None:
        return self._rows.me

    def _do(self, command: c.AnyCommand, timeout_s: float = 15) -> m.Done:
        return background.wait(self._link.command(command, timeout_s), timeout_s + 5)

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
        for owner in (self._resolve(who), *(("session",) if notes else ())):
            body = {"owner": owner}
            background.wait(ask_door(f"/sessions/{self.session_id}/forget", body), CONNECT_WITHIN_S)

    # -- links ------------------------------------------------------------------------------------

    def invite(
        self,
        code: str,
        role: str = "client",
        *,
        name: str | None = None,
        language: str | None = None,
        valid_s: float | None = None,
    ) -> Invite:
        """A link for one person. Asking again for the same code gives the same link.

        Args:
            code: pseudonymous, e.g. `P07`; 1–32 letters, digits, `-`, `_`, `.`.
            role: `client`, `supervisor` or `provider`.
            name: display name; better typed in the room or by the person, so that it stays out of
                the notebook.
            language: BCP 47 tag of the person's pages.
            valid_s: seconds until the link expires; 30 days unless given.

        Raises:
            CommandRefused: BAD_CODE, BAD_NAME, CODE_TAKEN, SESSION_ENDED, JOURNAL_UNAVAILABLE.
        """
        return self._invite(code, role, name, language, valid_s, simulated=False)

    def _invite(
        self,
        code: str,
        role: str,
        name: str | None,
        language: str | None,
        valid_s: float | None,
        *,
        simulated: bool,
    ) -> Invite:
        try:
            known_role = Role(role)
        except ValueError:
            raise CommandRefused(
                ErrorCode.BAD_OPTION, 'role= is "client", "supervisor" or "provider".'
            ) from None
        if valid_s is not None and valid_s < 1:
            raise CommandRefused(ErrorCode.BAD_OPTION, "valid_s= is at least 1 second.")
        command = c.Invite(
            code=str(code),
            role=known_role,
            name=name,
            language=language,
            valid_ms=None if valid_s is None else round(valid_s * 1000),
            simulated=simulated,
        )
        return Invite(str(code), known_role.value, self._do(command), self._do)

    def simulate(
        self, code: str, *, name: str | None = None, script: Script | None = None
    ) -> SimulatedClient:
        """A simulated client: a WebRTC peer in this kernel with a synthetic picture and voice.

        It opens its link on the guest site, gets ready and waits like anyone else; staff see it
        labelled as simulated, and so does the record. Calling it again while it runs gives the same
        one. It ends with the session or the kernel.
        """
        from telehealth_widget.media.simulated import SimulatedClient

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

        Callbacks run one after another on a thread of their own, also while a cell is busy. Running
        the cell again replaces the function of the same name. `any` means every event.

        Raises:
            TelehealthError: BAD_OPTION, listing the names.
        """
        check_name(name)

        def register(callback: F) -> F:
            self._callbacks.add(name, callback)
            return callback

        return register

    def wait_for(
        self, name: str, *, timeout_s: float = 600, who: object = None
    ) -> Awaitable[SessionEvent]:
        """Await the next such event: `event = await session.wait_for("ready")`.

        What already holds counts: `ready` resolves at once if someone (`who`) waits, `started` if the
        session is live, `ended` if it is over, `admitted` with `who=` if that person is in.

        Raises:
            TelehealthError: TIMED_OUT, BAD_OPTION.
        """
        check_name(name)
        person = None if who is None else self._resolve(who)
        return self._wait_for(name, person, timeout_s)

    async def _wait_for(self, name: str, person: str | None, timeout_s: float) -> SessionEvent:
        future = self._callbacks.expect(name, person)
        try:
            already = self._already(name, person)
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

    def _already(self, name: str, person: str | None) -> SessionEvent | None:
        held = {"ready": Phase.WAITING, "admitted": Phase.ADMITTED, "paused": Phase.PAUSED}
        now = datetime.now(UTC)
        if (name, self.state) in (("ended", "ended"), ("started", "live")):
            return SessionEvent(name, None, now)
        if name not in held or (person is None and name != "ready"):
            return None
        for row in self._people():
            if row.phase is held[name] and person in (None, row.id):
                found = Participant.from_row(row)
                return SessionEvent(name, found, found.since or now)
        return None

    # -- the widget ---------------------------------------------------------------------------------

    def disconnect(self) -> None:
        """Let go of the server from this kernel; the session goes on. `Session.attach` takes it up."""
        for client in self._simulated.values():
            client.stop()
        self._callbacks.close()
        with contextlib.suppress(TelehealthError, CommandRefused):
            background.wait(self._link.close(), 5)
        if _sessions.get(self.session_id) is self:
            del _sessions[self.session_id]

    def close(self) -> None:
        """Close the widget's views; the session goes on."""
        super().close()

    def __repr__(self) -> str:
        return f"<Session {self.session_id} {self.state}>"

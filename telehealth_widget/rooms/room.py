"""One live session: takes commands in, keeps the ledger and the journal in step, tells every viewer its own view.

Order of every command: decide → append → (durable, or protective) evolve → outbox. Sockets are `Connection`s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field

from telehealth_widget.core import outbox, timers
from telehealth_widget.core.decide import decide
from telehealth_widget.core.evolve import evolve
from telehealth_widget.core.policy import Actor, Recording, recording_of
from telehealth_widget.core.state import Person, Session
from telehealth_widget.journal.contract import InviteEntry, Journal, SeatEntry, SideEntry
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode
from telehealth_widget.protocol.kinds import Phase, SessionPhase, Source, Via
from telehealth_widget.protocol.measurements import AnyMeasurement
from telehealth_widget.rooms.answers import Answers
from telehealth_widget.rooms.clock import Clock, SessionTime, fresh_id
from telehealth_widget.rooms.connection import Connection
from telehealth_widget.rooms.connection_tests import ConnectionTests
from telehealth_widget.rooms.inbox import Inbox
from telehealth_widget.rooms.ledger import Entry, Ledger
from telehealth_widget.rooms.relay import Relay
from telehealth_widget.rooms.seats import Seats
from telehealth_widget.rooms.talk import Talk
from telehealth_widget.rooms.tokens import token_hash
from telehealth_widget.rooms.visits import Visits

RETRY_MS = 3_000
"""How often unrecorded acts are offered to the journal again."""
STOPS_WITHIN_MS = 2_000
"""How long a room that stops waits for the journal's present append."""
SERVER = Actor(e.SYSTEM, None, Via.SYSTEM)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a room needs of the server it lives in."""

    journal: Journal
    clock: Clock
    epoch: str
    """Random per server start."""
    endpoint_key: bytes
    token_of: Callable[[str, Person], str]
    """(session, person) → the token of the person's present link."""
    link_of: Callable[[str, str | None], str]
    """(token, language of the invitation) → the whole link."""
    ice_for: Callable[[str], m.Ice]
    """person → ICE servers with credentials of their own."""
    tests: ConnectionTests | None = None
    """None: connection tests are not offered."""
    answers: Answers = field(default_factory=Answers)
    """The journal's, for all rooms of the loop."""


class Room:
    """Lives on one asyncio loop; nothing here is thread-safe."""

    def __init__(
        self, session: str, around: Surroundings, records: Sequence[e.Record] = ()
    ) -> None:
        """Fold what the journal holds. Call `start` once a loop runs."""
        state = Session(id=session)
        self.talk = Talk()
        for record in records:
            state = evolve(state, record.body, t_ms=record.t_ms, at_ms=record.at_ms)
            self.talk.restore(state, record)
        last = records[-1] if records else None
        self.id = session
        self.around = around
        self.ledger = Ledger(state)
        self.time = SessionTime(
            around.clock, last.t_ms if last else 0, last.at_ms if last else None
        )
        self.seats = Seats(session, around.endpoint_key)
        self.connections: dict[str, Connection] = {}
        self.visits = Visits(around.clock)
        self.relay = Relay(self)
        self.inbox = Inbox(self)
        self._backlog: list[e.Draft] = []
        """What holds although it is not recorded, in order; goes ahead of the next append."""
        self._queued: list[tuple[Entry, tuple[SideEntry, ...]]] = []
        self._under_way: tuple[list[Entry], int, Future[tuple[e.Record, ...]]] | None = None
        """The append that the journal works on: its entries, how much of the backlog it carries."""
        self._timer: asyncio.TimerHandle | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._stopped = False
        self.recorded = True

    @property
    def idle(self) -> bool:
        """Whether nobody is connected, and everything is in the journal.

        A kernel does not count once the session has ended: it may live for weeks.
        """
        over = self.state.phase is SessionPhase.ENDED
        watched = any(not over or x.via is not Via.KERNEL for x in self.connections.values())
        return not (watched or self._queued or self._backlog or self._under_way)

    @property
    def state(self) -> Session:
        """What holds and may be shown."""
        return self.ledger.visible

    def start(self) -> None:
        """Take up a loaded session: nobody is connected yet, whoever was is held from now on."""
        for entry in self.around.journal.seats(self.id):
            person = self.state.people.get(entry.person)
            if person is not None and person.phase is Phase.ADMITTED:
                self.seats.take(entry.person, entry.connection, entry.page, entry.agent)
        for person in list(self.state.people.values()):
            if person.connected:
                self.act(SERVER, c.Disconnect(person=person.id))
        self._set_timer()

    def stop(self) -> None:
        """The server stops: every socket is told to come back later."""
        self._stopped = True
        for handle in (self._timer, self._retry):
            if handle is not None:
                handle.cancel()
        if self._under_way is not None:
            # What it carries must not be handed over twice; what is queued behind it still must be.
            wait([self._under_way[2]], STOPS_WITHIN_MS / 1000)
            self._appended(self._under_way[2])
        for connection in list(self.connections.values()):
            connection.close(ErrorCode.SERVER_STOPPING, m.CloseCode.TRY_LATER)
        self.connections.clear()

    def let_go(self) -> None:
        """The session has ended and nobody looks: a kernel that is still there is told so, and does not come back."""
        for connection in list(self.connections.values()):
            duration_ms = self.state.duration_for(connection.person)
            connection.close(ErrorCode.SESSION_ENDED, duration_ms=duration_ms)
        self.stop()

    # -- commands -------------------------------------------------------------------------------

    def act(
        self,
        actor: Actor,
        command: c.Command,
        *,
        side: Sequence[SideEntry] = (),
        on_settled: Callable[[Entry], None] | None = None,
    ) -> Entry:
        """Decide, append, and (when it may) show.

        `on_settled` is called once the journal answered and the views were told; `entry.dropped` then
        says that nothing happened.

        Raises:
            CommandRefused: the rules forbid it; nothing was changed.
        """
        t_ms, at_ms = self.time.now()
        new_id = fresh_id()
        events = decide(self.ledger.decided, actor, command, at_ms=at_ms, fresh_id=new_id)
        drafts = tuple(
            e.Draft(t_ms=t_ms, at_ms=at_ms, actor=actor.person, via=actor.via, body=body)
            for body in events
        )
        entry = self.ledger.submit(drafts, recording_of(command))
        entry.on_settled = on_settled
        self._append(entry, (*side, *self._links_of(entry)))
        return entry

    def note(
        self, side: Sequence[SideEntry], on_settled: Callable[[Entry], None] | None = None
    ) -> None:
        """Have the journal keep side entries without a record, in order with everything else."""
        entry = self.ledger.submit((), Recording.TRIED)
        entry.on_settled = on_settled
        self._append(entry, side)

    def record(self, actor: Actor, bodies: Sequence[AnyMeasurement]) -> None:
        """Have the journal keep measurements, in order with everything else. They change nothing."""
        t_ms, at_ms = self.time.now()
        drafts = tuple(
            e.Draft(t_ms=t_ms, at_ms=at_ms, actor=actor.person, via=actor.via, body=body)
            for body in bodies
        )
        self._append(self.ledger.submit(drafts, Recording.TRIED), ())

    def _links_of(self, entry: Entry) -> list[SideEntry]:
        found: list[SideEntry] = []
        for draft in entry.drafts:
            if isinstance(draft.body, e.PersonInvited | e.InviteReissued):
                person = self.ledger.decided.people[draft.body.person]
                token = self.around.token_of(self.id, person)
                found.append(
                    InviteEntry(
                        hash=token_hash("invite", token),
                        session=self.id,
                        person=person.id,
                        serial=person.serial,
                    )
                )
        return found

    def _append(self, entry: Entry, side: Sequence[SideEntry]) -> None:
        self._queued.append((entry, tuple(side)))
        self._flush()
        # Queued first, shown second: what follows from showing comes after it in the journal too.
        if entry.visible and not entry.shown:
            self._show(entry)

    def _flush(self) -> None:
        """Hand over what is queued, one append at a time.

        With two under way the second could succeed where the first failed, and the record would hold
        them in another order than the room.
        """
        if self._under_way is not None or not self._queued:
            return
        batch, self._queued = self._queued, []
        carried = len(self._backlog)
        drafts = [*self._backlog, *(d for entry, _ in batch for d in entry.drafts)]
        side = [x for _, kept in batch for x in kept]
        entries = [entry for entry, _ in batch]
        future = self.around.journal.append(self.id, drafts, side)
        self._under_way = entries, carried, future
        if future.done():
            self._appended(future)
            return
        self.around.answers.when_done(future, self._appended)

    def _appended(self, future: Future[tuple[e.Record, ...]]) -> None:
        if self._under_way is None or self._under_way[2] is not future or not future.done():
            return
        entries, carried, _ = self._under_way
        shown = self.state, self.recorded
        failed = future.exception() is not None
        records = [] if failed else list(future.result())
        if not failed:
            del self._backlog[:carried]
            self._tell_kernels(None, records[:carried])
        for entry in entries:
            self.ledger.settle(entry, recorded=not failed)
            if failed and not entry.dropped:
                self._backlog.extend(entry.drafts)
        if any(entry.dropped for entry in entries):
            entries = [*entries, *self._drop_queued()]
        self._set_recorded(not failed and not self._backlog)
        try:
            at = carried
            for entry in entries:
                own = records[at : at + len(entry.drafts)]
                at += len(entry.drafts)
                self._settled(entry, None if failed else own, shown)
        finally:
            self._under_way = None
        self._flush()

    def _drop_queued(self) -> list[Entry]:
        """What admits, opens or grants and was decided on top of a dropped entry falls with it.

        Otherwise an admission that needed a new link would hold although the link could not be made.
        """
        fallen = [entry for entry, _ in self._queued if entry.recording is Recording.FIRST]
        self._queued = [x for x in self._queued if x[0].recording is not Recording.FIRST]
        for entry in fallen:
            self.ledger.settle(entry, recorded=False)
        return fallen

    def _settled(
        self, entry: Entry, records: Sequence[e.Record] | None, shown: tuple[Session, bool]
    ) -> None:
        """`shown` is what the views knew, state and "recorded", when the journal answered."""
        if entry.shown or entry.dropped:
            if self.state is not shown[0] or self.recorded != shown[1]:
                self.tell_views()
        else:
            self._show(entry)
        if entry.dropped:
            self._set_timer()
        self._tell_kernels(entry, records)
        if entry.on_settled is not None:
            entry.on_settled(entry)

    def _set_recorded(self, recorded: bool) -> None:
        self.recorded = recorded
        if recorded or self._retry is not None or self._stopped:
            return

        def again() -> None:
            self._retry = None
            if (
                not self.recorded
            ):  # without a backlog too: the notice should go once the disk is well
                self._append(self.ledger.submit((), Recording.TRIED), ())

        self._retry = asyncio.get_running_loop().call_later(RETRY_MS / 1000, again)

    def _tell_kernels(self, entry: Entry | None, records: Sequence[e.Record] | None) -> None:
        kernels = [x for x in self.connections.values() if x.via is Via.KERNEL and x.told]
        if not kernels:
            return
        recorded = records is not None
        if records is None:
            if entry is None or entry.dropped:
                return
            records = [
                e.Record(
                    session=self.id,
                    n=0,
                    t_ms=d.t_ms,
                    at_ms=d.at_ms,
                    actor=d.actor,
                    via=d.via,
                    body=d.body,
                )
                for d in entry.drafts
            ]
        for record in records:
            for connection in kernels:
                connection.send(m.Recorded(record=record, recorded=recorded))

    # -- what follows when an entry may be seen -------------------------------------------------------

    def _show(self, entry: Entry) -> None:
        entry.shown = True
        self.tell_views()
        for draft in entry.drafts:
            self._follow(draft.body)
        self._set_timer()

    def _follow(self, event: e.AnyBody) -> None:
        match event:
            case e.PersonAdmitted() | e.StaffJoined() | e.PersonResumed():
                self._catch_up(event.person)
            case e.PersonRemoved():
                self.close_person(event.person, ErrorCode.REMOVED)
            case e.InviteRevoked() | e.InviteReissued():
                if isinstance(event, e.InviteReissued):
                    self.talk.forget(event.person)
                self.close_person(event.person, ErrorCode.LINK_REVOKED)
            case e.PersonLeft() if event.person == self.state.provider:
                self.seats.drop(event.person)
            case e.SessionEnded():
                self.seats.drop(self.state.provider)
                self.tell_views()
                for connection in list(self.connections.values()):
                    if connection.via is Via.PAGE:
                        duration_ms = self.state.duration_for(connection.person)
                        connection.close(ErrorCode.SESSION_ENDED, duration_ms=duration_ms)
            case _:
                pass

    def _catch_up(self, person: str) -> None:
        """Staff who came in later are shown what was written before."""
        told = [x for x in self.live_of(person, Via.PAGE, Via.WIDGET) if x.told is not None]
        for chat in self.talk.caught_up(self.state, told[0].viewer) if told else ():
            for connection in told:
                connection.send(chat)

    def close_person(self, person: str, error: ErrorCode) -> None:
        """Close every guest socket of a person."""
        for connection in list(self.connections.values()):
            if connection.person == person and connection.via is Via.PAGE:
                connection.close(error)
        self.seats.drop(person)

    def tell_views(self) -> None:
        """Send each viewer what changed for it."""
        state = self.state
        table = self.seats.table(state)
        telling = [x for x in self.connections.values() if x.told is not None and not x.closed]
        viewers = [x.viewer for x in telling]
        views = outbox.views(state, table, viewers, recorded=self.recorded)
        for connection, now in zip(telling, views, strict=True):
            if connection.told is None or connection.closed:
                continue  # too slow for one of these messages
            # First: with the rows that tell of others, a page can call them at once.
            self._give_ice(connection, now)
            change = outbox.change(connection.told, now, seq=connection.seq + 1)
            if change is not None:
                connection.seq += 1
                connection.told = now
                connection.send(change)

    def _give_ice(self, connection: Connection, now: outbox.View) -> None:
        if now.you.endpoint is None:
            connection.has_ice = False
        elif not connection.has_ice:
            connection.has_ice = True
            connection.send(self.around.ice_for(connection.person))

    def renew_ice(self) -> None:
        """Give every seat in the call fresh credentials (the server calls this before they expire)."""
        for connection in self.connections.values():
            if connection.has_ice and not connection.closed:
                connection.send(self.around.ice_for(connection.person))

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        # What was decided, shown or not: that is what the commands then due are decided on.
        at_ms = timers.next_due(self.ledger.decided)
        if at_ms is not None:
            delay_s = max(0, at_ms - self.time.now()[0]) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        for command in timers.due(self.ledger.decided, t_ms=self.time.now()[0]):
            self.act(SERVER, command)
        self._set_timer()

    # -- connections ------------------------------------------------------------------------------

    def live_of(self, person: str, *vias: Via) -> list[Connection]:
        """Live connections of a person through these doors."""
        return [
            x
            for x in self.connections.values()
            if x.person == person and x.via in vias and not x.closed
        ]

    def in_use(self, person: str) -> set[str]:
        """Connections of a person that are open, or hold the seat."""
        holder = self.seats.holder(person)
        live = {x.id for x in self.connections.values() if x.person == person}
        return live if holder is None else {*live, holder.connection}

    def attach(self, connection: Connection, resume: str, side: Sequence[SideEntry]) -> None:
        """Let a connection in: it gets `Welcome` and `Snapshot` as soon as that is durable.

        Args:
            resume: the token for its next connection.
            side: what the journal keeps of it.
        """
        old = self.connections.get(connection.id)
        if old is not None:
            old.close(ErrorCode.SEAT_TAKEN, m.CloseCode.SEAT_TAKEN)
        self.connections[connection.id] = connection
        self._seat_newcomer(connection)
        holder = self.seats.holder(connection.person)
        if holder is not None and holder.connection == connection.id:
            side = (*side, self.seat_entry(connection))

        def welcome(entry: Entry) -> None:
            if connection.closed or self.connections.get(connection.id) is not connection:
                return
            connection.send(
                m.Welcome(
                    epoch=self.around.epoch,
                    session=self.id,
                    connection=connection.id,
                    resume=resume,
                    now_ms=self.around.clock.wall_ms(),
                    hold_ms=self.state.hold_ms,
                )
            )
            self._send_snapshot(connection)

        if connection.via is Via.KERNEL:
            welcome(Entry((), Recording.TRIED, visible=True))
            return
        self.act(SERVER, c.Connect(person=connection.person), side=side, on_settled=welcome)

    def _seat_newcomer(self, connection: Connection) -> None:
        person = self.state.people.get(connection.person)
        holder = self.seats.holder(connection.person)
        if connection.via is Via.PAGE:
            for other in self.live_of(connection.person, Via.PAGE):
                if other is not connection:
                    other.close(ErrorCode.SEAT_TAKEN, m.CloseCode.SEAT_TAKEN)
            self.take_seat(connection)
        elif holder is not None and holder.connection == connection.id:
            if connection.claims_seat:
                self.take_seat(connection)
            else:
                self.seats.drop(connection.person)
        elif (
            holder is None
            and connection.claims_seat
            and person is not None
            and person.phase is Phase.ADMITTED
            and connection.via is Via.WIDGET
        ):
            self.take_seat(connection)

    def take_seat(self, connection: Connection) -> None:
        """Give this connection the seat of its person; views learn of it with the next telling.

        A screen that another page captured is shared no longer: a page cannot hand its capture on.
        """
        before = self.seats.holder(connection.person)
        self.seats.take(connection.person, connection.id, connection.page, connection.agent)
        person = self.ledger.decided.people.get(connection.person)
        shares = person is not None and person.publication(Source.SCREEN) is not None
        if shares and before is not None and before.page != connection.page:
            self.act(connection.actor, c.Unpublish(source=Source.SCREEN))

    def seat_entry(self, connection: Connection) -> SeatEntry:
        """What the journal keeps, so that the seat survives a restart of the server."""
        return SeatEntry(
            session=self.id,
            person=connection.person,
            connection=connection.id,
            page=connection.page,
            agent=connection.agent,
        )

    def _send_snapshot(self, connection: Connection) -> None:
        table = self.seats.table(self.state)
        now = outbox.view(self.state, table, connection.viewer, recorded=self.recorded)
        connection.told = now
        connection.seq += 1
        connection.send(outbox.snapshot(now, epoch=self.around.epoch, seq=connection.seq))
        self._give_ice(connection, now)
        for chat in self.talk.earlier(self.state, connection.viewer):
            connection.send(chat)
        self.relay.deliver_pending(connection)
        self.tell_views()

    def detach(self, connection: Connection) -> None:
        """The socket is gone. The seat is held; the phase is held for `hold_ms`."""
        connection.closed = True
        if self.around.tests is not None:
            self.around.tests.drop(connection)
        if self.connections.get(connection.id) is not connection:
            return
        del self.connections[connection.id]
        if connection.via is Via.KERNEL:
            return
        if not self.live_of(connection.person, Via.PAGE, Via.WIDGET):
            self.act(SERVER, c.Disconnect(person=connection.person))

"""Which connection of each person carries picture and sound. No socket is touched here."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from telehealth_widget.core.outbox import Seat
from telehealth_widget.core.state import Person, Session
from telehealth_widget.protocol.kinds import Agent, Phase
from telehealth_widget.rooms.tokens import endpoint_id

PENDING_SIGNALS = 64


@dataclass(slots=True)
class Holder:
    """The connection that holds a person's seat; it may be away for a while."""

    connection: str
    page: str
    agent: Agent
    pending: deque[bytes] = field(default_factory=lambda: deque(maxlen=PENDING_SIGNALS))
    """Signals that came while the socket was down, delivered when it is back."""


class Seats:
    """The seats of one session."""

    def __init__(self, session: str, endpoint_key: bytes) -> None:
        self._session = session
        self._key = endpoint_key
        self._holders: dict[str, Holder] = {}
        self._made: dict[tuple[str, str, str, int], Seat] = {}
        """Kept: a table of a thousand new objects for each command would keep the garbage collector busy."""
        self._by_endpoint: dict[str, str] = {}

    def take(self, person: str, connection: str, page: str, agent: Agent) -> Holder | None:
        """Give the seat to a connection; returns the holder that lost it, if another connection had it."""
        before = self._holders.get(person)
        if before and before.connection == connection and before.page == page:
            return None
        self._holders[person] = Holder(connection, page, agent)
        return before if before and before.connection != connection else None

    def put_back(self, person: str, holder: Holder | None) -> None:
        """Undo a `take` that led to nothing."""
        if holder is None:
            self.drop(person)
        else:
            self._holders[person] = holder

    def drop(self, person: str) -> None:
        """The person has no seat any more."""
        self._holders.pop(person, None)

    def holder(self, person: str) -> Holder | None:
        return self._holders.get(person)

    def table(self, state: Session) -> Mapping[str, Seat]:
        """Person id → seat, with the endpoint of the person's present stint."""
        table: dict[str, Seat] = {}
        self._by_endpoint = {}
        for person_id, holder in self._holders.items():
            person = state.people.get(person_id)
            if person is None:
                continue
            key = (person_id, holder.connection, holder.page, person.stint)
            seat = self._made.get(key)
            if seat is None:
                seat = self._made[key] = self._new_seat(holder, person)
            table[person_id] = seat
            if person.phase is Phase.ADMITTED:
                self._by_endpoint[seat.endpoint] = person_id
        return table

    def _new_seat(self, holder: Holder, person: Person) -> Seat:
        endpoint = endpoint_id(
            self._key, self._session, person.id, holder.connection, holder.page, person.stint
        )
        return Seat(holder.connection, endpoint, holder.agent, person.since_at_ms)

    def person_at(self, endpoint: str) -> str | None:
        """Whose seat in the call has this address (as of the last `table`)."""
        return self._by_endpoint.get(endpoint)

"""An echo that only notes what it is told, and says what the test wants it to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.echo import EchoAnswer, EchoOver


class FakeEcho:
    """Implements `rooms.connection_tests.Echo`."""

    def __init__(self, *, answers: bool = False) -> None:
        """`answers`: every offer is answered at once."""
        self.answers = answers
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.warmed = 0
        self.candidates: list[m.Candidate] = []
        self.heard: Callable[[EchoAnswer | EchoOver], None] = lambda told: None

    def listen(self, heard: Callable[[EchoAnswer | EchoOver], None]) -> None:
        self.heard = heard

    def warm(self) -> None:
        self.warmed += 1

    def begin(self, test: str, ice: m.Ice, description: m.Description, within_ms: int) -> None:
        self.begun.append(test)
        if self.answers:
            self.answer(test)

    def more(self, test: str, candidates: Sequence[m.Candidate]) -> None:
        self.candidates += candidates

    def end(self, test: str) -> None:
        self.ended.append(test)

    def answer(self, test: str) -> None:
        self.heard(EchoAnswer(test, m.Description("answer", "v=0")))

    def over(self, test: str) -> None:
        self.heard(EchoOver(test))

"""A study that never took place: seeded sessions with voice, phases and marks, and what is true of each.

For trying the review, for teaching, and for holding the measures against the truth. The same seed gives the same
records. Everybody in it is labelled as simulated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from telehealth_widget.journal.contract import Journal
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Role, SessionKind, Source, Via
from telehealth_widget.protocol.measurements import QualityMeasured, Span, VoiceMeasured
from telehealth_widget.review.conversation import Conversation, Said, converse

BEGINS_AT_MS = 1_772_442_000_000
"""2026-03-02T09:00Z: when the first session opens."""
SITES = ("North", "South")
CONDITIONS = ("video", "video with captions")
PHASES = (("check-in", 0.2), ("exercise", 0.6), ("wrap-up", 0.2))
BATCH_MS = 10_000
"""Voice and quality are handed in that often."""


@dataclass
class Truth:
    """What was meant to happen in one session. `persons` has the columns of `definitions.PERSON` that are known."""

    session: str
    site: str
    condition: str
    phases: list[tuple[str, int, int]] = field(default_factory=list)
    persons: dict[str, dict[str, Any]] = field(default_factory=dict)
    overlap_ms: int = 0
    marks: int = 0
    end_ms: int = 0


@dataclass
class Study:
    """`Study(seed).write(journal)` writes it, and returns the truths."""

    seed: int = 1
    providers: int = 3
    clients: int = 12
    sessions: int = 40
    minutes: float = 12.0
    """Mean length of a session."""

    def made(self) -> Iterator[tuple[str, list[e.Draft], Truth]]:
        """(session id, its records in order, its truth) for each session."""
        for number in range(self.sessions):
            dice = Random(f"{self.seed}/{number}")
            client = number % self.clients
            provider = client % self.providers
            yield _session(dice, self.seed, number, provider, client, self.minutes)

    def write(self, journal: Journal) -> list[Truth]:
        """Append every session to the journal, which must not hold them yet."""
        truths = []
        for session, drafts, truth in self.made():
            journal.append(session, drafts).result()
            truths.append(truth)
        return truths


def write(folder: Path | str, **options: Any) -> list[Truth]:
    """A journal of the synthetic study as `folder/journal.sqlite3`, for `Archive`. Options as of `Study`.

    Raises:
        FileExistsError: there is a journal already.
    """
    path = Path(folder) / "journal.sqlite3"
    if path.exists():
        raise FileExistsError(f"{path} exists already")
    journal = SqliteJournal.open(path, owner_note="synthetic study")
    try:
        return Study(**options).write(journal)
    finally:
        journal.close()


class _Writer:
    """Collects drafts in any order."""

    def __init__(self, opened_at_ms: int) -> None:
        self._opened_at_ms = opened_at_ms
        self._drafts: list[e.Draft] = []

    def add(self, t_ms: int, actor: str, body: e.AnyBody, via: Via = Via.PAGE) -> None:
        at_ms = self._opened_at_ms + t_ms
        self._drafts.append(e.Draft(t_ms=t_ms, at_ms=at_ms, actor=actor, via=via, body=body))

    def in_order(self) -> list[e.Draft]:
        return sorted(self._drafts, key=lambda draft: draft.t_ms)


def _session(
    dice: Random, seed: int, number: int, provider: int, client: int, minutes: float
) -> tuple[str, list[e.Draft], Truth]:
    session = f"syn{seed}_{number + 1:03}"
    site, condition = SITES[provider % len(SITES)], CONDITIONS[client % len(CONDITIONS)]
    therapist, person = f"p_t{provider + 1}", f"p_c{client + 1}"
    opened_at_ms = BEGINS_AT_MS + number * 7 * 3_600_000 + dice.randint(0, 600_000)
    out = _Writer(opened_at_ms)
    truth = Truth(session, site, condition)
    codes = {therapist: f"T{provider + 1}", person: f"P{client + 1:02}"}
    _open(out, number, therapist, person, codes)
    for label in ("study: Synthetic", f"site: {site}", f"condition: {condition}"):
        out.add(1_000, therapist, e.MarkPlaced(label, None), Via.KERNEL)
    wait_ms = dice.randint(5_000, 180_000)
    ready_ms = dice.randint(20_000, 60_000)
    live_ms = ready_ms + wait_ms
    length_ms = round(minutes * 60_000 * dice.uniform(0.8, 1.2))
    truth.end_ms = end_ms = live_ms + length_ms
    out.add(5_000, e.SYSTEM, e.ConnectionRestored(therapist), Via.SYSTEM)
    out.add(6_000, therapist, e.StaffJoined(therapist), Via.WIDGET)
    out.add(10_000, e.SYSTEM, e.PersonArrived(person), Via.SYSTEM)
    out.add(ready_ms, person, e.PersonReady(person, camera=True, microphone=True))
    out.add(live_ms, therapist, e.SessionStarted(), Via.WIDGET)
    out.add(live_ms, therapist, e.PersonAdmitted(person), Via.WIDGET)
    for who, at in ((therapist, 6_500), (person, live_ms)):
        for source in (Source.CAMERA, Source.MICROPHONE):
            out.add(at, who, e.MediaPublished(who, source, muted=False))
        out.add(live_ms, who, VoiceMeasured(who, ()))  # the device listens from here on
    said = converse(dice, therapist, person, live_ms, end_ms)
    truth.overlap_ms = said.overlap_ms
    _phases(out, truth, therapist, live_ms, length_ms)
    extra = _client_acts(dice, out, truth, therapist, person, live_ms, length_ms)
    for who in (therapist, person):
        _measured(dice, out, who, said.sides[who].spans, live_ms, end_ms, poor=dice.random() < 0.2)
    out.add(end_ms, therapist, e.SessionEnded(), Via.WIDGET)
    client_row = {"waiting_ms": wait_ms, "first_wait_ms": wait_ms, **extra}
    client_row["in_session_ms"] = length_ms - extra["paused_ms"]
    truth.persons = {
        codes[therapist]: {
            "in_session_ms": end_ms - 6_000,
            "reconnections": 0,
            **_spoken(said, therapist),
        },
        codes[person]: {**client_row, **_spoken(said, person)},
    }
    return session, out.in_order(), truth


def _open(out: _Writer, number: int, therapist: str, person: str, codes: dict[str, str]) -> None:
    opened = e.SessionOpened(
        title=f"Synthetic session {number + 1}",
        kind=SessionKind.INDIVIDUAL,
        names="all",
        hold_ms=120_000,
        notebook=None,
        provider=therapist,
    )
    out.add(0, e.SYSTEM, opened, Via.SYSTEM)
    for who, role in ((therapist, Role.PROVIDER), (person, Role.CLIENT)):
        invited = e.PersonInvited(
            person=who,
            code=codes[who],
            role=role,
            name=f"Synthetic {role.value} {codes[who]}",
            language=None,
            expires_at_ms=BEGINS_AT_MS + 10**11,
            simulated=True,
        )
        out.add(0, e.SYSTEM, invited, Via.SYSTEM)


def _phases(out: _Writer, truth: Truth, therapist: str, live_ms: int, length_ms: int) -> None:
    at = live_ms
    for name, share in PHASES:
        out.add(at, therapist, e.MarkPlaced(f"phase: {name}", None), Via.KERNEL)
        stop = truth.end_ms if name == PHASES[-1][0] else at + round(length_ms * share)
        truth.phases.append((name, at, stop))
        at = stop


def _client_acts(
    dice: Random,
    out: _Writer,
    truth: Truth,
    therapist: str,
    person: str,
    live_ms: int,
    length_ms: int,
) -> dict[str, Any]:
    """What a client and their provider do in between, each in a tenth of the session of its own."""
    tenth = length_ms // 10
    at = [live_ms + tenth * i + dice.randint(0, tenth // 4) for i in range(10)]
    lasts = [dice.randint(2_000, tenth // 2) for _ in range(10)]
    known = dict.fromkeys(("mutes", "mutes_by_others", "muted_ms", "shares", "share_ms"), 0)
    known |= dict.fromkeys(("paused_ms", "reconnections", "away_ms", "chats", "chat_characters"), 0)
    camera_off = 0
    if dice.random() < 0.6:  # mutes; every other time the provider did it
        by_provider = dice.random() < 0.5
        actor = therapist if by_provider else person
        out.add(at[1], actor, e.MediaMuted(person, Source.MICROPHONE))
        out.add(at[1] + lasts[1], person, e.MediaUnmuted(person, Source.MICROPHONE))
        known |= {"mutes": 1, "mutes_by_others": int(by_provider), "muted_ms": lasts[1]}
    if dice.random() < 0.4:  # camera off
        out.add(at[2], person, e.MediaMuted(person, Source.CAMERA))
        out.add(at[2] + lasts[2], person, e.MediaUnmuted(person, Source.CAMERA))
        camera_off += lasts[2]
    if dice.random() < 0.3:  # shares a screen
        out.add(at[3], person, e.MediaPublished(person, Source.SCREEN, muted=False))
        out.add(at[3] + lasts[3], person, e.MediaUnpublished(person, Source.SCREEN))
        known |= {"shares": 1, "share_ms": lasts[3]}
    if dice.random() < 0.3:  # a lost connection
        out.add(at[4], e.SYSTEM, e.ConnectionLost(person), Via.SYSTEM)
        out.add(at[4] + lasts[4], e.SYSTEM, e.ConnectionRestored(person), Via.SYSTEM)
        known |= {"reconnections": 1, "away_ms": lasts[4]}
    if dice.random() < 0.2:  # paused; the page offers its sources anew afterwards
        out.add(at[5], therapist, e.PersonPaused(person), Via.WIDGET)
        out.add(at[5] + lasts[5], therapist, e.PersonResumed(person), Via.WIDGET)
        for source in (Source.CAMERA, Source.MICROPHONE):
            out.add(at[5] + lasts[5], person, e.MediaPublished(person, source, muted=False))
        out.add(at[5] + lasts[5], person, VoiceMeasured(person, ()))
        known["paused_ms"] = lasts[5]
    for number in range(dice.randint(0, 4)):
        characters = dice.randint(1, 200)
        chat = e.ChatSent(person, f"m{number}", "everyone", characters)
        out.add(at[6 + number] + lasts[6], person, chat)
        known["chats"] += 1
        known["chat_characters"] += characters
    for number in range(dice.randint(0, 3)):
        label = dice.choice(("rupture", "repair", "insight"))
        out.add(at[6 + number], therapist, e.MarkPlaced(label, "A synthetic note."), Via.WIDGET)
        truth.marks += 1
    known["camera_off_ms"] = camera_off
    known["camera_on_ms"] = length_ms - known["paused_ms"] - camera_off
    return known


def _measured(
    dice: Random,
    out: _Writer,
    who: str,
    spans: list[tuple[int, int]],
    from_ms: int,
    to_ms: int,
    *,
    poor: bool,
) -> None:
    """Voice and quality, handed in every `BATCH_MS`; a span goes with the batch in which it ended."""
    waiting = sorted(spans, key=lambda span: span[1])
    for at in range(from_ms, to_ms, BATCH_MS):
        stop = min(at + BATCH_MS, to_ms)
        ripe = [span for span in waiting if span[1] <= stop]
        waiting = waiting[len(ripe) :]
        if ripe:
            out.add(stop, who, VoiceMeasured(who, tuple(Span(*span) for span in sorted(ripe))))
        rtt = dice.uniform(420, 700) if poor else dice.uniform(20, 120)
        quality = QualityMeasured(
            who,
            Span(at, stop),
            rtt_ms=round(rtt, 1),
            jitter_ms=round(dice.uniform(1, 20), 1),
            loss=round(dice.uniform(0, 0.015), 4),
            kbps_in=round(dice.uniform(300, 900), 1),
            kbps_out=round(dice.uniform(300, 900), 1),
        )
        out.add(stop, who, quality)


def _spoken(said: Conversation, who: str) -> dict[str, Any]:
    side: Said = said.sides[who]
    everyone = sum(one.talk_ms for one in said.sides.values())
    return {
        "talk_ms": side.talk_ms,
        "talk_share": side.talk_ms / everyone,
        "turns": side.turns,
        "mean_turn_ms": side.turn_ms / side.turns,
        "floor_transfers": len(side.offsets),
        "response_latency_ms": median(side.offsets),
        "overlaps": sum(offset < 0 for offset in side.offsets),
        "interruptions": side.interruptions,
        "asides": side.asides,
    }

"""What each column of every table means: the data dictionary, and the documentation of the measures."""

from __future__ import annotations

from msgspec import Struct

from telehealth_widget.review.intervals import GOOD_LOSS, GOOD_RTT_MS, POOR_LOSS, POOR_RTT_MS
from telehealth_widget.review.voice import INTERRUPTION_MS, SILENCE_MS

HELDNER = "Heldner & Edlund (2010), J. Phonetics 38(4), 555–568"
ZIMMERMAN = "Zimmerman & West (1975), Sex roles, interruptions and silences in conversation"
LEVITT = "Levitt (2001), Psychotherapy Research 11(3), 295–309"


class Definition(Struct, frozen=True):
    """One column."""

    name: str
    unit: str
    """`ms`, `1` (a share), `count`, `kbit/s`, or empty for words."""
    meaning: str
    source: str = ""
    """Where the definition is from, if it is not ours."""


_MEASURED = "A person's voice is measured, of each stay in the session, from the first report of their device on."
_ALL = "empty unless the voices of all who were in the session in that part with a microphone on were measured in it"

PERSON = (
    Definition("session", "", "Opaque id of the session."),
    Definition(
        "part",
        "",
        "Which part of it: `session`, the name of a study phase, or `FROM-TO s` of a window.",
    ),
    Definition("from_ms", "ms", "Where the part begins, since the session opened."),
    Definition("to_ms", "ms", "Where the part ends."),
    Definition("person", "", "Pseudonymous code."),
    Definition("role", "", "`provider`, `client` or `supervisor`."),
    Definition(
        "simulated", "", "`yes`: no person, but a simulated client or synthetic data; else `no`."
    ),
    Definition(
        "waiting_ms", "ms", "Time in the waiting room after pressing I'm Ready, all stays together."
    ),
    Definition(
        "first_wait_ms",
        "ms",
        "From first pressing I'm Ready to first coming into the session; empty if either did "
        "not happen, or the coming in lies outside the part.",
    ),
    Definition("in_session_ms", "ms", "Time admitted (in the call), pauses not counted."),
    Definition("paused_ms", "ms", "Time sent back to the waiting room by a pause."),
    Definition(
        "away_ms", "ms", "Time without any connection while preparing, waiting, admitted or paused."
    ),
    Definition("reconnections", "count", "How often a lost connection came back."),
    Definition(
        "mutes", "count", "How often the microphone was muted while it was live, by whomever."
    ),
    Definition("mutes_by_others", "count", "Those of them that someone else did."),
    Definition("muted_ms", "ms", "Time admitted with a microphone that was muted."),
    Definition("camera_on_ms", "ms", "Time admitted with the camera's picture shown."),
    Definition("camera_off_ms", "ms", "Time admitted without it."),
    Definition("shares", "count", "How often a screen was shared."),
    Definition("share_ms", "ms", "Time a screen was shared."),
    Definition("chats", "count", "Chat messages written."),
    Definition("chat_characters", "count", "Characters in them; the text itself is not recorded."),
    Definition(
        "talk_ms",
        "ms",
        "Time speaking, as the person's own device heard it; like the columns behind it, empty if their voice was "
        f"not measured in the part. {_MEASURED}",
    ),
    Definition("talk_share", "1", f"Of the speaking time of everybody; {_ALL}."),
    Definition(
        "turns",
        "count",
        "Turns that began in the part: spans of one speaker, pauses in between included, until another whose voice "
        "is measured speaks beyond their end.",
        HELDNER,
    ),
    Definition("mean_turn_ms", "ms", "Their mean length, pauses included."),
    Definition(
        "floor_transfers",
        "count",
        f"Turns that followed another person's; like the columns about two speakers behind it {_ALL}.",
    ),
    Definition(
        "response_latency_ms",
        "ms",
        "Median floor transfer offset of the turns the person took: beginning less the end of the "
        "turn before; negative is an overlap.",
        HELDNER,
    ),
    Definition(
        "overlaps",
        "count",
        "Turns begun before the other's had ended (overlap between speakers).",
        HELDNER,
    ),
    Definition(
        "interruptions",
        "count",
        f"Overlaps longer than {INTERRUPTION_MS} ms, about two syllables.",
        ZIMMERMAN,
    ),
    Definition(
        "asides",
        "count",
        "Times the person spoke within another's turn without taking the floor (overlap within: "
        "backchannels among them).",
        HELDNER,
    ),
    Definition("rtt_ms", "ms", "Median round trip of the connection's measurements."),
    Definition("jitter_ms", "ms", "Median jitter of what was received."),
    Definition("loss", "1", "Mean share of packets not received, weighted by time."),
    Definition(
        "poor_ms",
        "ms",
        f"Time of poor quality: round trip over {POOR_RTT_MS:g} ms or loss over {POOR_LOSS:g} (fair: over "
        f"{GOOD_RTT_MS:g} ms or {GOOD_LOSS:g}).",
    ),
)

SESSION = (
    Definition("session", "", "Opaque id of the session."),
    Definition("part", "", "As in the table of persons."),
    Definition("from_ms", "ms", "Where the part begins."),
    Definition("to_ms", "ms", "Where the part ends."),
    Definition(
        "live_ms",
        "ms",
        "Time of the part within the live session: from the first admission of a client to the end.",
    ),
    Definition(
        "speech_ms",
        "ms",
        f"Of it, time in which anyone spoke; like the other columns of speech {_ALL}. {_MEASURED}",
    ),
    Definition("overlap_ms", "ms", "Of it, time in which two or more spoke at once."),
    Definition("silence_ms", "ms", "Of it, time in which nobody spoke."),
    Definition(
        "silences",
        "count",
        f"Stretches of it in which nobody spoke for {SILENCE_MS} ms or more.",
        LEVITT,
    ),
    Definition("floor_transfers", "count", "Turns that followed another person's.", HELDNER),
    Definition("median_offset_ms", "ms", "Their median floor transfer offset.", HELDNER),
    Definition("marks", "count", "Marks placed, phases and labels not counted."),
)

EVENTS = (
    Definition("n", "count", "Number of the row in the record, from 1."),
    Definition("t_ms", "ms", "Since the session opened; never goes back."),
    Definition(
        "at",
        "",
        "Wall clock, UTC, ISO 8601; shifted if a date shift was asked for; empty if it cannot be a date.",
    ),
    Definition("event", "", "What happened: the name of the event or measurement."),
    Definition("person", "", "Whom it is about: pseudonymous code."),
    Definition("actor", "", "Who did it: a code, or `system` for the server."),
    Definition("via", "", "Through which door: `kernel`, `widget`, `page` or `system`."),
    Definition(
        "details",
        "",
        "The event's other fields as JSON; names and texts only if they were asked for.",
    ),
)

INTERVALS = (
    Definition("person", "", "Pseudonymous code."),
    Definition(
        "kind",
        "",
        "`phase`, `connected`, `microphone`, `camera`, `screen`, `speaking` or `quality`.",
    ),
    Definition("from_ms", "ms", "Beginning."),
    Definition("to_ms", "ms", "End."),
    Definition("value", "", "The phase; `on` or `muted`; `good`, `fair` or `poor`; else `yes`."),
)

TABLES = {"persons": PERSON, "sessions": SESSION, "events": EVENTS, "intervals": INTERVALS}
"""Table → its columns in order."""

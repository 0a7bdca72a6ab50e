"""Every limit on size, rate and time, in one place. Numbers only; who enforces them is said beside each."""

from __future__ import annotations

from typing import Final

# Messages (enforced by `codec` and by the sockets)
MAX_MESSAGE_BYTES: Final = 64 * 1024
MAX_MESSAGE_DEPTH: Final = 8
MAX_SDP_BYTES: Final = 32 * 1024
MAX_CANDIDATE_BYTES: Final = 2 * 1024
MAX_CANDIDATES_PER_MESSAGE: Final = 32
MAX_CANDIDATES_PER_PEER: Final = 200
MAX_CHAT_CHARACTERS: Final = 4_000
MAX_NOTE_CHARACTERS: Final = 4_000
MAX_REASON_CHARACTERS: Final = 500
MAX_TITLE_CHARACTERS: Final = 120
MAX_CAPTION_CHARACTERS: Final = 500
MAX_NAME_GRAPHEMES: Final = 64
MAX_NAME_BYTES: Final = 512
"""64 graphemes may each carry many combining marks; 512 UTF-8 bytes bound them all."""
MAX_CODE_CHARACTERS: Final = 32
MAX_LABEL_CHARACTERS: Final = 64
MAX_TOKEN_CHARACTERS: Final = 1_024
"""Tokens have 43; anything up to this gets the one answer of an unknown token."""
MAX_COMMAND_NUMBER: Final = 2**53 - 1

# Rates of a person, over all connections (enforced by `rooms.visits`): tokens a second, burst
COMMANDS_PER_S: Final = 20.0
COMMANDS_BURST: Final = 60
SIGNALS_PER_S: Final = 50.0
SIGNALS_BURST: Final = 400
BEATS_PER_S: Final = 10.0
BEATS_BURST: Final = 100
HELLOS_PER_S: Final = 2.0
HELLOS_BURST: Final = 120
"""How often a guest may come. A page that is let in and cut off at once comes about three times a second; whoever
comes too often is told to try later, and a page then waits up to 8 s."""

# Sockets (enforced by the server)
AUTHENTICATE_WITHIN_MS: Final = 5_000
MAX_UNAUTHENTICATED_PER_ADDRESS: Final = 20
MAX_UNAUTHENTICATED: Final = 500
PING_INTERVAL_MS: Final = 10_000
PING_TIMEOUT_MS: Final = 20_000

# Slow readers (enforced by `rooms.outlet`)
OUTLET_MESSAGES: Final = 256
OUTLET_BYTES: Final = 1024 * 1024

# Rooms
HOLD_MS: Final = 120_000
"""How long a dropped connection keeps its person's phase (a session setting)."""
MAX_PEOPLE: Final = 2_000
MAX_WAITING: Final = 1_200
MAX_ADMITTED: Final = 25
MAX_WAITING_SHOWN: Final = 50
"""How many of those who wait a client in a group is shown, the longest waiting first."""
MAX_CONNECTIONS_PER_PERSON: Final = 12
RESUMES_KEPT: Final = 12
"""So many of a person's connections a resume token leads back to: the latest, and whichever are open."""
MAX_LIVE_SESSIONS: Final = 500
CHAT_KEPT_IN_MEMORY: Final = 200
"""How many chat messages a live room remembers for reloads; none of them is written to disk."""
INVITE_VALID_MS: Final = 30 * 24 * 3600 * 1000
MAX_INVITE_VALID_MS: Final = 366 * 24 * 3600 * 1000
MAX_ARRIVAL_MINUTES: Final = 120
"""How far ahead "with you in N minutes" may promise (enforced by `decide`)."""
MAX_SESSION_MS: Final = 24 * 3600 * 1000
"""The longest maximum duration, and the longest wait for somebody to come back (enforced by `decide`)."""
MAX_WARNINGS: Final = 10
"""How many warnings before the maximum duration is reached a session may have."""

# Media
ICE_CREDENTIALS_VALID_MS: Final = 600_000

# Connection tests (enforced by `rooms.tests` and `media.echo`)
TESTS_AT_ONCE: Final = 3
TESTS_QUEUED: Final = 40
"""Beyond, a test is refused with a word."""
TEST_WITHIN_MS: Final = 20_000
"""From the moment a test may begin; its page means to be done within 15 s."""
TEST_QUEUE_WITHIN_MS: Final = 180_000
TESTS_BURST: Final = 6
TESTS_PER_S: Final = 1 / 60
"""A person's tests: six at once, then one a minute."""
TEST_MESSAGES_PER_S: Final = 5.0
TEST_MESSAGES_BURST: Final = 60
TEST_CREDENTIALS_VALID_MS: Final = 60_000
MAX_TEST_CANDIDATES: Final = 40
MAX_PROBES: Final = 600
PROBE_BYTES: Final = 12
BURST_MESSAGE_BYTES: Final = 1_100
"""One packet each."""
MAX_BURST_BYTES: Final = 1_500_000
MAX_BURST_MS: Final = 2_500
MAX_CAUSES: Final = 4

# Measurements (enforced by `codec`, `core.measured` and `rooms.visits`)
MAX_MEASURED_BACK_MS: Final = 60_000
"""How far back one message may tell of."""
MAX_SPANS: Final = 64
MEASURED_PER_S: Final = 0.5
MEASURED_BURST: Final = 10

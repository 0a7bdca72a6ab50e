"""Whether the end of a connection is the end for good. Pure: no socket, no clock."""

from __future__ import annotations

from telehealth_widget.protocol.errors import SENTENCES, ErrorCode
from telehealth_widget.protocol.messages import CloseCode, Closed

FINAL_CLOSE_CODES = frozenset({CloseCode.SEAT_TAKEN, CloseCode.REFUSED, CloseCode.MALFORMED})
FINAL_ERRORS = frozenset(
    {
        ErrorCode.SEAT_TAKEN,
        ErrorCode.SESSION_ENDED,
        ErrorCode.REMOVED,
        ErrorCode.RESUME_REUSED,
        ErrorCode.LINK_UNKNOWN,
        ErrorCode.LINK_EXPIRED,
        ErrorCode.LINK_REVOKED,
    }
)
"""Reasons that hold even when the close code itself got lost on the way."""


def verdict(farewell: Closed | None, close_code: int | None) -> Closed | None:
    """Why the connection is over for good, or RESUME_UNKNOWN; None: it is worth trying again.

    Args:
        farewell: the room's last word, if it came.
        close_code: of the WebSocket, if it came.
    """
    final = close_code in FINAL_CLOSE_CODES
    if farewell is None and final:
        code = {
            CloseCode.SEAT_TAKEN: ErrorCode.SEAT_TAKEN,
            CloseCode.MALFORMED: ErrorCode.MALFORMED,
        }.get(close_code or 0, ErrorCode.NOT_PERMITTED)
        return Closed(code=code, message=SENTENCES[code])
    if farewell is None:
        return None
    told = farewell.code in FINAL_ERRORS or farewell.code is ErrorCode.RESUME_UNKNOWN
    return farewell if final or told else None

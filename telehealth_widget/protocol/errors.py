"""Stable error codes and the sentences that go with them. Each sentence says what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class ErrorCode(StrEnum):
    """Why something was refused. Codes never change meaning; sentences may."""

    NOT_PERMITTED = "NOT_PERMITTED"
    NOT_PROVIDER = "NOT_PROVIDER"
    WRONG_PHASE = "WRONG_PHASE"
    SESSION_ENDED = "SESSION_ENDED"
    UNKNOWN_PERSON = "UNKNOWN_PERSON"
    AMBIGUOUS_PERSON = "AMBIGUOUS_PERSON"
    CODE_TAKEN = "CODE_TAKEN"
    BAD_CODE = "BAD_CODE"
    BAD_NAME = "BAD_NAME"
    NAME_MISSING = "NAME_MISSING"
    NAME_OF_PROVIDER = "NAME_OF_PROVIDER"
    BAD_TEXT = "BAD_TEXT"
    BAD_OPTION = "BAD_OPTION"
    NO_MEDIA = "NO_MEDIA"
    SHARE_TAKEN = "SHARE_TAKEN"
    SHARE_NOT_ALLOWED = "SHARE_NOT_ALLOWED"
    ROOM_FULL = "ROOM_FULL"
    NOT_SEATED = "NOT_SEATED"
    TOO_MANY = "TOO_MANY"
    TOO_LARGE = "TOO_LARGE"
    MALFORMED = "MALFORMED"
    LINK_UNKNOWN = "LINK_UNKNOWN"
    LINK_EXPIRED = "LINK_EXPIRED"
    LINK_REVOKED = "LINK_REVOKED"
    RESUME_REUSED = "RESUME_REUSED"
    RESUME_UNKNOWN = "RESUME_UNKNOWN"
    SEAT_TAKEN = "SEAT_TAKEN"
    REMOVED = "REMOVED"
    TOO_SLOW = "TOO_SLOW"
    LATE = "LATE"
    UNKNOWN_SESSION = "UNKNOWN_SESSION"
    JOURNAL_UNAVAILABLE = "JOURNAL_UNAVAILABLE"
    JOURNAL_OWNED = "JOURNAL_OWNED"
    JOURNAL_DAMAGED = "JOURNAL_DAMAGED"
    JOURNAL_ON_NETWORK = "JOURNAL_ON_NETWORK"
    LEGAL_HOLD = "LEGAL_HOLD"
    GUEST_PORT_IN_USE = "GUEST_PORT_IN_USE"
    GUEST_SETTINGS = "GUEST_SETTINGS"
    SERVER_MISSING = "SERVER_MISSING"
    SERVER_STOPPING = "SERVER_STOPPING"
    TIMED_OUT = "TIMED_OUT"


SENTENCES: dict[ErrorCode, str] = {
    ErrorCode.NOT_PERMITTED: "Your role in this session does not allow that.",
    ErrorCode.NOT_PROVIDER: "Only a provider may do that.",
    ErrorCode.WRONG_PHASE: "That is not possible at this point of the session.",
    ErrorCode.SESSION_ENDED: "This session has ended. Open a new one to go on.",
    ErrorCode.UNKNOWN_PERSON: "Nobody in this session goes by that name, code or id.",
    ErrorCode.AMBIGUOUS_PERSON: "Several people go by that name. Use a code or an id.",
    ErrorCode.CODE_TAKEN: "That code belongs to someone with another role. Choose another code.",
    ErrorCode.BAD_CODE: "A code has 1 to 32 letters, digits, '-', '_' or '.', and starts with a letter or digit.",
    ErrorCode.BAD_NAME: "A name has 1 to 64 visible characters, without control or direction marks.",
    ErrorCode.NAME_MISSING: "Type your name first.",
    ErrorCode.NAME_OF_PROVIDER: "That name is too close to your provider's. Type your own name.",
    ErrorCode.BAD_TEXT: "Write some text, and not more than the limit.",
    ErrorCode.BAD_OPTION: "That option is not known. See the documentation of Session.",
    ErrorCode.NO_MEDIA: "There is no such camera, microphone or screen to switch.",
    ErrorCode.SHARE_TAKEN: "Someone else is sharing a screen. Ask them to stop sharing, then share yours.",
    ErrorCode.SHARE_NOT_ALLOWED: "In this session only providers share a screen. Ask your provider to show it.",
    ErrorCode.ROOM_FULL: "The session is full. Someone has to leave first.",
    ErrorCode.NOT_SEATED: "This window does not hold the call. Use 'Move call here' first.",
    ErrorCode.TOO_MANY: "Too many messages in a short time. Wait a moment and try again.",
    ErrorCode.TOO_LARGE: "That message is too large. Shorten it and try again.",
    ErrorCode.MALFORMED: "That message was not understood. Reload the page and try again.",
    ErrorCode.LINK_UNKNOWN: "This link is not valid. Check that it is complete, or ask your provider for a new one.",
    ErrorCode.LINK_EXPIRED: "This link has expired. Ask your provider for a new one.",
    ErrorCode.LINK_REVOKED: "This link was withdrawn. Ask your provider for a new one.",
    ErrorCode.RESUME_REUSED: "This session is open in another tab or window.",
    ErrorCode.RESUME_UNKNOWN: "Open the link from your provider again.",
    ErrorCode.SEAT_TAKEN: "The call moved to another tab or window.",
    ErrorCode.REMOVED: "Your provider has ended your part in this session.",
    ErrorCode.TOO_SLOW: "The connection could not keep up. Reconnecting.",
    ErrorCode.LATE: "The connection took too long to say who it is. Try again.",
    ErrorCode.UNKNOWN_SESSION: "There is no such session on this server. Check the id, or open a new session.",
    ErrorCode.JOURNAL_UNAVAILABLE: "The record cannot be written, so this was refused. "
    "Free some disk space and try again.",
    ErrorCode.JOURNAL_OWNED: "Another server keeps this journal. Use that server, or set another journal= path.",
    ErrorCode.JOURNAL_DAMAGED: "The record of this session does not verify. It is still readable "
    "up to the first bad row.",
    ErrorCode.JOURNAL_ON_NETWORK: "The journal must not lie on a network file system. Set journal= to a local disk.",
    ErrorCode.LEGAL_HOLD: "A legal hold forbids erasing this. Ask whoever set it to lift it "
    "in the journal's retention policy.",
    ErrorCode.GUEST_PORT_IN_USE: "The port of the guest site is in use. "
    "Set TelehealthWidget.guest_port to a free one and restart Jupyter.",
    ErrorCode.GUEST_SETTINGS: "The settings of the guest site do not fit together. "
    "Check the guest_ settings of TelehealthWidget and restart Jupyter.",
    ErrorCode.SERVER_MISSING: "No Jupyter server with telehealth_widget was found. "
    "Install the package where Jupyter runs and restart Jupyter.",
    ErrorCode.SERVER_STOPPING: "The server is starting or stopping. Reconnecting when it is ready.",
    ErrorCode.TIMED_OUT: "No answer in time. Check that the Jupyter server is running and try again.",
}


class TelehealthError(Exception):
    """Base of every error that this package raises on purpose.

    `code` is stable; `str(error)` is a sentence that says what to do next.
    """

    def __init__(self, code: ErrorCode, message: str | None = None) -> None:
        self.code = code
        self.message = message or SENTENCES[code]
        super().__init__(self.message)


class CommandRefused(TelehealthError):
    """A command that the rules did not allow. `candidates` lists what would have fitted, if anything."""

    def __init__(
        self, code: ErrorCode, message: str | None = None, candidates: Sequence[str] = ()
    ) -> None:
        super().__init__(code, message)
        self.candidates = tuple(candidates)

    def __str__(self) -> str:
        listed = f" ({', '.join(self.candidates)})" if self.candidates else ""
        return f"{self.message}{listed} [{self.code}]"

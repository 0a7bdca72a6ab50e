"""Bytes to messages and back: closed schemas, bounded size and depth. No transport belongs here."""

from __future__ import annotations

import msgspec

from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.events import AnyEvent, Record
from telehealth_widget.protocol.messages import AnyDownward, AnyUpward

_encoder = msgspec.json.Encoder()
_upward: msgspec.json.Decoder[AnyUpward] = msgspec.json.Decoder(AnyUpward)
_downward: msgspec.json.Decoder[AnyDownward] = msgspec.json.Decoder(AnyDownward)
_record: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)
_event: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def depth_of(text: bytes) -> int:
    """How deep the brackets of a JSON text nest, strings skipped. Cheap enough to run before parsing."""
    depth = deepest = 0
    in_string = escaped = False
    for byte in text:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            if depth > deepest:
                deepest = depth
        elif byte in b"]}":
            depth -= 1
    return deepest


def decode_upward(data: str | bytes) -> AnyUpward:
    """The message a client sent.

    Unknown keys, unknown types, NaN, wrong types and values past their limits are refused; of doubled
    keys the last counts.

    Raises:
        CommandRefused: TOO_LARGE over `MAX_MESSAGE_BYTES`, else MALFORMED. The sentence never quotes
            what was sent.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > limits.MAX_MESSAGE_BYTES:
        raise CommandRefused(ErrorCode.TOO_LARGE)
    # Only short texts of ours nest; the scan costs less than a refusal would.
    if raw.count(b"{") + raw.count(b"[") > limits.MAX_MESSAGE_DEPTH and (
        depth_of(raw) > limits.MAX_MESSAGE_DEPTH
    ):
        raise CommandRefused(ErrorCode.MALFORMED)
    try:
        return _upward.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise CommandRefused(ErrorCode.MALFORMED) from None


def decode_downward(data: str | bytes) -> AnyDownward:
    """The message a server sent (for kernels, simulated clients and tests).

    Raises:
        msgspec.DecodeError: not a message of this version.
    """
    return _downward.decode(data)


def encode(message: msgspec.Struct) -> bytes:
    """UTF-8 JSON of any message, record or event."""
    return _encoder.encode(message)


def decode_record(data: bytes) -> Record:
    """A record from its stored or exported bytes.

    Raises:
        msgspec.DecodeError: not a record of this version.
    """
    return _record.decode(data)


def decode_event(data: bytes) -> AnyEvent:
    """An event from its JSON.

    Raises:
        msgspec.DecodeError: not an event of this version.
    """
    return _event.decode(data)

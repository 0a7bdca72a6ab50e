"""What was measured during a session: chained into the record like events, and never folded.

They change no state, so a record may hold very many. Class names are the stored tags, as with events. Times are
ms since the session opened, like `Record.t_ms`; the record's own `t_ms` is when the batch was handed in, so it is
not before the end of what the batch tells. Nothing here is personal text.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from telehealth_widget.protocol import limits


class Measurement(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", tag=lambda n: n
):
    """Base of all measurements; `event` names the class, as in events."""

    personal_fields: ClassVar[dict[str, str]] = {}
    """None: measurements hold no text."""


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of time of the session."""

    from_ms: int
    to_ms: int
    """Not before `from_ms`."""


class VoiceMeasured(Measurement, frozen=True):
    """When a person's own device heard them speak: some spans, in order, that do not overlap.

    No spans: the device listens from here on, and heard nothing yet.
    """

    person: str
    spans: tuple[Span, ...]


class QualityMeasured(Measurement, frozen=True):
    """How a person's connection was over a stretch of time."""

    person: str
    span: Span
    rtt_ms: float | None = None
    """Median round trip, ms; None: not measured."""
    jitter_ms: float | None = None
    """Median interarrival jitter of what the person received, ms."""
    loss: float | None = None
    """Share of packets that the person did not receive, 0–1."""
    kbps_in: float | None = None
    """Received, kbit/s (1,000 bits)."""
    kbps_out: float | None = None
    """Sent, kbit/s."""


# -- on the way here: a page knows the session's time only by counting back from now -------------------

Back = Annotated[int, Meta(ge=0, le=limits.MAX_MEASURED_BACK_MS)]
"""ms before the message was sent."""
Kbps = Annotated[float, Meta(ge=0, le=10_000_000)]


class Stretch(Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of time, counted back from when it is told."""

    from_back_ms: Back
    to_back_ms: Back
    """Not more than `from_back_ms`."""


class Figures(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How one's own connections were over the last `over_ms`; None: not measured. Fields as in `QualityMeasured`."""

    over_ms: Back
    rtt_ms: Annotated[float, Meta(ge=0, le=60_000)] | None = None
    jitter_ms: Annotated[float, Meta(ge=0, le=60_000)] | None = None
    loss: Annotated[float, Meta(ge=0, le=1)] | None = None
    kbps_in: Kbps | None = None
    kbps_out: Kbps | None = None


AnyMeasurement = VoiceMeasured | QualityMeasured


def measurement_types() -> tuple[type[Measurement], ...]:
    """Every class of measurement, in the order of the union."""
    return AnyMeasurement.__args__

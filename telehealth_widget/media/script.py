"""What a simulated client does, and when. Plain data; who acts on it is `guest`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Script:
    """What a simulated client does, and when."""

    ready_after_s: float = 0.0
    """From coming in to pressing "I'm Ready", s."""
    camera: bool = True
    """Whether it has a camera."""
    microphone: bool = True
    """Whether it has a microphone."""
    agrees: bool = True
    """What it answers when a provider asks it to unmute or to start its camera."""
    answer_after_s: float = 1.0
    """From that question to the answer, s."""
    leave_after_s: float | None = None
    """From its first admission to leaving, s; None: it stays."""

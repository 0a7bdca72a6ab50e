"""Where a join link leads. No connection is made here, and nothing here shows the token."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError


@dataclass(frozen=True)
class Door:
    """Where and as whom to come in."""

    socket_url: str = field(repr=False)
    origin: str = field(repr=False)
    token: str = field(repr=False)

    @classmethod
    def of(cls, url: str) -> Door:
        """The door behind a join link: the socket lies beside the page.

        Raises:
            TelehealthError: LINK_UNKNOWN, if it is none.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or not parts.fragment:
            raise TelehealthError(ErrorCode.LINK_UNKNOWN)
        scheme = "wss" if parts.scheme == "https" else "ws"
        socket = urljoin(parts._replace(query="", fragment="").geturl(), "socket")
        return cls(
            urlsplit(socket)._replace(scheme=scheme).geturl(),
            f"{parts.scheme}://{parts.netloc}",
            parts.fragment,
        )

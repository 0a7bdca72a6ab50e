"""The bounded queue of one reader."""

from __future__ import annotations

from telehealth_widget.protocol import limits
from telehealth_widget.rooms.outlet import Outlet


def test_messages_come_out_in_order_and_each_wakes_the_writer() -> None:
    woken: list[int] = []
    outlet = Outlet(lambda: woken.append(1))
    assert all(outlet.put(bytes([n])) for n in range(3))
    assert len(outlet) == 3
    assert len(woken) == 3
    assert [outlet.take(), outlet.take(), outlet.take(), outlet.take()] == [
        b"\0",
        b"\1",
        b"\2",
        None,
    ]


def test_the_257th_message_does_not_fit_and_does_not_wake() -> None:
    woken: list[int] = []
    outlet = Outlet(lambda: woken.append(1))
    assert all(outlet.put(b"x") for _ in range(limits.OUTLET_MESSAGES))
    assert not outlet.put(b"x")
    assert len(woken) == len(outlet) == 256
    outlet.take()
    assert outlet.put(b"x")


def test_one_mib_fits_and_a_byte_more_does_not() -> None:
    outlet = Outlet(lambda: None)
    assert outlet.put(b"x" * (limits.OUTLET_BYTES - 1))
    assert outlet.put(b"x")
    assert not outlet.put(b"x")
    outlet.take()
    outlet.take()
    assert outlet.put(b"x" * limits.OUTLET_BYTES)

"""Guessed links: none is accepted, and every answer is the same, byte for byte."""

from __future__ import annotations

import asyncio
import base64
import random
import string
from typing import Any

import msgspec

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m

from ..soak.card import Line, check_in_ci, line
from .ground import Grounds, faults, run
from .site import open_site
from .wire import Wire, guests_door

ALPHABET = string.ascii_letters + string.digits + "-_"
ODD = ["\x00", "\u202e", "é", "😀", " ", "'", '"', "<", "%00", "../", "\n", "=", "\ufeff"]


class Guesser:
    """Someone who knows how tokens look, and has seen a few that are not theirs to use here."""

    def __init__(self, dice: random.Random, invites: list[str], others: list[str]) -> None:
        self.dice, self.invites, self.others = dice, invites, others

    def token(self) -> Any:
        """A string of 1 to 1,024 characters that is no genuine link."""
        dice = self.dice
        match dice.randrange(9):
            case 0 | 1 | 2:
                raw = dice.randbytes(32)
                return base64.urlsafe_b64encode(raw).decode().rstrip("=")
            case 3:
                return dice.choice(self.others)  # of another kind
            case 4:  # one character off
                token = dice.choice(self.invites)
                at = dice.randrange(len(token))
                other = dice.choice([x for x in ALPHABET if x != token[at]])
                return token[:at] + other + token[at + 1 :]
            case 5:  # cut, longer, doubled, turned
                token = dice.choice(self.invites)
                return dice.choice(
                    [token[:-1], token[1:], token + "A", token + "=", token * 2, token[::-1]]
                )
            case 6:
                token = dice.choice(self.invites)
                return dice.choice(
                    [token.swapcase(), f" {token}", f"{token}\n", f"#{token}", token + "\x00"]
                )
            case 7:
                return "".join(dice.choices(ODD, k=dice.randint(1, 60)))
            case _:
                return "".join(
                    dice.choices(ALPHABET, k=dice.randint(1, limits.MAX_TOKEN_CHARACTERS))
                )

    def not_a_token(self) -> Any:
        """What is no string of that length at all."""
        return self.dice.choice(["", "x" * 1_025, 7, True, [], {}, ["x"], -1.5, {"token": "x"}])

    def hello(self, field: str, token: Any) -> bytes:
        return msgspec.json.encode(
            {"t": "hello", "page": "p" * self.dice.randint(1, 64), field: token}
        )


async def _guess(count: int, seed: int) -> tuple[int, int]:
    dice = random.Random(seed)
    house = Grounds()
    await house.rooms.start()
    invites, others = [], []
    for _ in range(3):
        session = await house.open("Guesses", new=True)
        desk = house.desk(session)
        others.append(desk.resume)
        for code in ("P1", "P2", "P3"):
            done = desk.do(c.Invite(code=code))
            assert isinstance(done, m.Done)
            invites.append(str(done.url).split("#")[1])
        others.append((await house.guest(str(done.url))).resume)
        others.append(session)
    before = {room.id: room.state for room in house.rooms._rooms.values()}
    guesser = Guesser(dice, invites, others)
    answers: dict[str, set[Any]] = {"invite": set(), "resume": set(), "malformed": set()}
    for number in range(count):
        kind = "malformed" if number % 10 == 9 else "resume" if number % 10 == 8 else "invite"
        token = guesser.not_a_token() if kind == "malformed" else guesser.token()
        if kind == "resume" and token in others:
            token = invites[0]
        field = dice.choice(("invite", "resume")) if kind == "malformed" else kind
        wire = Wire(guests_door(house.rooms))
        said = await wire.feed(guesser.hello(field, token))
        answers[kind].add((tuple(said), wire.closed))
        assert wire.connection is None, "a guess was accepted"
    for kind, found in answers.items():
        assert len(found) <= 1, (kind, found)
    assert {room.id: room.state for room in house.rooms._rooms.values()} == before
    house.rooms.stop()
    over_network = await _over_network(max(40, count // 50), guesser, answers)
    return count, over_network


async def _over_network(count: int, guesser: Guesser, answers: dict[str, set[Any]]) -> int:
    """The same through real sockets: the same bytes and the same close code."""
    async with open_site() as site:
        session = await site.session()
        await site.invite(session)
        for number in range(count):
            kind = "malformed" if number % 10 == 9 else "invite"
            token = guesser.not_a_token() if kind == "malformed" else guesser.token()
            knock = await site.knock()
            await knock.socket.write_message(guesser.hello("invite", token))
            said = await knock.raw()
            assert await knock.raw() is None
            knock.socket.close()
            site._knocks.remove(knock)
            ((expected, closed),) = answers[kind]
            assert (said,) == tuple(x.decode() for x in expected)
            assert (knock.socket.close_code, knock.socket.close_reason) == closed
    await asyncio.sleep(0)
    return count


@line("link guesses", ci=2_000, soak=100_000)
def guesses(count: int, seed: int) -> Line:
    """Random, mutated, misused and malformed tokens at the guests' door."""
    with faults() as seen:
        tried, over_network = run(_guess(count, seed), seen)
    return Line(
        tried,
        "0 accepted, 1 answer for all unknown links, 1 for all that are none",
        f"{over_network:,} over real sockets as well, {len(seen.found)} faults",
        ok=not seen.found,
    )


def test_every_guessed_link_gets_the_same_refusal() -> None:
    check_in_ci(guesses)

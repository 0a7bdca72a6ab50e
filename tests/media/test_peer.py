"""Peers among themselves, in one process, on real sockets."""

# ruff: noqa: ASYNC110 - polls what cannot notify; narrows types in assertions

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable

import pytest
from aiortc.mediastreams import MediaStreamTrack

from telehealth_widget.media.peer import Peer
from telehealth_widget.media.sharing import Shared
from telehealth_widget.media.synthetic import SyntheticCamera, SyntheticVoice
from telehealth_widget.protocol.messages import Candidate, Description, Ice, IceServer

CANDIDATE = re.compile(r"^a=(candidate:.*)\r?\n", re.MULTILINE)
Tracks = Callable[[], list[MediaStreamTrack]]


class Booth:
    """Cameras and voices that end with the test."""

    def __init__(self) -> None:
        self.shared: list[Shared] = []

    def of(self, code: str, *kinds: str) -> Tracks:
        sources: list[MediaStreamTrack] = []
        if "audio" in kinds:
            sources.append(SyntheticVoice(code))
        if "video" in kinds:
            sources.append(SyntheticCamera(code))
        shared = [Shared(source) for source in sources]
        self.shared += shared
        return lambda: [one.copy() for one in shared]

    def both(self, code: str) -> Tracks:
        return self.of(code, "audio", "video")


@pytest.fixture
async def booth() -> AsyncIterator[Booth]:
    booth = Booth()
    yield booth
    for shared in booth.shared:
        await shared.close()


@pytest.fixture(autouse=True)
async def nothing_leaks(caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() <= before | {asyncio.current_task()}
    assert not [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


class Two:
    """Two peers whose signals reach each other, with a hand on the wire."""

    def __init__(self, first: Tracks = list, second: Tracks = list, **options: float) -> None:
        self.sent: list[tuple[str, Description]] = []
        self.cut = False
        self.trickle = False
        self.offering = Peer(self._from_first, offers=True, tracks=first, **options)
        self.answering = Peer(self._from_second, offers=False, tracks=second, **options)

    def _from_first(self, description: Description) -> None:
        self._carry("first", description, self.answering)

    def _from_second(self, description: Description) -> None:
        self._carry("second", description, self.offering)

    def _carry(self, sender: str, description: Description, to: Peer) -> None:
        self.sent.append((sender, description))
        if self.cut:
            return
        if not self.trickle:
            to.take(description)
            return
        found = CANDIDATE.findall(description.sdp)
        bare = CANDIDATE.sub("", description.sdp).replace("a=end-of-candidates\r\n", "")
        candidates = [Candidate(text, sdp_mid="0") for text in dict.fromkeys(found)]
        # Ahead of their description, as a network may deliver them.
        to.take(candidates=candidates[:1])
        to.take(Description(type=description.type, sdp=bare))
        to.take(candidates=[*candidates[1:], Candidate("", sdp_mid="0")])

    async def until(self, done: Callable[[], bool], within_s: float = 40) -> None:
        async with asyncio.timeout(within_s):
            while not done():
                await asyncio.sleep(0.01)

    async def __aenter__(self) -> Two:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await asyncio.gather(self.offering.close(), self.answering.close())


def seen_and_heard(peer: Peer, frames: int = 3) -> bool:
    return peer.video_frames >= frames and peer.audio_frames >= frames


async def test_two_peers_see_and_hear_each_other(booth: Booth) -> None:
    async with Two(booth.both("A"), booth.both("B")) as two:
        await two.until(lambda: seen_and_heard(two.offering) and seen_and_heard(two.answering))
        assert two.offering.video_size == two.answering.video_size == (640, 480)
        await two.until(lambda: two.offering.audio_level_peak > 0.03)
        assert two.offering.state == two.answering.state == "connected"


async def test_an_offering_peer_without_tracks_still_receives(booth: Booth) -> None:
    async with Two(list, booth.both("B")) as two:
        await two.until(lambda: seen_and_heard(two.offering))
        assert two.answering.video_frames == 0


async def test_an_answering_peer_without_tracks_still_receives(booth: Booth) -> None:
    async with Two(booth.both("A")) as two:
        await two.until(lambda: seen_and_heard(two.answering))


async def test_sound_alone_connects(booth: Booth) -> None:
    async with Two(booth.of("A", "audio"), booth.of("B", "audio")) as two:
        await two.until(lambda: two.offering.audio_frames > 3 and two.answering.audio_frames > 3)
        assert two.offering.video_frames == two.answering.video_frames == 0


async def test_candidates_may_trickle_in_even_ahead_of_their_description(booth: Booth) -> None:
    async with Two(booth.both("A"), booth.both("B")) as two:
        two.trickle = True
        await two.until(lambda: seen_and_heard(two.offering) and seen_and_heard(two.answering))


async def test_descriptions_are_sent_complete(booth: Booth) -> None:
    async with Two(booth.both("A"), booth.both("B")) as two:
        await two.until(lambda: len(two.sent) == 2)
        for _, description in two.sent:
            assert "a=candidate:" in description.sdp
            assert "a=end-of-candidates" in description.sdp


async def test_an_offer_is_ignored_while_an_own_one_is_pending(booth: Booth) -> None:
    async with Two(booth.both("A"), booth.both("B")) as two:
        two.cut = True
        await two.until(lambda: len(two.sent) == 1)
        two.answering.restart()
        await two.until(lambda: len(two.sent) == 2)
        (_, own), (_, other) = two.sent
        assert (own.type, other.type) == ("offer", "offer")
        two.offering.take(other, [Candidate("candidate:1 1 udp 1 192.0.2.1 9 typ host", "0")])
        await asyncio.sleep(0.1)
        assert len(two.sent) == 2
        assert two.offering.state == "new"


async def test_a_lost_offer_is_made_again(booth: Booth) -> None:
    async with Two(booth.both("A"), booth.both("B"), retry_s=0.3) as two:
        two.cut = True
        await two.until(lambda: len(two.sent) == 1)
        two.cut = False
        await two.until(lambda: seen_and_heard(two.offering) and seen_and_heard(two.answering))
        assert two.offering.restarts == 1


async def test_a_restart_builds_both_sides_anew_and_frames_go_on(booth: Booth) -> None:
    async with Two(booth.both("A"), booth.both("B")) as two:
        await two.until(lambda: seen_and_heard(two.offering) and seen_and_heard(two.answering))
        two.offering.restart()
        await two.until(lambda: two.answering.restarts == 1)
        before = two.offering.video_frames, two.answering.video_frames
        await two.until(
            lambda: (
                two.offering.video_frames > before[0] + 10
                and two.answering.video_frames > before[1] + 10
            )
        )
        assert two.offering.state == two.answering.state == "connected"


async def test_the_offering_side_comes_back_when_the_other_one_vanished(booth: Booth) -> None:
    async with Two(booth.both("A"), booth.both("B")) as two:
        await two.until(lambda: seen_and_heard(two.answering))
        gone = two.answering
        two.answering = Peer(two._from_second, offers=False, tracks=booth.both("C"))
        await gone.close()
        await two.until(lambda: seen_and_heard(two.answering))


async def test_closing_one_side_is_noticed_by_the_other(booth: Booth) -> None:
    async with Two(booth.both("A"), booth.both("B")) as two:
        await two.until(lambda: seen_and_heard(two.answering))
        await two.offering.close()
        await two.until(lambda: two.answering.state == "closed")


async def test_a_peer_closes_at_every_moment_without_a_trace(booth: Booth) -> None:
    for wait_s in (0, *(0.01 * n for n in range(1, 26))):
        async with Two(booth.both("A"), booth.both("B")):
            await asyncio.sleep(wait_s)


async def test_nonsense_is_survived(booth: Booth, caplog: pytest.LogCaptureFixture) -> None:
    async with Two(booth.both("A"), booth.both("B")) as two:
        two.answering.take(Description("offer", "v=0\r\nsdp-canary"))
        two.answering.take(Description("answer", "sdp-canary"))
        two.answering.take(Description("rollback", ""))
        two.answering.take(candidates=[Candidate("candidate:canary"), Candidate("x" * 2000)])
        await two.until(lambda: seen_and_heard(two.offering) and seen_and_heard(two.answering))
    assert "canary" not in caplog.text
    caplog.clear()


async def test_no_server_is_contacted_unless_one_is_given(booth: Booth) -> None:
    async with Two(booth.both("A")) as two:
        await two.until(lambda: bool(two.sent))
        assert "typ host" in two.sent[0][1].sdp
        assert "typ srflx" not in two.sent[0][1].sdp


async def test_relay_only_gathers_no_address_of_this_machine(booth: Booth) -> None:
    sent: list[Description] = []
    servers = (IceServer(urls=("stun:192.0.2.9:3478",)),)
    ice = Ice(servers=servers, relay_only=True, expires_at_ms=0)
    peer = Peer(sent.append, offers=True, ice=ice, tracks=booth.both("A"))
    async with asyncio.timeout(5):
        while not sent:
            await asyncio.sleep(0.01)
    await peer.close()
    assert "a=candidate" not in sent[0].sdp


async def test_nothing_of_a_description_is_logged(
    booth: Booth, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="telehealth_widget")
    async with Two(booth.both("A"), booth.both("B")) as two:
        await two.until(lambda: seen_and_heard(two.answering))
        ours = "\n".join(r.getMessage() for r in caplog.records if "telehealth" in r.name)
        assert "a=" not in ours
        assert "ice-" not in ours

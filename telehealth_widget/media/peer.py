"""One WebRTC connection of a Python endpoint to one other endpoint: negotiation and what comes in.

Where signals travel and who is to be connected is decided elsewhere; what is sent comes in as
tracks. No socket to a room and no simulated behaviour belongs here.

What aiortc 1.16 cannot do, and what is done about it:

- it does not roll back (aiortc#975): a Python peer is never the polite side, so an offer that comes
  while an own one is pending is ignored;
- it does not trickle its own candidates: descriptions are sent complete, candidates of the other
  side may trickle in, also ahead of their description;
- it does not restart ICE: an offer with a new `ice-ufrag` gets a new RTCPeerConnection, whose new
  DTLS certificate makes a browser start DTLS afresh on its side;
- it does not hear a sender again that said RTCP BYE (a browser whose sender's track was replaced by
  null): frames of that m-line count again after the next restart;
- it does not take an m-line that the browser has stopped for good (port 0): such an offer is
  dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, cast

from aiortc import RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.sdp import SessionDescription, candidate_from_sdp
from av import AudioFrame, VideoFrame

from telehealth_widget.media.ice import configuration
from telehealth_widget.protocol.limits import MAX_CANDIDATES_PER_PEER
from telehealth_widget.protocol.messages import Candidate, Description, Ice

log = logging.getLogger(__name__)
# "Failed to decode" is what the pictures before the first key frame do; aiortc asks for one itself.
# Unless someone wants to read it, it must not appear in a notebook's cell.
if logging.getLogger("aiortc.rtcrtpreceiver").level == logging.NOTSET:
    logging.getLogger("aiortc.rtcrtpreceiver").setLevel(logging.ERROR)

FIRST_RETRY_S: Final = 10.0
LONGEST_RETRY_S: Final = 30.0
LOST_RETRY_S: Final = 3.0
"""How long after a lost connection the offering side tries anew."""
FINISH_STEP_S: Final = 6.0
"""How long a gathering that is under way may take to end: aioice gives an unanswered STUN query 5 s."""
CLOSE_WITHIN_S: Final = 5.0

_UFRAG = re.compile(r"^a=ice-ufrag:(\S+)", re.MULTILINE)
_FULL_SCALE: Final = 32_768


class Peer:
    """A connection that is negotiated by whatever is given to `take`.

    Make it on a running loop; it offers at once if it is to. Received tracks are decoded, counted
    and thrown away. End it with `close()`.
    """

    def __init__(
        self,
        send: Callable[[Description], None],
        *,
        offers: bool,
        ice: Ice | None = None,
        tracks: Callable[[], Sequence[MediaStreamTrack]] = tuple,
        retry_s: float = FIRST_RETRY_S,
        on_channel: Callable[[RTCDataChannel], None] | None = None,
    ) -> None:
        """
        Args:
            send: gets each description for the other side, complete with candidates.
            offers: whether this side makes the first offer, and a new one when the connection
                does not come about or is lost.
            ice: servers to use; None or an empty list: addresses of this machine only. With
                `relay_only` no other than relayed candidates are gathered (and none without a TURN
                server). Of several servers of a kind aiortc uses the first.
            tracks: makes the tracks to send, at most one of a kind, anew for each
                RTCPeerConnection, which stops them when it closes.
            retry_s: first wait for a connection before a new offer, s; doubles up to 30 s.
            on_channel: gets each data channel that the other side opens; None: they are ignored.
        """
        self.ice = ice
        """Used for the next RTCPeerConnection; may be replaced when credentials are renewed."""
        self.video_frames = 0
        """Decoded pictures so far."""
        self.audio_frames = 0
        """Decoded sound frames (of 20 ms from browsers) so far."""
        self.audio_level_peak = 0.0
        """Largest sample so far, 0…1 of full scale."""
        self.video_size: tuple[int, int] | None = None
        """Width and height of the last decoded picture, px."""
        self.restarts = 0
        """How many times the connection was built anew."""
        self._send = send
        self._offers = offers
        self._tracks = tracks
        self._first_retry_s = self._retry_s = retry_s
        self._on_channel = on_channel
        self._pc: RTCPeerConnection | None = None
        self._remote_ufrag: str | None = None
        self._ignored_ufrags: set[str] = set()
        self._ignoring = False
        self._early: list[Candidate] = []
        self._candidates_left = MAX_CANDIDATES_PER_PEER
        self._kinds: list[str] = []
        self._inputs: asyncio.Queue[Description | tuple[Candidate, ...] | None] = asyncio.Queue(400)
        self._listeners: set[asyncio.Task[None]] = set()
        self._retry: asyncio.TimerHandle | None = None
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()
        if offers:
            self._inputs.put_nowait(None)
        self._worker = asyncio.create_task(self._work())

    @property
    def state(self) -> str:
        """`new`, `connecting`, `connected`, `failed` or `closed`."""
        if self._closed:
            return "closed"
        return self._pc.connectionState if self._pc is not None else "new"

    def take(
        self, description: Description | None = None, candidates: Sequence[Candidate] = ()
    ) -> None:
        """Take in what the other side signalled, in the order it came. Never raises."""
        with contextlib.suppress(asyncio.QueueFull):
            if description is not None:
                self._inputs.put_nowait(description)
            if candidates:
                self._inputs.put_nowait(tuple(candidates))

    def restart(self) -> None:
        """Build the connection anew with a new offer."""
        with contextlib.suppress(asyncio.QueueFull):
            self._inputs.put_nowait(None)

    async def close(self) -> None:
        """End the connection; returns once its sockets and tasks are gone."""
        if self._closed:
            return
        self._closed = True
        self._calm()
        # aiortc loses the sockets of a gathering that is cancelled: let it finish if it can.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_STEP_S):
                await self._idle.wait()
        self._worker.cancel()
        await asyncio.gather(self._worker, return_exceptions=True)
        await self._discard(farewell=True)

    # -- negotiation -------------------------------------------------------------------------------

    async def _work(self) -> None:
        while not self._closed:
            item = await self._inputs.get()
            self._idle.clear()
            try:
                if item is None:
                    await self._offer()
                elif isinstance(item, Description):
                    await self._describe(item)
                else:
                    await self._add(item)
            except Exception as error:
                # The text could quote an SDP, so only the kind is logged.
                log.warning("negotiation step failed: %s", type(error).__name__)
            finally:
                self._idle.set()

    async def _offer(self) -> None:
        self._wait_for(self._retry_s)
        self._retry_s = min(LONGEST_RETRY_S, self._retry_s * 2)
        pc = await self._build()
        own = {track.kind: track for track in self._tracks()}
        # The same m-lines in the same order: a browser refuses an offer that lacks one it knows.
        for kind in self._kinds or ["audio", "video"]:
            track = own.pop(kind, None)
            if track is not None:
                pc.addTransceiver(track, direction="sendrecv")
            else:
                pc.addTransceiver(kind, direction="recvonly")
        await pc.setLocalDescription(await pc.createOffer())
        self._tell(pc)

    async def _describe(self, description: Description) -> None:
        pc = self._pc
        state = pc.signalingState if pc is not None else "closed"
        ufrag = _ufrag(description.sdp)
        if description.type == "offer":
            if state == "have-local-offer":
                self._ignoring = True
                if ufrag is not None and len(self._ignored_ufrags) < MAX_CANDIDATES_PER_PEER:
                    self._ignored_ufrags.add(ufrag)
                return
            await self._answer(description, ufrag)
        elif description.type == "answer" and pc is not None and state == "have-local-offer":
            await pc.setRemoteDescription(RTCSessionDescription(description.sdp, "answer"))
            await self._described(description, ufrag)

    async def _answer(self, description: Description, ufrag: str | None) -> None:
        pc = self._pc
        new = ufrag != self._remote_ufrag
        if pc is None or new or pc.connectionState in ("failed", "closed"):
            pc = await self._build()
        await pc.setRemoteDescription(RTCSessionDescription(description.sdp, "offer"))
        self._attach(pc, description)
        await pc.setLocalDescription(await pc.createAnswer())
        self._tell(pc)
        if self._offers and pc.connectionState != "connected":
            self._wait_for(self._retry_s)
        await self._described(description, ufrag)

    def _attach(self, pc: RTCPeerConnection, offer: Description) -> None:
        """Send own tracks on the first m-lines of their kind that let us.

        aiortc fails later on a track that no m-line of the offer matches, so none is added as such.
        """
        sending = {t.kind for t in pc.getTransceivers() if t.sender.track is not None}
        own = {track.kind: track for track in self._tracks() if track.kind not in sending}
        for media in SessionDescription.parse(offer.sdp).media:
            if media.kind not in own or media.direction not in ("sendrecv", "recvonly"):
                continue
            for transceiver in pc.getTransceivers():
                if transceiver.mid == media.rtp.muxId and transceiver.sender.track is None:
                    transceiver.sender.replaceTrack(own.pop(media.kind))
                    transceiver.direction = "sendrecv"
                    break

    async def _described(self, description: Description, ufrag: str | None) -> None:
        self._remote_ufrag = ufrag
        self._ignoring = False
        self._kinds = re.findall(r"^m=(audio|video) ", description.sdp, re.MULTILINE)
        early, self._early = self._early, []
        await self._add([c for c in early if c.username_fragment in (None, ufrag)])

    def _tell(self, pc: RTCPeerConnection) -> None:
        local = pc.localDescription
        if pc is self._pc and not self._closed:
            kind: Literal["offer", "answer"] = "offer" if local.type == "offer" else "answer"
            self._send(Description(type=kind, sdp=local.sdp))

    async def _add(self, candidates: Sequence[Candidate]) -> None:
        now = []
        for candidate in candidates:
            ufrag = candidate.username_fragment
            if ufrag in self._ignored_ufrags or (ufrag is None and self._ignoring):
                continue
            if self._candidates_left <= 0:
                break
            self._candidates_left -= 1
            if self._remote_ufrag is None or (ufrag is not None and ufrag != self._remote_ufrag):
                self._early.append(candidate)
            else:
                now.append(candidate)
        # Together: each `.local` name takes up to a second to resolve.
        results = await asyncio.gather(
            *(self._add_one(c) for c in now if c.candidate), return_exceptions=True
        )
        if any(isinstance(result, Exception) for result in results):
            log.debug("a candidate was not understood")
        # The m-lines share the first one's transport, so only its end is an end.
        if self._pc is not None and any(
            not c.candidate and c.sdp_mid in (None, self._first_mid) for c in now
        ):
            await self._pc.addIceCandidate(None)

    async def _add_one(self, candidate: Candidate) -> None:
        parsed = candidate_from_sdp(candidate.candidate.removeprefix("candidate:"))
        parsed.sdpMid = candidate.sdp_mid
        parsed.sdpMLineIndex = candidate.sdp_m_line_index
        if self._pc is not None and parsed.protocol.lower() == "udp":
            await self._pc.addIceCandidate(parsed)

    @property
    def _first_mid(self) -> str | None:
        transceivers = self._pc.getTransceivers() if self._pc is not None else []
        return transceivers[0].mid if transceivers else None

    # -- the connection ----------------------------------------------------------------------------

    async def _build(self) -> RTCPeerConnection:
        """A new RTCPeerConnection in place of the one at hand, if any."""
        if self._pc is not None:
            self.restarts += 1
            await self._discard(farewell=False)
        self._remote_ufrag = None
        self._candidates_left = MAX_CANDIDATES_PER_PEER
        pc = self._pc = RTCPeerConnection(configuration(self.ice))
        pc.on("track", self._listen)
        if self._on_channel is not None:
            pc.on("datachannel", self._on_channel)
        pc.on("connectionstatechange", self._changed)
        return pc

    async def _discard(self, *, farewell: bool) -> None:
        pc, self._pc = self._pc, None
        if pc is None:
            return
        pc.remove_all_listeners("connectionstatechange")
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await _stop_connecting(pc)
                if not farewell:
                    # Without its path the old connection cannot tell the other side, which is
                    # about to go on with the new one, that all is over (RTCP BYE, close_notify).
                    for transceiver in pc.getTransceivers():
                        await transceiver.receiver.transport.transport.stop()
                await pc.close()
        except Exception as error:
            log.debug("closing failed: %s", type(error).__name__)
        listeners = list(self._listeners)
        for task in listeners:
            task.cancel()
        await asyncio.gather(*listeners, return_exceptions=True)

    def _changed(self) -> None:
        state = self.state
        log.debug("peer %s", state)
        if state == "connected":
            self._retry_s = self._first_retry_s
            self._calm()
        elif state in ("failed", "closed") and not self._closed and self._offers:
            self._wait_for(LOST_RETRY_S)

    def _wait_for(self, seconds: float) -> None:
        self._calm()
        self._retry = asyncio.get_running_loop().call_later(seconds, self.restart)

    def _calm(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    def _listen(self, track: MediaStreamTrack) -> None:
        task = asyncio.create_task(self._count(track))
        self._listeners.add(task)
        task.add_done_callback(self._listeners.discard)

    async def _count(self, track: MediaStreamTrack) -> None:
        """Decode and count until the track ends; aiortc's queue would grow without a reader."""
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if isinstance(frame, VideoFrame):
                    self.video_frames += 1
                    self.video_size = (frame.width, frame.height)
                elif isinstance(frame, AudioFrame):
                    self.audio_frames += 1
                    samples = frame.to_ndarray()
                    peak = max(int(samples.max()), -int(samples.min())) / _FULL_SCALE
                    self.audio_level_peak = max(self.audio_level_peak, peak)


async def _stop_connecting(pc: RTCPeerConnection) -> None:
    """End the tasks of `pc` that still connect.

    aiortc forgets them: closed under way they would fail unheard, or start senders and consent
    checks on a closed connection, that nobody stops.
    """
    tasks = []
    for task in asyncio.all_tasks():
        coroutine = cast(Any, task.get_coro())
        connects = getattr(coroutine, "__name__", "") == "__connect"
        if connects and inspect.getcoroutinelocals(coroutine).get("self") is pc:
            tasks.append(task)
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        # Again and again: the DTLS handshake's `wait_for` may swallow a cancellation (cpython#86296).
        _, pending = await asyncio.wait(pending, timeout=0.05)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # seen, so that asyncio does not report it


def _ufrag(sdp: str) -> str | None:
    """The first `ice-ufrag`; with BUNDLE it is that of all m-lines."""
    found = _UFRAG.search(sdp)
    return found.group(1) if found else None

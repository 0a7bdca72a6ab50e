"""A Python peer and a real browser that negotiates as the W3C's perfect negotiation has it."""

# ruff: noqa: ASYNC110 - polls what cannot notify; narrows types in assertions

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

from telehealth_widget.media.peer import Peer
from telehealth_widget.media.sharing import Shared
from telehealth_widget.media.synthetic import SyntheticCamera, SyntheticVoice
from telehealth_widget.protocol.messages import Candidate, Description

pytestmark = pytest.mark.browser

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
]
PAGE = """<!doctype html><title>peer</title><script>
let pc, making = false, log = [];
const tell = (message) => window.signal(JSON.stringify(message));
window.begin = async ({ media }) => {
  pc = new RTCPeerConnection({ iceServers: [] });
  pc.onicecandidate = ({ candidate }) => tell({ candidates: [candidate ?? { candidate: "" }] });
  pc.ontrack = ({ track }) => {
    const element = document.createElement(track.kind);
    element.autoplay = element.muted = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    if (track.kind === "audio") listen(element.srcObject);
  };
  window.pc = pc;
  if (media) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    window.stream = stream;
  }
};
window.peak = 0;
const listen = async (stream) => {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    for (const sample of samples) window.peak = Math.max(window.peak, Math.abs(sample));
  }, 20);
};
window.add = () => {
  pc.onnegotiationneeded = async () => {
    try {
      making = true;
      await pc.setLocalDescription();
      tell({ description: pc.localDescription });
    } finally { making = false; }
  };
  if (window.stream) window.stream.getTracks().forEach((track) => pc.addTrack(track, stream));
  else for (const kind of ["audio", "video"]) pc.addTransceiver(kind, { direction: "recvonly" });
};
window.share = () => {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  setInterval(() => { context.fillStyle = `hsl(${Date.now() / 9 % 360} 50% 50%)`;
                      context.fillRect(0, 0, 300, 150); }, 50);
  const stream = canvas.captureStream(20);
  pc.addTransceiver(stream.getVideoTracks()[0], { direction: "sendonly", streams: [stream] });
};
window.take = async ({ description, candidates }) => {
  if (description) {
    if (description.type === "offer" && (making || pc.signalingState !== "stable"))
      log.push("rolled back");
    await pc.setRemoteDescription(description);
    if (description.type === "offer") {
      if (window.stream && !pc.getSenders().some((s) => s.track)) {
        for (const transceiver of pc.getTransceivers()) {
          const kind = transceiver.receiver.track.kind;
          const track = window.stream.getTracks().find((t) => t.kind === kind);
          await transceiver.sender.replaceTrack(track);
          transceiver.direction = "sendrecv";
        }
      }
      await pc.setLocalDescription();
      tell({ description: pc.localDescription });
    }
  }
  for (const candidate of candidates ?? []) await pc.addIceCandidate(candidate);
};
window.counts = async () => {
  const counts = { video: 0, audio: 0, width: 0, state: pc.connectionState, log };
  for (const report of (await pc.getStats()).values()) {
    if (report.type !== "inbound-rtp") continue;
    if (report.kind === "video") {
      counts.video = report.framesDecoded;
      counts.width = report.frameWidth;
    }
    else counts.audio = report.packetsReceived;
  }
  return counts;
};
</script><body></body>"""


@pytest.fixture
async def context() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        context = await browser.new_context(permissions=["camera", "microphone"])
        await context.route(
            "http://localhost/", lambda route: route.fulfill(body=PAGE, content_type="text/html")
        )
        yield context
        await context.close()
        await browser.close()


class Call:
    """A page and a peer, signalling each other."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.shared: list[Shared] = []
        self.peer: Peer | None = None
        self.signals: list[dict[str, Any]] = []
        self.carrying: set[asyncio.Task[None]] = set()
        self.outgoing: asyncio.Queue[Description] = asyncio.Queue()

    @classmethod
    async def between(
        cls, context: BrowserContext, *, python_offers: bool, browser_offers: bool, media: bool
    ) -> Call:
        page = await context.new_page()
        call = cls(page)
        await page.expose_function("signal", call._from_page)
        await page.goto("http://localhost/")
        call.shared = [Shared(SyntheticVoice("P08")), Shared(SyntheticCamera("P08"))]
        await page.evaluate("media => begin({ media })", media)
        call.peer = Peer(
            call.outgoing.put_nowait,
            offers=python_offers,
            tracks=lambda: [shared.copy() for shared in call.shared],
        )
        call.carrying.add(asyncio.create_task(call._carry()))
        if browser_offers:
            await page.evaluate("add()")
        return call

    async def _carry(self) -> None:
        while True:
            description = await self.outgoing.get()
            message = {"description": {"type": description.type, "sdp": description.sdp}}
            await self.page.evaluate("m => take(m)", message)

    def _from_page(self, text: str) -> None:
        message = json.loads(text)
        self.signals.append(message)
        if self.peer is None:
            return
        if "description" in message:
            self.peer.take(Description(**message["description"]))
        candidates = [
            Candidate(
                candidate["candidate"],
                candidate.get("sdpMid"),
                candidate.get("sdpMLineIndex"),
                candidate.get("usernameFragment"),
            )
            for candidate in message.get("candidates", [])
        ]
        self.peer.take(candidates=candidates)

    async def counts(self) -> dict[str, Any]:
        counts: dict[str, Any] = await self.page.evaluate("counts()")
        return counts

    async def until_both_see_and_hear(self, more: int = 10, within_s: float = 20) -> None:
        peer = self.peer
        assert peer is not None
        video, audio = peer.video_frames, peer.audio_frames
        before = await self.counts()
        async with asyncio.timeout(within_s):
            while True:
                now = await self.counts()
                if (
                    peer.video_frames >= video + more
                    and peer.audio_frames >= audio + more
                    and now["video"] >= before["video"] + more
                    and now["audio"] >= before["audio"] + more
                ):
                    return
                await asyncio.sleep(0.05)

    async def close(self) -> None:
        if self.peer is not None:
            await self.peer.close()
        for task in self.carrying:
            task.cancel()
        for shared in self.shared:
            await shared.close()


Dial = Callable[..., Any]


@pytest.fixture
async def dial(context: BrowserContext) -> AsyncIterator[Dial]:
    calls: list[Call] = []

    async def dial(**options: bool) -> Call:
        options = {"python_offers": False, "browser_offers": False, "media": True, **options}
        call = await Call.between(context, **options)
        calls.append(call)
        return call

    yield dial
    for call in calls:
        await call.close()


async def test_a_browser_that_offers_sees_and_is_seen(dial: Dial) -> None:
    call = await dial(browser_offers=True)
    await call.until_both_see_and_hear()
    assert (await call.counts())["width"] == 640
    assert call.peer.audio_level_peak > 0.01
    async with asyncio.timeout(10):
        while await call.page.evaluate("peak") < 0.05:
            await asyncio.sleep(0.05)


async def test_a_browser_that_answers_sees_and_is_seen(dial: Dial) -> None:
    call = await dial(python_offers=True)
    await call.until_both_see_and_hear()


async def test_when_both_offer_the_browser_yields(dial: Dial) -> None:
    call = await dial(python_offers=True, browser_offers=True)
    await call.until_both_see_and_hear()
    assert call.peer.state == "connected"


@pytest.mark.parametrize("python_offers", [False, True])
async def test_an_ice_restart_by_the_browser_goes_on(dial: Dial, python_offers: bool) -> None:
    call = await dial(python_offers=python_offers, browser_offers=not python_offers)
    await call.until_both_see_and_hear()
    if python_offers:
        await call.page.evaluate(
            "pc.onnegotiationneeded = async () => { await pc.setLocalDescription();"
            " tell({ description: pc.localDescription }); }"
        )
    for restarts in (1, 2):
        await call.page.evaluate("pc.restartIce()")
        async with asyncio.timeout(10):
            while call.peer.restarts < restarts:
                await asyncio.sleep(0.02)
        await call.until_both_see_and_hear()
    assert (await call.counts())["state"] == "connected"
    assert call.peer.state == "connected"


async def test_a_restart_by_python_goes_on(dial: Dial) -> None:
    """Takes some seconds while Chromium still believes in the old path; after a loss it does not."""
    call = await dial(python_offers=True)
    await call.until_both_see_and_hear()
    call.peer.restart()
    async with asyncio.timeout(10):
        while call.peer.restarts < 1:
            await asyncio.sleep(0.02)
    await call.until_both_see_and_hear()
    assert (await call.counts())["state"] == "connected"


async def test_a_screen_shared_later_arrives_without_a_restart(dial: Dial) -> None:
    call = await dial(browser_offers=True)
    await call.until_both_see_and_hear()
    before = call.peer.video_frames
    await call.page.evaluate("share()")
    async with asyncio.timeout(15):
        while call.peer.video_size == (640, 480) or call.peer.video_frames < before + 10:
            await asyncio.sleep(0.005)
    assert call.peer.restarts == 0
    await call.until_both_see_and_hear()


async def test_names_of_mdns_candidates_are_resolved(context: BrowserContext, dial: Dial) -> None:
    """Without leave to use a camera, Chromium hides its addresses behind `.local` names."""
    await context.clear_permissions()
    call = await dial(browser_offers=True, media=False)
    async with asyncio.timeout(20):
        while (await call.counts())["video"] < 5:
            await asyncio.sleep(0.05)
    told = json.dumps(call.signals)
    assert ".local" in told

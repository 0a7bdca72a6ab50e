"""Chromium for the benchmarks, and what is watched in its pages."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Browser, async_playwright

from tests.browser.lab import CHROMIUM_FLAGS, FAKE_UI

FIRST_FRAMES = """
(() => {
  window.__firstFrames = [];
  const arriving = new Set();
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args);
      this.addEventListener("track", ({ track }) => arriving.add(track.id));
    }
  };
  document.addEventListener("loadeddata", ({ target }) => {
    const track = target.srcObject?.getVideoTracks?.()[0];
    if (track && arriving.has(track.id)) {
      window.__firstFrames.push(performance.timeOrigin + performance.now());
    }
  }, true);
})()
"""
"""Notes, as ms since the epoch, when a `<video>` of the page has the first decoded frame of another's camera."""

FIRST_BUTTON = """
(() => {
  const look = () => {
    const found = [...document.querySelectorAll("button:not([disabled])")]
      .some((b) => b.textContent.includes("Allow camera and microphone"));
    if (found && window.__interactive === undefined) window.__interactive = performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})()
"""
"""Notes when the button that a client presses first can be pressed, in ms since the navigation began."""


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium with fake devices that are granted."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path,
            args=[*CHROMIUM_FLAGS, FAKE_UI],
            ignore_default_args=["--headless"],
        )
        try:
            yield browser
        finally:
            await browser.close()

"""Chromium for the benchmarks, and what is watched in its pages."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Browser, async_playwright, expect

from tests.browser.lab import CHROMIUM_FLAGS, FAKE_UI

expect.set_options(timeout=20_000)

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


PREVIEW = """
(() => {
  let pressed = false;
  const look = () => {
    if (pressed) return;
    const found = [...document.querySelectorAll("button:not([disabled])")]
      .find((b) => b.textContent.includes("Allow camera and microphone"));
    if (found === undefined) return;
    pressed = true;
    found.click();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  document.addEventListener("loadeddata", ({ target }) => {
    if (target instanceof HTMLVideoElement) window.__preview ??= performance.now();
  }, true);
})()
"""
"""Asks for camera and microphone as soon as the page lets one, and notes when the preview shows its first picture,
in ms since the navigation began."""

CARDS = """
(() => {
  window.__cards = [];
  let there = false;
  const look = () => {
    const now = document.querySelector('button[aria-label="Admit Client P01"]') !== null;
    if (now && !there) window.__cards.push(performance.timeOrigin + performance.now());
    there = now;
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})()
"""
"""Notes, as ms since the epoch, when the waiting card of Client P01 appears."""


@contextlib.asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    """Debian's Chromium with fake devices that are granted. Of two flags of one name the later counts."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path,
            args=[*CHROMIUM_FLAGS, FAKE_UI, *flags],
            ignore_default_args=["--headless"],
        )
        try:
            yield browser
        finally:
            await browser.close()

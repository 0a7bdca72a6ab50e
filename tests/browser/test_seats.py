"""A seat that survives: reloads, second tabs, cells that run again, outputs that scroll away, restarts."""

from __future__ import annotations

import signal

import pytest
from playwright.sync_api import expect

from .conftest import Client, House, Provider, expect_media, live_tracks, received
from .lab import until

pytestmark = pytest.mark.browser


def in_call(house: House, *cells: str) -> tuple[Provider, Client]:
    provider = house.provider(*cells)
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    provider.join()
    provider.admit("Ana")
    ana.expect_in_session()
    expect_media(ana.page)
    expect_media(provider.page)
    return provider, ana


def test_a_clients_reload_keeps_the_seat(house: House) -> None:
    provider, ana = in_call(house)
    ana.page.reload()
    ana.expect_in_session()
    expect_media(ana.page, "the client sees and hears again")
    expect_media(provider.page, "the provider sees and hears her again")
    assert "Arrived" not in provider.run("print([r['event'] for r in session.events][-8:])")


def test_a_providers_reload_keeps_the_seat(house: House) -> None:
    provider, ana = in_call(house)
    provider.lab.save()
    provider.page.reload()
    provider.lab.wait_ready()
    expect(provider.room.get_by_role("toolbar", name="Action tray")).to_be_visible()
    expect_media(provider.page, "the provider sees and hears again")
    expect_media(ana.page, "the client sees and hears the provider again")


def test_a_reload_in_the_waiting_room_keeps_the_place(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    ana.page.reload()
    ana.expect_waiting()
    provider.join()
    provider.admit("Ana")
    ana.expect_in_session()
    expect_media(provider.page)


def test_a_second_tab_takes_over_and_the_first_is_told_and_can_take_it_back(house: House) -> None:
    provider = house.provider()
    url = provider.invite("P07")
    ana = house.client(url)
    ana.get_ready("Ana")
    provider.join()
    provider.admit("Ana")
    ana.expect_in_session()
    second = Client(ana.context, url)
    second.expect_in_session()
    expect(ana.page.get_by_role("button", name="Use it here")).to_be_visible()
    assert live_tracks(ana.page) == 0
    expect_media(second.page)
    expect_media(provider.page)
    ana.page.get_by_role("button", name="Use it here").click()
    ana.expect_in_session()
    expect(second.page.get_by_role("button", name="Use it here")).to_be_visible()
    expect_media(ana.page)


def test_a_second_tab_leaves_off_what_was_off(house: House) -> None:
    provider = house.provider()
    url = provider.invite("P07")
    ana = house.client(url)
    ana.allow_devices()
    ana.page.get_by_role("button", name="Stop video").click()
    ana.give_name("Ana")
    ana.press_ready()
    ana.expect_waiting()
    second = Client(ana.context, url)
    second.expect_waiting()
    provider.join()
    provider.admit("Ana")
    second.expect_in_session()
    expect(second.tray.get_by_role("button", name="Start video")).to_be_visible()
    expect(second.tray.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    kinds = "() => window.__tracks.map((track) => track.kind)"
    assert second.page.evaluate(kinds) == ["audio"], "nobody's camera opens by itself"


def test_a_duplicated_tab_asks_before_it_takes_over(house: House) -> None:
    provider, ana = in_call(house)
    stored = ana.page.evaluate("() => JSON.stringify(Object.entries(sessionStorage))")
    twin = ana.context.new_page()
    twin.goto(f"{house.lab.guest_url}/join")
    twin.evaluate(
        "(text) => { for (const [k, v] of JSON.parse(text)) sessionStorage.setItem(k, v); }", stored
    )
    twin.reload()
    expect(twin.get_by_role("button", name="Use it here")).to_be_visible()
    expect_media(ana.page, "the first tab goes on meanwhile")
    twin.get_by_role("button", name="Use it here").click()
    expect(twin.get_by_role("toolbar", name="Action tray")).to_be_visible()
    expect(ana.page.get_by_role("button", name="Use it here")).to_be_visible()


def test_running_the_cell_again_keeps_the_call(house: House) -> None:
    provider, ana = in_call(house)
    peers = provider.page.evaluate("() => window.__peers.length")
    provider.lab.run_cell(0)
    expect(provider.room.get_by_role("toolbar", name="Action tray")).to_be_visible()
    expect_media(provider.page)
    expect_media(ana.page)
    assert provider.page.evaluate("() => window.__peers.length") == peers


def test_a_second_output_shows_the_same_call(house: House) -> None:
    provider, ana = in_call(house, "session")
    peers = provider.page.evaluate("() => window.__peers.length")
    provider.lab.run_cell(3)
    second = provider.lab.room(1)
    expect(second.get_by_role("toolbar", name="Action tray")).to_be_visible()
    expect(second.get_by_role("group", name="Ana", exact=True)).to_be_visible()
    second.get_by_role("button", name="Mute", exact=True).click()
    expect(provider.room.get_by_role("button", name="Unmute")).to_be_visible()
    expect_media(provider.page)
    assert provider.page.evaluate("() => window.__peers.length") == peers


def test_an_output_scrolled_away_keeps_the_call(house: House) -> None:
    tall = "print('\\n'.join(str(i) for i in range(120)))"
    provider, ana = in_call(house, *[tall] * 6)
    for cell in range(3, 9):
        provider.lab.run_cell(cell)
    provider.page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.scrollToItem(8, 'end')"""
    )
    until(
        lambda: not provider.room.is_visible() or not in_viewport(provider),
        "the room is out of sight",
    )
    expect_media(ana.page, "the client still sees and hears the provider")
    expect_media(provider.page, "the provider's page still receives")
    provider.page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.scrollToItem(0, 'start')"""
    )
    expect(provider.room.get_by_role("toolbar", name="Action tray")).to_be_visible()
    expect_media(provider.page)


def in_viewport(provider: Provider) -> bool:
    box = provider.room.bounding_box()
    return box is not None and box["y"] < 900 and box["y"] + box["height"] > 0


def test_a_killed_kernel_drops_nobody_and_a_new_one_takes_the_session_up(house: House) -> None:
    provider, ana = in_call(house)
    session_id = provider.run("print(session.session_id)").split("s_")[1].split("\\")[0]
    provider.run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", wait=False)
    until(lambda: provider.lab.kernel_status() in ("idle", "starting"), "a new kernel", 40)
    expect_media(ana.page, "the client sees and hears the provider")
    expect_media(provider.page, "the provider sees and hears the client")
    provider.page.get_by_role(
        "button", name="Ok"
    ).click()  # JupyterLab says that it restarts the kernel
    provider.lab.wait_ready()
    out = provider.run(
        "from telehealth_widget import Session\n"
        f"session = Session.attach('s_{session_id}')\n"
        "print(session.state, session.participants.codes)"
    )
    assert "live ['T1', 'P07']" in out
    provider.run("session.end()")
    expect(ana.page.get_by_role("alertdialog", name="Session ended")).to_be_visible()


def test_a_restarted_server_finds_everyone_back_in_the_call(house: House) -> None:
    provider, ana = in_call(house)
    frames = received(ana.page)["frames"]
    house.lab.stop(signal.SIGKILL)
    until(lambda: received(ana.page)["frames"] > frames + 20, "frames go on without a server")
    house.lab.start()
    expect(ana.page.get_by_text("Reconnecting")).to_have_count(0, timeout=30_000)
    ana.expect_in_session()
    expect_media(ana.page)
    ana.tray.get_by_role("button", name="Mute", exact=True).click()
    expect(provider.tile("Ana").get_by_text("Muted").first).to_be_attached(timeout=30_000)
    peers = ana.page.evaluate(
        "() => window.__peers.filter((p) => p.connectionState === 'connected').length"
    )
    assert peers == 1
    assert ana.page.evaluate("() => window.__peers.length") == 1, "no peer was built anew"

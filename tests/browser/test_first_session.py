"""The main job on real parts: JupyterLab, clients in other browsers, faces, voices, and a record."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from .conftest import House, expect_media, live_tracks, received
from .lab import until

pytestmark = pytest.mark.browser


def test_two_clients_one_admitted_one_declined_and_the_session_ends_for_everyone(
    house: House,
) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    assert "#" not in ana.page.url
    ben = house.client(provider.invite("P08"))
    ana.get_ready("Ana")
    ben.get_ready("Ben")
    provider.join()
    provider.admit("Ana")
    ana.expect_in_session()
    expect(provider.tile("Ana")).to_be_visible()
    expect(ana.page.get_by_role("group", name="Dr. Lee", exact=True)).to_be_visible()
    expect_media(ana.page, "the client sees and hears the provider")
    expect_media(provider.page, "the provider sees and hears the client")

    provider.open_attendees()
    provider.room.get_by_role("button", name="Decline Ben").click()
    reason = provider.room.get_by_role("textbox", name=re.compile("[Rr]eason"))
    reason.fill("Please come back at three.")
    reason.press("Enter")
    expect(ben.page.get_by_text("Please come back at three.")).to_be_visible()
    assert live_tracks(ben.page) == 0

    provider.room.get_by_role("button", name="End session").click()
    dialog = provider.page.get_by_role("alertdialog", name="End session for everyone?")
    dialog.get_by_role("button", name="End session").click()
    for page in (ana.page, provider.page):
        expect(page.get_by_role("alertdialog", name="Session ended")).to_be_visible()
    assert live_tracks(ana.page) == 0
    assert live_tracks(provider.page) == 0

    out = provider.run(
        "log = session.events\n"
        "print(log.verify().ok, session.state, [row['event'] for row in log])\n"
        "print(log.to_jsonl('record.jsonl').read_text())"
    )
    assert "True ended" in out
    for event in ("PersonReady", "PersonAdmitted", "PersonDeclined", "SessionEnded"):
        assert event in out
    record = (house.lab.notebooks / "record.jsonl").read_text()
    assert "Ana" not in record
    assert "three" not in record
    assert json.loads(record.splitlines()[0])["record"]["body"]["event"] == "SessionOpened"
    assert ana.errors == []


def test_mute_and_stop_video_hold_at_both_ends(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    provider.join()
    provider.run("session.admit('P07')")
    ana.expect_in_session()
    expect_media(provider.page)

    ana.tray.get_by_role("button", name="Stop video").click()
    expect(ana.tray.get_by_role("button", name="Start video")).to_be_visible()
    until(lambda: live_tracks(ana.page) == 1, "the camera is really off")
    before = received(provider.page)["frames"]
    ana.tray.get_by_role("button", name="Start video").click()
    until(lambda: received(provider.page)["frames"] > before + 5, "the picture is back")

    provider.run("session.mute('P07'); session.stop_video('P07')")
    expect(ana.tray.get_by_role("button", name="Unmute")).to_be_visible()
    expect(ana.tray.get_by_role("button", name="Start video")).to_be_visible()
    state = provider.run("p = session.participants[1]; print(p.muted, p.video_stopped)")
    assert "True True" in state
    ana.tray.get_by_role("button", name="Unmute").click()
    until(
        lambda: "False" in provider.run("print(session.participants[1].muted)"),
        "the client unmuted herself",
    )


def test_chat_reaches_its_audience(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    waiting_box = ana.page.get_by_role("region", name="Chat")
    waiting_box.get_by_role("textbox", name="Message").fill("I am a bit early")
    waiting_box.get_by_role("button", name="Send").click()
    provider.run("session.chat('Two minutes, please', to='waiting')")
    expect(waiting_box.get_by_role("log", name="Messages")).to_contain_text("Two minutes, please")
    provider.room.get_by_role("button", name=re.compile("^Chat")).click()
    panel = provider.room.get_by_role("region", name="Chat")
    expect(panel.get_by_role("log", name="Messages")).to_contain_text("I am a bit early")
    provider.join()
    provider.run("session.admit('P07')")
    ana.expect_in_session()
    ana.tray.get_by_role("button", name=re.compile("^Chat")).click()
    chat = ana.page.get_by_role("region", name="Chat")
    chat.get_by_role("textbox", name="Message").fill("<b>Hello</b> & good-bye")
    chat.get_by_role("textbox", name="Message").press("Enter")
    if not panel.is_visible():
        provider.room.get_by_role("button", name=re.compile("^Chat")).click()
    expect(panel.get_by_role("log", name="Messages")).to_contain_text("<b>Hello</b> & good-bye")


def test_a_blocked_cell_freezes_nothing(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    provider.join()
    provider.run(
        "import time, pathlib\nend = time.monotonic() + 120\n"
        "while not pathlib.Path('go').exists() and time.monotonic() < end: pass\nprint('done')",
        wait=False,
    )
    until(lambda: provider.lab.kernel_status() == "busy", "the cell blocks the kernel")
    provider.admit("Ana")
    ana.expect_in_session()
    expect_media(ana.page)
    provider.room.get_by_role("button", name=re.compile("^Chat")).click()
    panel = provider.room.get_by_role("region", name="Chat")
    panel.get_by_role("textbox", name="Message").fill("Can you hear me?")
    panel.get_by_role("button", name="Send").click()
    ana.tray.get_by_role("button", name=re.compile("^Chat")).click()
    expect(ana.page.get_by_role("log", name="Messages")).to_contain_text("Can you hear me?")
    provider.room.get_by_role("toolbar", name="Action tray").get_by_role(
        "button", name="Mute", exact=True
    ).click()
    expect(
        provider.room.get_by_role("toolbar", name="Action tray").get_by_role(
            "button", name="Unmute"
        )
    ).to_be_visible()
    assert provider.lab.kernel_status() == "busy", "the cell must still be blocking"
    (house.lab.notebooks / "go").touch()
    until(lambda: provider.lab.kernel_status() == "idle", "the cell is over")


def test_a_simulated_client_is_seen_heard_and_labelled(house: House) -> None:
    provider = house.provider()
    provider.join()
    provider.run("robot = session.simulate('P08')")
    expect(provider.room.get_by_text("Simulated").first).to_be_attached(timeout=20_000)
    until(
        lambda: "P08" in provider.run("print(session.waiting.codes)"), "the simulated client waits"
    )
    provider.run("session.admit('P08')")
    expect_media(provider.page, "the simulated client is seen and heard")
    out = provider.run(
        "import time\n"
        "while not any(p.video_frames > 5 for p in robot.peers): time.sleep(0.1)\n"
        "print('sees', session.participants[1].simulated)"
    )
    assert "sees True" in out
    provider.run("session.end()")
    until(lambda: "False" in provider.run("print(robot.is_running)"), "it ends with the session")

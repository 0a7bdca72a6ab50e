"""Several people at once: a second provider and a supervisor by link, and what clients see of each other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import Client, House, Provider, expect_media

pytestmark = pytest.mark.browser


def link(provider: Provider, code: str, role: str) -> str:
    out = provider.run(f"print(session.invite({code!r}, role={role!r}).url)")
    found = re.search(r"https?://[^\"\\]+#[\w-]+", out)
    assert found, out
    return found.group(0)


def arrives(house: House, url: str, name: str) -> Client:
    made = house.client(url, viewport={"width": 900, "height": 700})
    made.get_ready(name)
    return made


def test_a_second_provider_admits_a_supervisor_observes_and_clients_see_initials(
    house: House,
) -> None:
    provider = house.provider(options=", kind='group', names='initials'")
    supervisor = arrives(house, link(provider, "S1", "supervisor"), "Sue Visor")
    second = arrives(house, link(provider, "T2", "provider"), "Dr. Two")
    ana = arrives(house, link(provider, "P07", "client"), "Ana Maria Ruiz")
    ben = arrives(house, link(provider, "P08", "client"), "Ben Kay")
    provider.join()
    provider.run("session.admit('T2'); session.admit('S1')")
    for staff in (second, supervisor):
        staff.expect_in_session()
    second.page.get_by_role("button", name=re.compile("^Attendees")).click()
    second.page.get_by_role("button", name="Admit Ana Maria Ruiz").click()
    ana.expect_in_session()
    second.page.get_by_role("button", name="Admit all").click()
    ben.expect_in_session()
    for name in ("Dr. Lee", "Dr. Two", "Sue Visor", "A. M. R.", "Ben Kay (you)"):
        expect(ben.page.get_by_role("group", name=name, exact=True)).to_be_visible()
    assert "Ana" not in ben.page.content()
    expect(ben.page.get_by_text("Sue Visor observing")).to_be_visible()
    expect(supervisor.tray.get_by_role("button", name="End session")).to_have_count(0)
    for person in (ana, ben, second, supervisor):
        expect_media(person.page)
    second.page.get_by_role("button", name="End session").click()
    dialog = second.page.get_by_role("alertdialog", name="End session for everyone?")
    dialog.get_by_role("button", name="End session").click()
    for person in (ana, ben, supervisor):
        expect(person.page.get_by_role("alertdialog", name="Session ended")).to_be_visible()

"""Calls in real browsers outlive kernels, servers and networks."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.soak.card import check_in_ci

from . import calls
from .home import at_home

pytestmark = pytest.mark.browser


def test_a_call_goes_on_while_its_kernel_is_killed() -> None:
    check_in_ci(calls.kernels)


def test_a_call_goes_on_while_the_server_is_killed_and_started() -> None:
    check_in_ci(calls.servers)


def test_clients_who_were_offline_are_back_where_they_were() -> None:
    check_in_ci(calls.offline)


def test_a_client_whose_browser_was_suspended_is_back_by_itself() -> None:
    check_in_ci(calls.suspended)


def test_a_waiting_client_whose_browser_was_suspended_keeps_the_place() -> None:
    check_in_ci(calls.asleep)


def test_a_call_moves_to_another_network_path() -> None:
    check_in_ci(calls.paths)


def test_messages_that_come_late_twice_or_out_of_order_leave_the_room_right() -> None:
    check_in_ci(calls.mangled)


def test_a_reload_right_after_the_network_went_leads_back_into_the_call() -> None:
    with at_home() as home:
        provider, ana = home.in_call()
        home.proxy.cut()
        ana.page.reload()
        ana.expect_in_session()
        calls.expect_media(ana.page)
        calls.expect_media(provider.page)
        assert calls.admissions(home) == 1


def test_a_duplicated_tab_does_not_take_the_seat_of_one_that_is_reachable() -> None:
    with at_home() as home:
        provider, ana = home.in_call()
        stored = ana.page.evaluate("() => JSON.stringify(Object.entries(sessionStorage))")
        twin = ana.context.new_page()
        twin.goto(f"{home.proxy.url}/join")
        twin.evaluate(
            "(text) => { for (const [k, v] of JSON.parse(text)) sessionStorage.setItem(k, v); }",
            stored,
        )
        twin.reload()
        expect(twin.get_by_role("button", name="Use it here")).to_be_visible()
        expect(
            twin.get_by_role("heading", name="This session is open in another tab")
        ).to_be_visible()
        calls.expect_media(ana.page, "the first tab goes on")

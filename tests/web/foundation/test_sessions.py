"""Who counts as signed in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from infra.kernel.ids import natural_id
from tests.builders.newsroom.identities import LAN, START, Known
from tests.builders.newsroom.reader import Reader
from tests.web.foundation.conftest import Newsroom


def test_without_a_session_every_page_leads_to_signing_in_and_back(at_browser: Callable[[], Reader]) -> None:
    answer = at_browser().get("/newsroom/notes?number=2")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fnewsroom%2Fnotes%3Fnumber%3D2")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "http://["]
)
def test_signing_in_leads_nowhere_outside(at_browser: Callable[[], Reader], elsewhere: str) -> None:
    assert at_browser().sign_in("lan", elsewhere).headers["location"] == "/"


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_from_other_sites(at_browser: Callable[[], Reader]) -> None:
    reader = at_browser()

    cookie = next(c for c in reader.sign_in().headers.get_list("set-cookie") if c.startswith("staff="))

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie


def test_activity_prolongs_a_session_and_a_quarter_of_an_hour_without_ends_it(room: Newsroom, lan: Reader) -> None:
    for _ in range(3):
        room.clock.forward(minutes=14, seconds=59)
        assert lan.get("/newsroom/notes").status_code == 200
    room.clock.forward(minutes=15)

    assert lan.get("/newsroom/notes").status_code == 303


def test_no_session_lasts_longer_than_ten_hours(room: Newsroom, lan: Reader) -> None:
    while room.clock.at < START + timedelta(hours=10) - timedelta(minutes=10):
        room.clock.forward(minutes=10)
        assert lan.get("/newsroom/notes").status_code == 200
    room.clock.forward(minutes=10)

    assert lan.get("/newsroom/notes").status_code == 303


@pytest.mark.parametrize(
    "change",
    [{"active": False}, {"locked": True}, {"sessions_valid_from": START + timedelta(microseconds=1)}],
)
def test_closed_locked_and_ended_accounts_are_signed_out_at_once(
    room: Newsroom, lan: Reader, change: dict[str, object]
) -> None:
    room.identities.known[LAN] = replace(Known(), **change)

    assert lan.get("/newsroom/notes").status_code == 303


def test_a_session_begun_at_the_very_instant_from_which_sessions_count_is_good(room: Newsroom, lan: Reader) -> None:
    room.identities.known[LAN] = Known(sessions_valid_from=START)

    assert lan.get("/newsroom/notes").status_code == 200


def test_one_ended_session_is_worth_nothing_even_with_a_copy_of_its_cookie(room: Newsroom, lan: Reader) -> None:
    room.identities.ended.add(natural_id("session", "lan", str(START)))

    assert lan.get("/newsroom/notes").status_code == 303


def test_an_unknown_account_is_not_signed_in(room: Newsroom, lan: Reader) -> None:
    del room.identities.known[LAN]

    assert lan.get("/newsroom/notes").status_code == 303


def test_a_first_password_must_be_changed_before_anything_else(room: Newsroom, lan: Reader) -> None:
    room.identities.known[LAN] = Known(must_change_password=True)

    assert lan.get("/newsroom/notes").headers["location"] == "/account/password"
    assert lan.get("/account/password").status_code == 200


def test_a_forged_or_damaged_cookie_is_no_session(at_browser: Callable[[], Reader], lan: Reader) -> None:
    good = lan.client.cookies["staff"]
    for bad in ("", "x", good[:-2], good.replace(good[5], "x"), "null", "e30.AAAA"):
        reader = at_browser()
        reader.client.cookies.set("staff", bad)
        assert reader.get("/newsroom/notes").status_code == 303


def test_navigation_shows_what_the_office_may_do(lan: Reader, hung: Reader) -> None:
    assert 'href="/newsroom/secret"' not in lan.get("/newsroom/notes").text
    assert 'href="/newsroom/secret"' in hung.get("/newsroom/notes").text
    assert lan.get("/newsroom/secret").status_code == 403


def test_signing_out_forgets_the_session(lan: Reader) -> None:
    page = lan.get("/newsroom/notes")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]

    lan.client.post("/sign-out", data={"csrf_token": token}, headers={"origin": lan.address})

    assert lan.get("/newsroom/notes").status_code == 303


def test_the_start_page_leads_to_the_first_page_one_may_use(lan: Reader) -> None:
    assert lan.get("/").headers["location"] == "/newsroom/notes"

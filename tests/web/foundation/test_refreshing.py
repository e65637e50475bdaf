"""Parts of pages that ask for newer ones by themselves: they keep nobody signed in."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders.newsroom.reader import Reader
from tests.web.foundation.conftest import Newsroom
from tests.web.foundation.test_forms import GOOD

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted(path for folder in ("infra", "services") for path in (ROOT / folder).rglob("*.html"))


def refresh(reader: Reader, shown_on: str = "/newsroom/notes?number=2") -> tuple[int, str]:
    """Ask for a part of the page shown; returns the status and where the browser is led to."""
    page = shown_on if "://" in shown_on else f"{reader.address}{shown_on}"
    answer = reader.get("/newsroom/notes", **{"hx-request": "true", "hx-current-url": page})
    return answer.status_code, answer.headers.get("hx-redirect", "")


def test_a_page_that_refreshes_itself_does_not_prolong_the_session(room: Newsroom, lan: Reader) -> None:
    for _ in range(3):
        room.clock.forward(minutes=4, seconds=59)
        assert refresh(lan) == (200, "")
    room.clock.forward(seconds=3)

    assert refresh(lan)[1].startswith("/sign-in")


@pytest.mark.parametrize(
    ("shown_on", "after"),
    [
        ("/newsroom/notes?number=2", "%2Fnewsroom%2Fnotes%3Fnumber%3D2"),
        ("https://evil.example/newsroom/notes", "%2F"),
        ("javascript:x", "%2F"),
        ("//evil.example", "%2F"),
    ],
)
def test_when_the_session_has_ended_the_browser_is_led_to_signing_in_and_back_to_the_page(
    room: Newsroom, lan: Reader, shown_on: str, after: str
) -> None:
    room.clock.forward(minutes=15)

    assert refresh(lan, shown_on) == (200, f"/sign-in?next={after}")


def test_a_page_that_refreshes_itself_does_not_take_the_message_of_another(lan: Reader) -> None:
    saved = lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD)
    refresh(lan)

    assert "Đã lưu ghi chú." in lan.get(saved.headers["location"]).text


def test_htmx_refreshes_and_does_nothing_else() -> None:
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"hx-(post|put|patch|delete|boost)", text), template
        assert text.count("hx-get") == len(re.findall(r'hx-get="[^"]+" hx-trigger="every \d+s"', text)), template


@pytest.mark.browser
def test_a_browser_that_was_left_alone_shows_the_sign_in_page_as_a_page(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes?number=2")
    room.clock.forward(minutes=16)

    page.evaluate("htmx.ajax('GET', '/newsroom/notes', { target: '#flashes' })")

    page.wait_for_url("**/sign-in?next=%2Fnewsroom%2Fnotes%3Fnumber%3D2")
    expect(page.locator("[name=password]")).to_be_visible()

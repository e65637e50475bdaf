"""The audit pages in a real browser: on a phone nothing sticks out, and a running check is seen without reloading."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, expect

from services.audit.inspection import Inspections
from services.audit.log.verification import Outcome, Progress
from tests.builders.audit import ARTICLE
from tests.builders.audit_office import PASSWORDS
from tests.web.audit.conftest import Office

pytestmark = [pytest.mark.servers, pytest.mark.browser]

PAGES = (
    "/audit/acts",
    "/audit/acts?since=2026-11-20&until=2026-11-19",
    "/audit/acts/content/7",
    f"/audit/things/{ARTICLE}",
    "/audit/exports",
    "/audit/exports/new?thing=ma+da&refused=yes",
    "/audit/verification",
)


@pytest.fixture
def page(browser: Browser, office: Office) -> Iterator[Page]:
    """The reviewer at a phone, signed in; any script error or forbidden style fails the test."""
    context = browser.new_context(base_url=office.address, viewport={"width": 360, "height": 740}, locale="vi-VN")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto("/sign-in")
    page.fill("[name=login]", "reviewer")
    page.fill("[name=password]", PASSWORDS["reviewer"])
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    context.close()
    assert wrong == []


@contextmanager
def checking(inspections: Inspections, check: Callable[[Progress], Outcome]) -> Iterator[None]:
    """Let inspections make another check for a while."""
    own, inspections._check = inspections._check, check
    yield
    inspections._check = own


@pytest.mark.parametrize("language", ["vi", "en"])
def test_on_a_phone_no_page_is_wider_than_the_screen(page: Page, language: str) -> None:
    page.goto(f"/audit/acts?lang={language}")

    for address in PAGES:
        page.goto(address)
        for hidden in page.locator("details.data").all():
            hidden.evaluate("each => { each.open = true }")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        assert page.locator("h1").inner_text().strip()


def test_a_running_check_is_seen_to_its_end_without_reloading(page: Page, office: Office) -> None:
    go_on = Event()
    check = office.audit.desk.logs.check

    def slowly(progress: Progress) -> Outcome:
        progress(5, 10)
        assert go_on.wait(20)
        return check(progress)

    with checking(office.audit.desk.inspections, slowly):
        page.goto("/audit/verification")
        page.click("main form button[type=submit]")
        expect(page.locator("#state progress")).to_have_attribute("value", "50")
        go_on.set()
        expect(page.locator("#state .verdict.good")).to_be_visible()

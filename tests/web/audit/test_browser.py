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
    "/audit/packs",
    f"/audit/packs/new?thing={ARTICLE}",
    "/audit/searches",
    "/audit/searches/new?kind=content&refused=yes",
    "/audit/powers",
    "/audit/powers?at=never",
    "/audit/powers?entry=content/7",
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


def test_a_pack_is_seen_being_made_and_fetched_without_reloading(page: Page, office: Office) -> None:
    page.goto(f"/audit/packs/new?thing={ARTICLE}")
    page.fill("[name=purpose]", "Đoàn kiểm tra quý IV năm 2026")
    page.click("main form button[type=submit]")
    expect(page.locator("#state progress")).to_be_visible()

    assert office.audit.desk.packs.step()

    expect(page.locator("#state .verdict.good")).to_be_visible()
    with page.expect_download() as fetched:
        page.click("#state a[download]")
    assert fetched.value.suggested_filename.startswith("minhbach-2026-11-21-")


def test_on_a_phone_a_story_stands_upright_and_on_a_desk_it_lies(page: Page) -> None:
    page.goto(f"/audit/things/{ARTICLE}")
    upright, lying = page.locator("svg[aria-labelledby^=upright]"), page.locator("svg[aria-labelledby^=lying]")

    expect(upright).to_be_visible()
    expect(lying).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(lying).to_be_visible()
    expect(upright).to_be_hidden()
    assert page.locator("tbody tr").count() == lying.locator(".mark").count()


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

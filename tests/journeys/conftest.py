"""Browsers for journeys through the running portal."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from infra.local.stack import Stack

SignIn = Callable[[str], Page]


@pytest.fixture
def sign_in(browser: Browser, portal: Stack) -> Iterator[SignIn]:
    """Open a browser of one's own and sign in with a demo account."""
    contexts = []

    def signed_in(login: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{portal.staff_url}/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", portal.passwords[login])
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield signed_in
    for context in contexts:
        context.close()


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """A citizen's phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    yield context.new_page()
    context.close()

"""The page of a receipt in Chromium: it says genuine only for what it has checked, and names the step that fails."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route

from infra.messaging.envelope import Envelope
from infra.messaging.errors import RpcUnavailable
from services.audit.log.checkpoint import Checkpoint, SigningKey, signed_note
from services.audit.log.keys import KeyChange, Keys
from tests.builders.receipts import ORIGIN as LOG
from tests.builders.receipts import PaperLog, a_key
from tests.integration.gateway.conftest import Auditor
from tests.integration.gateway.test_receipts import SECRET, TOLD

pytestmark = pytest.mark.browser

STEPS = ["leaf", "state", "content", "path", "signature", "current"]
WITHOUT_ED25519 = """
const known = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (form, key, way, ...rest) =>
  (way.name || way) === "Ed25519" ? Promise.reject(new DOMException("", "NotSupportedError")) : known(form, key, way, ...rest);
"""


@pytest.fixture
def log(auditor: Auditor) -> PaperLog:
    log = PaperLog([SECRET, *TOLD])
    auditor.answers.update(log.answers())
    return log


@pytest.fixture
def page(browser: Browser, reader: httpx.Client, log: PaperLog) -> Iterator[Page]:
    assert log.size == 5
    context = browser.new_context(viewport={"width": 390, "height": 800}, base_url=str(reader.base_url))
    yield context.new_page()
    context.close()


def verdict(page: Page) -> tuple[str, dict[str, str]]:
    """The result that is shown, and each step's."""
    page.wait_for_selector(".check:not([data-state=working])")
    steps = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-step]')].map(e => [e.dataset.step, e.dataset.state]))"
    )
    return page.locator(".check").get_attribute("data-state") or "", steps


def all_but(**changed: str) -> dict[str, str]:
    return {**dict.fromkeys(STEPS, "good"), **changed}


def tampered(page: Page, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change what the page fetches on its way."""

    def answer(route: Route) -> None:
        told = route.fetch().json()
        route.fulfill(json=change(told))

    page.route(re.compile(r"/api/v1/log/receipt"), answer)


@pytest.mark.parametrize("path", ["/vi/receipts/content/5", "/en/receipts/content/1"])
def test_a_receipt_is_genuine_in_every_step_and_nothing_is_blocked_or_missing(page: Page, path: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(path)

    assert verdict(page) == ("good", all_but())
    assert page.locator("[data-verdict=good]").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert complaints == []


def test_a_withdrawal_has_no_content_of_its_own(page: Page) -> None:
    page.goto("/vi/receipts/content/9")

    assert verdict(page) == ("good", all_but(content="unneeded"))


def test_a_title_or_an_edition_that_the_portal_s_rows_tell_otherwise_does_not_stand(page: Page) -> None:
    def other_rows(route: Route) -> None:
        told = route.fetch().text()
        titled = re.sub(r"(<h1[^>]*>)[^<]*", r"\1Another title", told)
        route.fulfill(body=re.sub(r'(data-said="[^"]*)1"', r'\g<1>7"', titled), content_type="text/html")

    page.goto("/en/receipts/content/1")
    assert verdict(page)[0] == "good"
    genuine = page.locator("h1").inner_text()
    page.route(re.compile(r"/en/receipts/"), other_rows)
    page.goto("/en/receipts/content/1")

    assert verdict(page) == ("wrong", all_but(state="wrong"))
    assert page.locator("h1").inner_text() == genuine


CHANGES: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "another subject": ("leaf", lambda r: {**r, "leaf": r["leaf"].replace("-", "+", 1)}),
    "another time": ("state", lambda r: {**r, "state": r["state"].replace("2026-", "2025-")}),
    "another text": ("content", lambda r: {**r, "state": r["state"].replace("Nội dung", "Nội dunG")}),
    "another place": ("path", lambda r: {**r, "index": 1}),
    "a shorter path": ("path", lambda r: {**r, "path": r["path"][1:]}),
    "another size": ("signature", lambda r: {**r, "checkpoint": r["checkpoint"].replace("\n5\n", "\n6\n")}),
    "a signature of nobody": (
        "signature",
        lambda r: {**r, "checkpoint": r["checkpoint"][:-20] + "AAAA" + r["checkpoint"][-16:]},
    ),
    "another key": ("signature", lambda r: {**r, "keys": str(SigningKey(LOG, a_key(9)).verifier)}),
    "no checkpoint": ("path", lambda r: {**r, "checkpoint": "?"}),
    "no path": ("path", lambda r: {**r, "path": None}),
}


@pytest.mark.parametrize("how", CHANGES)
def test_a_receipt_that_was_changed_is_shown_in_red_with_the_step_that_failed(page: Page, how: str) -> None:
    step, change = CHANGES[how]
    tampered(page, change)
    page.goto("/en/receipts/content/5")

    state, steps = verdict(page)

    assert (state, steps[step]) == ("wrong", "wrong")
    assert page.locator("[data-verdict=wrong]").is_visible()
    assert not page.locator("[data-verdict=good]").is_visible()
    assert page.locator(f"[data-step={step}] [data-mark]").inner_text() == "does not hold"


def test_a_log_that_was_rewritten_since_is_shown_in_red(page: Page, log: PaperLog) -> None:
    page.goto("/vi/receipts/content/5")
    assert verdict(page)[0] == "good"
    kept = json.dumps(log.receipt(3, 4))
    log.events[0] = log.events[1]

    choose(page, kept)

    assert verdict(page) == ("wrong", all_but(current="wrong"))


def choose(page: Page, text: str) -> None:
    """Choose a kept receipt, and wait until it is being looked at."""
    page.evaluate("document.querySelector('.check').dataset.state = 'working'")
    page.set_input_files("[data-kept]", {"name": "kept.json", "mimeType": "application/json", "buffer": text.encode()})


def test_a_receipt_that_was_kept_is_checked_against_the_log_of_today(page: Page, log: PaperLog) -> None:
    page.goto("/vi/receipts/content/5")
    assert verdict(page)[0] == "good"

    for told, state in (
        (json.dumps(log.receipt(3, 4)), "good"),
        (json.dumps({**log.receipt(3, 4), "index": 2}), "wrong"),
        (json.dumps(log.receipt(1, 4)), "another"),
        ('{"format": "minhbach-audit-pack/1"}', "unreadable"),
        ("not json", "unreadable"),
        ('{"state": "Khác", ' + json.dumps(log.receipt(3, 4))[1:], "unreadable"),
    ):
        choose(page, told)
        assert verdict(page)[0] == state


def test_a_browser_without_ed25519_says_that_the_signature_was_not_checked(page: Page) -> None:
    page.add_init_script(WITHOUT_ED25519)
    page.goto("/en/receipts/content/5")

    assert verdict(page) == ("partly", all_but(signature="unchecked", current="unsigned"))
    assert page.locator("[data-step=signature] [data-mark]").inner_text() == "not checked here"
    assert not page.locator("[data-verdict=good]").is_visible()


def test_a_browser_without_ed25519_still_finds_what_hashes_show(page: Page) -> None:
    page.add_init_script(WITHOUT_ED25519)
    tampered(page, lambda r: {**r, "index": 1})
    page.goto("/en/receipts/content/5")

    assert verdict(page)[0] == "wrong"


def test_the_key_may_have_changed_since(page: Page, log: PaperLog) -> None:
    new = SigningKey(LOG, a_key(2))
    log.keys = str(Keys(log.signs.verifier).changed(KeyChange.made(log.signs, new, 4)))
    kept = log.receipt(3, 4) | {"keys": str(log.signs.verifier)}
    old, log.signs = log.signs, new
    tampered(page, lambda r: {**r, "checkpoint": signed_note(Checkpoint(LOG, 5, log.root(5)), old, new)})
    page.goto("/vi/receipts/content/5")
    assert verdict(page) == ("good", all_but())

    choose(page, json.dumps(kept))
    assert verdict(page) == ("good", all_but())

    log.keys = f"{log.keys}\n{KeyChange.made(new, SigningKey(LOG, a_key(3)), 4)}"[:-4] + "AAA="
    page.click("[data-again]")
    page.wait_for_selector(".check[data-state=wrong]")


def test_a_log_that_cannot_be_asked_is_no_forgery(page: Page, auditor: Auditor) -> None:
    auditor.answers["proof"] = RpcUnavailable("no broker")
    page.goto("/vi/receipts/content/5")
    assert verdict(page)[0] == "absent"

    auditor.answers["proof"] = PaperLog([SECRET, *TOLD]).answers()["proof"]
    auditor.answers["checkpoint"] = RpcUnavailable("no broker")
    page.click("[data-again]")
    page.wait_for_selector(".check[data-state=partly]")
    assert verdict(page) == ("partly", all_but(current="unchecked"))


NO_PROOFS = ('{"detail": "?"}', '{"path": "none"}', '{"path": ["00"]}', "null", "<html></html>")


@pytest.mark.parametrize("told", NO_PROOFS)
def test_an_answer_that_is_no_proof_could_not_be_checked_and_is_no_forgery(
    page: Page, log: PaperLog, told: str
) -> None:
    page.goto("/vi/receipts/content/5")
    assert verdict(page)[0] == "good"
    page.route(re.compile(r"/api/v1/log/consistency"), lambda route: route.fulfill(body=told))
    choose(page, json.dumps(log.receipt(3, 4)))
    page.wait_for_selector(".check[data-state=partly]")
    assert verdict(page) == ("partly", all_but(current="unchecked"))


@pytest.mark.parametrize("told", NO_PROOFS)
def test_an_answer_that_is_no_checkpoint_could_not_be_checked_and_is_no_forgery(page: Page, told: str) -> None:
    page.goto("/vi/receipts/content/5")
    assert verdict(page)[0] == "good"
    page.route(re.compile(r"/api/v1/log/checkpoint"), lambda route: route.fulfill(body=told))
    page.click("[data-again]")
    page.wait_for_selector(".check[data-state=partly]")
    assert verdict(page) == ("partly", all_but(current="unchecked"))


def test_a_name_that_stands_twice_in_the_event_is_refused_even_where_the_log_has_signed_it(
    page: Page, log: PaperLog
) -> None:
    class Twice(Envelope):
        state = TOLD[2].state.replace(b'"content":', b'"content":{"texts":{}},"content":', 1)

    told = log.events[3]
    log.events[3] = Twice(told.service, told.position, told.topic, told.subject, told.version, told.at, told.data)
    assert told is TOLD[2]
    tampered(page, lambda _: log.receipt(3, 5))

    page.goto("/en/receipts/content/5")

    assert verdict(page) == ("wrong", all_but(state="wrong", content="wrong"))


def test_without_javascript_it_explains_and_offers_receipt_and_verifier(
    browser: Browser, reader: httpx.Client, log: PaperLog, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=str(reader.base_url))
    page = context.new_page()
    page.goto("/vi/receipts/content/5")

    assert page.locator("noscript").count() == 1
    assert not page.locator(".check").is_visible()
    with page.expect_download() as saved:
        page.click("text=Lưu biên nhận")
    saved.value.save_as(tmp_path / "receipt.json")
    assert json.loads((tmp_path / "receipt.json").read_text())["entry"] == "content/5"
    assert saved.value.suggested_filename == "content-5.json"
    assert log.size == 5
    context.close()

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from starlette.responses import PlainTextResponse

from gateway.baked import BakedPages
from gateway.pages.rendering import Renderer
from tests.builders.newsroom.serving import served
from tests.builders.published import a_text, published, withdrawn
from tests.web.gateway.conftest import BOTH, baked_site

pytestmark = pytest.mark.browser
WIDE = '<table><tr><th scope="col">' + "</th><th>".join(["Chỉ tiêu kế hoạch"] * 12) + "</th></tr></table>"
LONG = {
    "vi": a_text(
        "Quyết định " + "Nghịđịnhsốhailẻbốn" * 8, "Tóm tắt " * 40, f"<p>{'https://dài.example/' * 20}</p>{WIDE}"
    )
}
DOCUMENT = {"number": "2461/QĐ-UBND", "issuer": "UBND tỉnh", "signed_on": "2019-11-19", "effective_on": ""}
TOLD = (
    published(1, "both", texts=BOTH, slugs={"vi": "khoi-cong", "en": "work-begins"}),
    published(
        2,
        "long",
        texts=LONG,
        slugs={"vi": "dai"},
        kind="legal-document",
        section="van-ban-phap-luat",
        document=DOCUMENT,
    ),
    withdrawn(3, "long"),
)
PATHS = (
    "/vi/",
    "/en/",
    "/vi/tin-tuc/",
    "/vi/tin-tuc/khoi-cong",
    "/en/tin-tuc/work-begins",
    "/en/van-ban-phap-luat/dai",
    "/vi/van-ban-phap-luat/dai",
    "/vi/kiem-chung",
    "/vi/so-do-cong",
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, renderer: Renderer) -> Iterator[str]:
    site_dir: Path = tmp_path_factory.mktemp("site")
    baked_site(site_dir, renderer, TOLD)
    with served(lambda _: BakedPages(PlainTextResponse("live"), site_dir)) as address:
        yield address


@pytest.fixture(params=[360, 390, 768, 1280], ids=str)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    yield context.new_page()
    context.close()


def test_nothing_is_wider_than_the_screen_and_nothing_is_blocked_or_missing(page: Page, portal: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    for path in PATHS:
        page.goto(portal + path, wait_until="networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    assert complaints == []


def test_everything_can_be_read_without_javascript(browser: Browser, portal: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{portal}/vi/")
    page.get_by_role("link", name="Khởi công").first.click()
    page.get_by_role("link", name="English").click()

    assert page.url.endswith("/en/tin-tuc/work-begins")
    assert page.get_by_role("heading", level=1).inner_text() == "Work begins"
    assert page.get_by_role("button", name="Share").count() == 0
    context.close()


def test_the_first_tab_leads_past_the_menu(browser: Browser, portal: str) -> None:
    page = browser.new_page()
    page.goto(f"{portal}/vi/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


def test_a_page_without_its_pictures_weighs_less_than_100_kb(browser: Browser, portal: str) -> None:
    page = browser.new_page()
    page.goto(f"{portal}/vi/tin-tuc/khoi-cong")
    page.wait_for_function("document.fonts.status === 'loaded'")
    sizes = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(e => e.transferSize)"
    )

    assert sum(sizes) < 100_000
    page.close()


def test_text_stands_out_from_its_ground(browser: Browser, portal: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    for path in PATHS:
        page.goto(portal + path)
        faint = page.evaluate(_FAINT_TEXTS)
        assert faint == [], path
    page.close()


_FAINT_TEXTS = """() => {
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const colour = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const ground = element => {
    for (let one = element; one; one = one.parentElement) {
      const found = colour(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faint = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || element.closest('.hidden, script, svg')) continue;
    const [light, dark] = [luminance(colour(getComputedStyle(element).color)), luminance(ground(element))].sort((a, b) => b - a);
    if ((light + .05) / (dark + .05) < 4.5) faint.push(element.className + ': ' + walker.currentNode.textContent.trim().slice(0, 40));
  }
  return faint;
}"""

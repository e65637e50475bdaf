import itertools
import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from infra.messaging.envelope import Envelope
from tests.builders.markup import Page
from tests.builders.published import a_picture, a_text, published, withdrawn
from tests.spec.gateway.conftest import Bake

NASTY = '</title><script>alert(1)</script>"\'><img src=x onerror=alert(1)>{{7*7}}{"$ne":1}\x0b'
BOTH = {"vi": a_text("Khởi công", "Tóm tắt"), "en": a_text("Work begins", "In short")}
DOCUMENT = {"number": "2461/QĐ-UBND", "issuer": "UBND tỉnh", "signed_on": "2019-11-19", "effective_on": ""}
ATTACHED = {"file": "d" * 64, "name": "Quyết định.pdf", "media_type": "application/pdf", "size": 1_234_567}


def what_a_portal_holds() -> list[Envelope]:
    picture = a_picture()
    pictured = a_text(
        body=f'<p>Chữ.</p><figure><img src="/files/{"a" * 64}" alt="Ảnh"><figcaption>Ảnh</figcaption></figure>'
    )
    covered = {"cover": "a" * 64, "cover_alt": {"vi": "Toàn cảnh"}, "pictures": {"a" * 64: picture}}
    return [
        published(
            1, "law", kind="legal-document", section="van-ban-phap-luat", document=DOCUMENT, attachments=[ATTACHED]
        ),
        published(2, "notice", kind="announcement", section="thong-bao"),
        published(3, "story", texts={"vi": pictured, "en": pictured}, **covered),
        published(4, "both", texts=BOTH),
        published(5, "both", edition=2, texts=BOTH),
        published(6, "gone"),
        withdrawn(7, "gone"),
        published(
            8, "nasty", author=NASTY, source=NASTY, texts={"vi": a_text(NASTY, NASTY), "en": a_text(NASTY, NASTY)}
        ),
        *(published(10 + number, f"row-{number}", section="kinh-te-xa-hoi", texts=BOTH) for number in range(45)),
    ]


@pytest.fixture(scope="module")
def site(bake: Bake) -> dict[str, bytes]:
    return bake(what_a_portal_holds())


@pytest.fixture(scope="module")
def pages(site: dict[str, bytes]) -> dict[str, Page]:
    return {address: Page(page) for address, page in site.items() if page.startswith(b"<!doctype html>")}


def test_every_page_has_its_language_one_heading_and_a_title_of_its_own(pages: dict[str, Page]) -> None:
    for address, page in pages.items():
        assert page.all("html")[0]["lang"] == address[1:3]
        assert len(page.all("h1")) == 1, address
        assert page.texts["title"], address


def test_every_page_has_its_landmarks_and_a_way_past_the_menu(pages: dict[str, Page]) -> None:
    for page in pages.values():
        counted = Counter(tag for tag, _ in page.elements)
        assert (counted["header"] >= 1, counted["main"], counted["footer"]) == (True, 1, 1)
        assert page.all("a")[0]["href"] == "#main"
        navigations = [nav.get("aria-label") or nav.get("aria-labelledby") for nav in page.all("nav")]
        assert all(navigations)
        assert len(navigations) == len(set(navigations))


def test_no_identifier_stands_twice_and_every_reference_finds_one(pages: dict[str, Page]) -> None:
    for address, page in pages.items():
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        named = [attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes]
        labelled = [label["for"] for label in page.all("label")]
        assert len(ids) == len(set(ids)), address
        assert {*named, *labelled} <= set(ids), address


def test_every_picture_has_an_alternative_and_a_size(pages: dict[str, Page]) -> None:
    for page in pages.values():
        for picture in page.all("img"):
            assert {"alt", "width", "height"} <= set(picture)


def test_headings_never_skip_a_level(pages: dict[str, Page]) -> None:
    for address, page in pages.items():
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        within = levels[levels.index(1) :]
        assert all(after - before <= 1 for before, after in itertools.pairwise(within)), address


def test_no_page_loads_or_links_anything_from_elsewhere(pages: dict[str, Page]) -> None:
    for address, page in pages.items():
        for target in page.addresses:
            assert target.startswith(("/", "#", "?", "mailto:", "https://binhphuoc.example/")), (address, target)


def test_there_is_no_inline_style_and_no_inline_script(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert not page.all("style")
        assert not [
            name for _, attributes in page.elements for name in attributes if name == "style" or name.startswith("on")
        ]
        assert all(script.get("src") or script["type"] == "application/ld+json" for script in page.all("script"))


def test_nothing_that_somebody_typed_becomes_markup(site: dict[str, bytes]) -> None:
    for address, page in site.items():
        assert b"<script>alert" not in page, address
        assert b"<img src=x" not in page, address
        assert b"\x0b" not in page, address


def test_what_machines_read_is_well_formed(site: dict[str, bytes]) -> None:
    machine_readable = [page for address, page in site.items() if address.endswith((".xml", ".atom"))]

    assert len(machine_readable) > 10
    for page in machine_readable:
        ET.fromstring(page)  # noqa: S314 - our own


def test_every_link_inside_the_portal_leads_to_a_page(site: dict[str, bytes], pages: dict[str, Page]) -> None:
    live = re.compile(r"/(?:api/v1/.*|docs|(?:vi|en)/(?:search|receipts/.*)|files/.*|static/.*)")
    for address, page in pages.items():
        links = [link["href"].removeprefix("https://binhphuoc.example") for link in page.all("a") + page.all("link")]
        for link in links:
            assert not link.startswith("/") or link in site or live.fullmatch(link.partition("?")[0]), (address, link)


def test_a_page_is_light_enough_for_an_old_phone(site: dict[str, bytes]) -> None:
    assert max(map(len, site.values())) < 80_000


def test_empty_sections_and_an_empty_portal_say_so(bake: Bake) -> None:
    empty = bake([])

    assert "Chuyên mục này chưa có tin, bài." in Page(empty["/vi/tin-tuc/"]).text
    assert "Nothing has been published in English yet." in Page(empty["/en/"]).text


def test_the_archive_goes_from_page_to_page(pages: dict[str, Page]) -> None:
    front, second, first = (pages[f"/vi/kinh-te-xa-hoi/{end}"] for end in ("", "page/2", "page/1"))

    assert _rel(front) == {"next": "/vi/kinh-te-xa-hoi/page/1"}
    assert _rel(second) == {"prev": "/vi/kinh-te-xa-hoi/page/3", "next": "/vi/kinh-te-xa-hoi/page/1"}
    assert _rel(first) == {"prev": "/vi/kinh-te-xa-hoi/page/2"}
    assert _rel(pages["/vi/kinh-te-xa-hoi/page/3"])["prev"] == "/vi/kinh-te-xa-hoi/"


def _rel(page: Page) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in page.all("a") if link.get("rel") in ("next", "prev")}

import json
import re

from tests.builders.markup import Page
from tests.builders.published import a_picture, a_text, an_act, an_id, an_item, published, withdrawn
from tests.spec.gateway.conftest import Bake

DELEGATED = an_act("secretary", "standing-deputy", "12/QĐ-STTTT")
BOTH = {"vi": a_text("Khởi công", "Tóm tắt"), "en": a_text("Work begins", "In short")}


def test_qc2024_7_10_a_page_shows_everything_that_whoever_uses_it_again_must_name(bake: Bake) -> None:
    told = published(42, texts=BOTH, first_published_at="2026-03-02T01:30:00+00:00")
    shown = Page(bake([told])[an_item(told).address("vi")]).text

    for fact in ("Minh Anh", "UBND tỉnh Bình Phước", "Cổng thông tin điện tử tỉnh Bình Phước", "08:30, 02/03/2026"):
        assert fact in shown
    for fact in (str(an_id("one")), told.data["content_hash"], "content/42", "QC2024 Đ10.1b", "Tiếng Việt"):
        assert fact in shown
    assert "Được sử dụng lại khi ghi rõ tác giả, nguồn và thời gian đăng (QC2024 Đ7.10)." in shown


def test_the_place_in_the_log_leads_to_its_proof(bake: Bake) -> None:
    told = published(42)
    page = Page(bake([told])[an_item(told).address("vi")])

    assert "/api/v1/log/proof?entry=content/42" in page.addresses
    assert "/vi/receipts/content/42" in page.addresses


def test_the_office_that_published_is_named_by_its_title(bake: Bake) -> None:
    told = published(42, texts=BOTH)
    site, item = bake([told]), an_item(told)

    assert "Duyệt đăng: Phó Trưởng ban Thường trực" in Page(site[item.address("vi")]).text
    assert "Published by Standing Deputy Head" in Page(site[item.address("en")]).text


def test_a_delegated_publication_names_both_offices_and_the_decision(bake: Bake) -> None:
    told = published(42, texts=BOTH, act=DELEGATED)
    shown = Page(bake([told])[an_item(told).address("en")]).text

    assert "Published by Secretary of the Editorial Board for Standing Deputy Head, decision 12/QĐ-STTTT" in shown


def test_tt24_2011_the_mandatory_elements_of_dublin_core_are_never_empty(bake: Bake) -> None:
    told = published(42, author="", source="", texts={"vi": a_text(summary="")})
    page = Page(bake([told])[an_item(told).address("vi")])

    for element in ("title", "creator", "date", "description", "publisher", "identifier"):
        assert page.meta(f"DC.{element}")


def test_networks_and_search_engines_are_told_the_same(bake: Bake) -> None:
    told = published(42, texts=BOTH, cover="a" * 64, cover_alt={"en": "Dawn"}, pictures={"a" * 64: a_picture()})
    page = Page(bake([told])[an_item(told).address("en")])
    linked = json.loads(page.texts["script"][0])

    assert page.meta("og:title") == linked["headline"] == "Work begins"
    assert page.meta("og:image") == linked["image"][0] == f"https://binhphuoc.example/files/{'a' * 64}/picture.webp"
    assert linked["@type"] == "NewsArticle"
    assert linked["datePublished"] == page.meta("article:published_time")


def test_the_public_history_tells_every_edition_with_its_note(bake: Bake) -> None:
    first, second = published(42), published(50, edition=2, change_note={"vi": "Sửa ngày khởi công."})
    shown = Page(bake([first, second])[an_item(first).address("vi")]).text

    assert "Bản thứ 2" in shown
    assert "Sửa ngày khởi công." in shown
    assert "Đăng lần đầu" in shown


def test_a_withdrawn_item_says_why_keeps_its_text_and_is_not_found_by_search_engines(bake: Bake) -> None:
    told = [published(42), withdrawn(50, vi="Số liệu chưa được kiểm tra.")]
    page = Page(bake(told)[an_item(*told).address("vi")])

    assert "Số liệu chưa được kiểm tra." in page.text
    assert "Nội dung." in page.text
    assert page.meta("robots") == "noindex"


def test_a_withdrawn_item_leaves_the_home_page_and_is_marked_in_its_list_and_feed(bake: Bake) -> None:
    told = [published(42), withdrawn(50)]
    site, address = bake(told), an_item(*told).address("vi")

    assert address not in Page(site["/vi/"]).addresses
    assert address in Page(site["/vi/tin-tuc/"]).addresses
    assert "Đã gỡ" in Page(site["/vi/tin-tuc/"]).text
    assert "Đã gỡ: Khởi công tuyến đường mới" in site["/feeds/tin-tuc.vi.atom"].decode()
    assert address not in site["/sitemaps/2026-03.xml"].decode()


def test_a_missing_translation_says_so_and_offers_the_other_language(bake: Bake) -> None:
    told = published(42)
    item = an_item(told)
    page = Page(bake([told])[item.address("en")])

    assert "This item has been published in Vietnamese only." in page.text
    assert page.meta("robots") == "noindex"
    assert {"href": item.address("vi"), "hreflang": "vi"} in page.all("a")
    assert page.all("article")[0]["lang"] == "vi"


def test_an_item_that_is_not_translated_stands_in_no_list_of_that_language(bake: Bake) -> None:
    told = published(42)
    site = bake([told])

    assert an_item(told).address("en") not in Page(site["/en/tin-tuc/"]).addresses
    assert an_item(told).address("en") not in site["/sitemaps/2026-03.xml"].decode()


def test_the_two_languages_of_an_item_name_each_other(bake: Bake) -> None:
    told = published(42, texts=BOTH)
    item = an_item(told)
    page = Page(bake([told])[item.address("vi")])
    alternates = {
        link["hreflang"]: link["href"]
        for link in page.all("link")
        if link.get("rel") == "alternate" and "hreflang" in link
    }

    assert alternates == {
        "vi": f"https://binhphuoc.example{item.address('vi')}",
        "en": f"https://binhphuoc.example{item.address('en')}",
    }


def test_a_legal_document_shows_its_facts_and_says_what_is_not_stated(bake: Bake) -> None:
    document = {"number": "2461/QĐ-UBND", "issuer": "UBND tỉnh", "signed_on": "2019-11-19", "effective_on": ""}
    told = published(42, kind="legal-document", section="van-ban-phap-luat", document=document)
    cells = Page(bake([told])[an_item(told).address("vi")]).texts["td"]

    assert cells == ["2461/QĐ-UBND", "UBND tỉnh", "19/11/2019", "không ghi"]


def test_an_attachment_shows_its_kind_and_size_and_is_saved_under_its_name(bake: Bake) -> None:
    attached = {"file": "d" * 64, "name": "Quyết định.pdf", "media_type": "application/pdf", "size": 1_572_864}
    told = published(42, attachments=[attached])
    page = Page(bake([told])[an_item(told).address("vi")])

    assert "PDF, 1,5 MB" in page.text
    assert any(re.fullmatch("/files/d{64}/download/Quy.*pdf", address) for address in page.addresses)


def test_a_picture_in_the_text_comes_in_all_its_widths_and_a_foreign_one_not_at_all(bake: Bake) -> None:
    body = f'<p><img src="/files/{"a" * 64}" alt="Cầu &quot;mới&quot;"><img src="/files/{"9" * 64}" alt="fremd"></p>'
    told = published(42, texts={"vi": a_text(body=body)}, pictures={"a" * 64: a_picture()})
    pictures = [img for img in Page(bake([told])[an_item(told).address("vi")]).all("img") if "srcset" in img]

    assert [picture["alt"] for picture in pictures] == ['Cầu "mới"']
    assert pictures[0]["src"] == f"/files/{'c' * 64}/picture.webp"
    assert pictures[0]["srcset"].endswith("1280w")

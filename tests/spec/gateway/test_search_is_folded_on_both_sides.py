from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.search_index import IndexReader, IndexWriter, fold
from tests.builders.published import a_text, an_item, published, withdrawn

DOCUMENT = {"number": "2461/QĐ-UBND", "issuer": "UBND tỉnh", "signed_on": "2019-11-19", "effective_on": ""}
ITEMS = (
    published(1, "road", texts={"vi": a_text("Khởi công đường Đồng Xoài", body="<p>Cầu <b>vượt</b> &amp; hầm</p>")}),
    published(
        2, "cashew", section="kinh-te-xa-hoi", texts={"vi": a_text("Xuất khẩu hạt điều"), "en": a_text("Cashew")}
    ),
    published(3, "law", section="van-ban-phap-luat", document=DOCUMENT, texts={"vi": a_text("Quy chế Ban Biên tập")}),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    IndexWriter(tmp_path).put(an_item(told) for told in ITEMS)
    return tmp_path


def titles(folder: Path, text: str, language: str = "vi", section: str | None = None) -> list[str]:
    found = IndexReader(folder).find(text, language, section, (0, 10))
    assert found.total == len(found.cards)
    return [card.titles[language] for card in found.cards]


@pytest.mark.parametrize("text", ["Đồng Xoài", "dong xoai", "ĐỒNG XOÀI", "đồng  xoai", "Dong Xoài"])
def test_with_and_without_accents_the_same_items_are_found(folder: Path, text: str) -> None:
    assert titles(folder, text) == ["Khởi công đường Đồng Xoài"]


def test_every_word_must_occur(folder: Path) -> None:
    assert titles(folder, "khởi công hạt điều") == []


def test_the_beginning_of_the_last_word_is_enough(folder: Path) -> None:
    assert titles(folder, "xuất kh") == ["Xuất khẩu hạt điều"]
    assert titles(folder, "xu khẩu") == []


def test_words_of_the_body_are_found_and_its_markup_is_not(folder: Path) -> None:
    assert titles(folder, "cầu vượt hầm") == ["Khởi công đường Đồng Xoài"]
    assert titles(folder, "amp") == []


def test_a_document_is_found_by_its_number(folder: Path) -> None:
    assert titles(folder, "2461/QĐ-UBND") == ["Quy chế Ban Biên tập"]


def test_each_language_is_searched_for_itself_and_sections_narrow(folder: Path) -> None:
    assert titles(folder, "cashew", "en") == ["Cashew"]
    assert titles(folder, "cashew", "vi") == []
    assert titles(folder, "xuat khau", "vi", "tin-tuc") == []


@pytest.mark.parametrize(
    "text", ["", "   ", "???", '"', "AND OR NOT", "title:*", "[a TO z]", '{"$ne":1}', ".*", "\x00"]
)
def test_no_search_is_an_error(folder: Path, text: str) -> None:
    assert titles(folder, text) == []


def test_a_new_edition_replaces_the_old_one_and_a_withdrawn_item_is_not_found(folder: Path) -> None:
    writer = IndexWriter(folder)
    writer.put([an_item(ITEMS[0], published(9, "road", edition=2, texts={"vi": a_text("Khánh thành")}))])
    assert titles(folder, "khởi công") == []
    assert titles(folder, "khánh thành") == ["Khánh thành"]

    writer.put([an_item(ITEMS[1], withdrawn(11, "cashew"))])
    assert titles(folder, "hạt điều") == []


def test_without_an_index_the_reader_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        IndexReader(tmp_path).find("a", "vi", None, (0, 10))


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)

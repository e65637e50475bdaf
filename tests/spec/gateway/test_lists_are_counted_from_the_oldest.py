from zoneinfo import ZoneInfo

import pytest

from gateway.cards import Card
from gateway.catalogue import PAGE_SIZE, Catalogue, Shelf, Slot
from gateway.press.sheets import Kind, Sheet, sheets_around
from tests.builders.published import a_card, published, withdrawn

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")


def a_shelf(items: int) -> Shelf:
    shelf = Shelf()
    for number in range(1, items + 1):
        shelf.take(Slot(10 * number, f"item-{number}"))
    return shelf


def a_catalogue(items: int) -> Catalogue:
    catalogue = Catalogue(SAIGON)
    catalogue.take(a_card(published(10 * number, f"item-{number}")) for number in range(1, items + 1))
    return catalogue


def archive_pages(card: Card, catalogue: Catalogue) -> list[int]:
    sheets = sheets_around([card], catalogue, catalogue.take([card]))
    return [sheet.number for sheet in sheets if sheet.kind is Kind.ARCHIVE]


def test_an_empty_list_has_no_pages() -> None:
    assert a_shelf(0).pages == 0
    assert a_shelf(0).front() == []


def test_the_first_page_holds_the_oldest_items_newest_on_top() -> None:
    assert a_shelf(PAGE_SIZE + 1).page(1) == [f"item-{number}" for number in range(PAGE_SIZE, 0, -1)]
    assert a_shelf(PAGE_SIZE + 1).page(2) == [f"item-{PAGE_SIZE + 1}"]


def test_a_full_page_never_changes_when_items_are_added() -> None:
    assert a_shelf(PAGE_SIZE).page(1) == a_shelf(10 * PAGE_SIZE).page(1)


@pytest.mark.parametrize("items", [1, PAGE_SIZE, PAGE_SIZE + 1, 3 * PAGE_SIZE + 7])
def test_a_section_opens_with_its_two_newest_pages(items: int) -> None:
    shelf = a_shelf(items)

    assert shelf.front() == [*shelf.page(shelf.pages), *(shelf.page(shelf.pages - 1) if shelf.pages > 1 else [])]


def test_an_item_that_comes_twice_stands_once() -> None:
    shelf = a_shelf(3)
    shelf.take(Slot(20, "item-2"))

    assert len(shelf.slots) == 3


def test_an_item_changes_its_own_page_only() -> None:
    assert a_shelf(PAGE_SIZE + 2).pages_with(10 * (PAGE_SIZE + 2)) == {2}
    assert a_shelf(PAGE_SIZE + 2).pages_with(10) == {1}


def test_the_item_that_begins_a_page_changes_the_page_before_it_too() -> None:
    assert a_shelf(PAGE_SIZE + 1).pages_with(10 * (PAGE_SIZE + 1)) == {1, 2}


@pytest.mark.parametrize("archive", [1, PAGE_SIZE + 1, 30 * PAGE_SIZE])
def test_one_publication_changes_a_handful_of_files_however_large_the_archive_is(archive: int) -> None:
    catalogue, card = a_catalogue(archive), a_card(published(99_999, "new", texts={"vi": _text(), "en": _text()}))

    assert len(sheets_around([card], catalogue, catalogue.take([card]))) <= 14


def test_a_correction_of_an_old_item_changes_the_page_on_which_it_stands() -> None:
    catalogue = a_catalogue(5 * PAGE_SIZE)
    corrected = a_card(published(10 * 50, "item-50"), published(99_999, "item-50", edition=2))

    assert archive_pages(corrected, catalogue) == [3]


@pytest.mark.parametrize(("position", "changed"), [(215, [2, 3]), (15, [1, 2, 3]), (395, [2, 3]), (999, [2, 3])])
def test_an_item_that_comes_late_changes_every_page_from_its_own_on(position: int, changed: list[int]) -> None:
    catalogue = a_catalogue(2 * PAGE_SIZE)

    assert sorted(archive_pages(a_card(published(position, "late")), catalogue)) == changed


def test_a_withdrawal_moves_nothing() -> None:
    catalogue = a_catalogue(3 * PAGE_SIZE)
    gone = a_card(published(10 * 5, "item-5"), withdrawn(99_999, "item-5"))

    assert archive_pages(gone, catalogue) == [1]
    assert len(catalogue.shelf("tin-tuc", "vi").slots) == 3 * PAGE_SIZE


def test_a_batch_names_each_file_once() -> None:
    catalogue = a_catalogue(4)
    cards = [a_card(published(10 * number, f"item-{number}")) for number in range(1, 5)]

    sheets = sheets_around(cards, catalogue, catalogue.take(cards))

    assert len(sheets) == len(set(sheets))
    assert sheets.count(Sheet(Kind.HOME, "vi")) == 1


def test_a_month_of_the_sitemap_is_that_of_the_province() -> None:
    last_minute = a_card(published(1, first_published_at="2026-03-31T16:59:59+00:00"))
    next_month = a_card(published(2, "two", first_published_at="2026-03-31T17:00:00+00:00"))

    assert Catalogue(SAIGON).month_of(last_minute) == "2026-03"
    assert Catalogue(SAIGON).month_of(next_month) == "2026-04"


def test_a_withdrawn_item_leaves_the_sitemap() -> None:
    catalogue = a_catalogue(2)
    month = catalogue.month_of(a_card(published(10, "item-1")))
    before = len(catalogue.located(month))
    catalogue.take([a_card(published(10, "item-1"), withdrawn(77, "item-1"))])

    assert len(catalogue.located(month)) == before - 1


def _text() -> dict[str, str]:
    return {"title": "T", "summary": "", "body": ""}

import random

from hypothesis import given
from hypothesis import strategies as st

from gateway.items import EVERYTHING, Item, Place
from tests.builders.published import a_text, an_item, published, withdrawn

VI, EN = {"vi": a_text()}, {"vi": a_text(), "en": a_text("Road works begin")}


def test_nothing_is_an_item_before_its_first_edition() -> None:
    assert Item.told_by([]) is None
    assert Item.told_by([withdrawn(1)]) is None


def test_the_current_edition_is_the_last_one() -> None:
    item = an_item(published(3), published(8, edition=2, texts={"vi": a_text("Tựa mới")}))

    assert item.content.texts["vi"].title == "Tựa mới"
    assert item.current.entry == "content/8"
    assert item.first.entry == "content/3"


@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_order_and_repetition_of_events_do_not_matter(chance: random.Random, repeated: int) -> None:
    told = [published(3), published(8, edition=2, texts=EN), withdrawn(11)]
    heard = told + told[:repeated]
    chance.shuffle(heard)

    assert an_item(*heard) == an_item(*told)


def test_a_withdrawn_item_keeps_its_text() -> None:
    item = an_item(published(3), withdrawn(5, vi="Sai số liệu."))

    assert item.withdrawal is not None
    assert item.withdrawal.said.explanation == {"vi": "Sai số liệu."}
    assert item.content.texts["vi"].body == "<p>Nội dung.</p>"


def test_an_edition_after_a_withdrawal_ends_it_and_both_stay_in_the_history() -> None:
    item = an_item(published(3), withdrawn(5), published(9, edition=2))

    assert item.withdrawal is None
    assert [happening.position for happening in item.history] == [3, 5, 9]


def test_an_address_goes_on_answering_when_a_translation_brings_a_slug_of_its_own() -> None:
    first = published(3, slugs={"vi": "con-duong-moi"})
    later = published(8, edition=2, texts=EN, slugs={"vi": "con-duong-moi", "en": "a-new-road"})

    assert an_item(first).addresses("en") == ("/en/tin-tuc/con-duong-moi",)
    assert an_item(first, later).addresses("en") == ("/en/tin-tuc/a-new-road", "/en/tin-tuc/con-duong-moi")
    assert an_item(first, later).addresses("vi") == ("/vi/tin-tuc/con-duong-moi",)


def test_an_address_goes_on_answering_when_the_item_moves_to_another_section() -> None:
    first = published(3, slugs={"vi": "con-duong-moi"})
    moved = published(8, edition=2, section="thong-bao", slugs={"vi": "con-duong-moi"})

    assert an_item(first, moved).addresses("vi") == ("/vi/thong-bao/con-duong-moi", "/vi/tin-tuc/con-duong-moi")


def test_a_slug_or_section_that_cannot_stand_in_an_address_is_replaced() -> None:
    item = an_item(published(3, section="../etc", slugs={"vi": "../../passwd"}))

    assert item.address("vi") == f"/vi/khac/{item.article}"


def test_a_slug_that_would_take_the_place_of_a_list_is_replaced() -> None:
    item = an_item(published(3, slugs={"vi": "index"}))

    assert item.address("vi") == f"/vi/tin-tuc/{item.article}"


def test_an_item_keeps_the_place_at_which_it_entered_a_list() -> None:
    item = an_item(
        published(3), published(8, edition=2, section="thong-bao", texts=EN), published(9, edition=3, texts=EN)
    )

    assert item.places == (
        Place(EVERYTHING, "en", 8),
        Place(EVERYTHING, "vi", 3),
        Place("thong-bao", "en", 8),
        Place("thong-bao", "vi", 8),
        Place("tin-tuc", "en", 9),
        Place("tin-tuc", "vi", 3),
    )


def test_a_text_that_is_missing_is_offered_in_the_other_language() -> None:
    language, text = an_item(published(3)).text("en")

    assert (language, text.title) == ("vi", "Khởi công tuyến đường mới")

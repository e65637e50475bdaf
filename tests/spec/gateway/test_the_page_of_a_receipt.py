"""What the page of a receipt says is said in the reader's language, down to why a step of the check does not hold."""

import re
from pathlib import Path

import pytest
from pymongo.errors import ServerSelectionTimeoutError

from gateway.items import Item
from gateway.pages.rendering import Renderer
from gateway.receipt_page import REASONS, ReceiptPage, receipt_page
from gateway.receipts import Receipts
from tests.builders.published import an_item, published, withdrawn

SCRIPT = Path("gateway/static/receipt.js").read_text(encoding="utf-8")
TEMPLATE = Path("gateway/templates/receipt.html").read_text(encoding="utf-8")


class StoreAway(Receipts):
    """Receipts whose store cannot be reached."""

    def __init__(self) -> None:
        """Nothing is needed."""

    def item(self, entry: str) -> Item:
        raise ServerSelectionTimeoutError(entry)


def test_every_reason_that_the_script_gives_is_known_and_no_other() -> None:
    given = re.findall(r'demand\([^;]*?, "([^"]+)"\)|new Wrong\("([^"]+)"\)', SCRIPT)

    assert {one or other for one, other in given} == set(REASONS)


def test_every_sentence_of_the_page_has_its_vietnamese(renderer: Renderer) -> None:
    sentences = re.findall(r"""_\((?:"([^"]+)"|'([^']+)')""", TEMPLATE)
    words = {*REASONS, *(one or other for one, other in sentences)}

    assert [word for word in sorted(words) if renderer.say("vi", word) == word] == []


@pytest.mark.parametrize(("language", "happened"), [("vi", "Đã gỡ"), ("en", "Withdrawn")])
def test_a_withdrawal_has_a_page_too(renderer: Renderer, language: str, happened: str) -> None:
    item = an_item(published(1), withdrawn(2))

    first, second = (receipt_page(renderer, language, item, entry).decode() for entry in ("content/1", "content/2"))

    assert f"<dd>{happened}</dd>" in second
    assert f"<dd>{happened}</dd>" not in first
    assert "QC2024 Đ6.8" in second
    assert item.current.said.content_hash in first
    assert item.current.said.content_hash not in second


@pytest.mark.parametrize(("language", "words"), [("vi", "Tạm thời chưa xem được"), ("en", "cannot be reached")])
def test_while_the_store_is_away_readers_are_told_so_on_a_page(renderer: Renderer, language: str, words: str) -> None:
    receipts = StoreAway()

    answer = ReceiptPage(renderer, receipts).page(language, "content", "42")

    assert answer.status_code == 503
    assert words in bytes(answer.body).decode()
    assert "content/42" in bytes(answer.body).decode()

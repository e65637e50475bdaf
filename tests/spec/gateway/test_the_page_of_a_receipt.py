"""What the page of a receipt says is said in the reader's language, down to why a step of the check does not hold."""

import re
from pathlib import Path

import pytest

from gateway.pages.rendering import Renderer
from gateway.receipt_page import REASONS, receipt_page
from tests.builders.published import an_item, published, withdrawn

SCRIPT = Path("gateway/static/receipt.js").read_text(encoding="utf-8")
TEMPLATE = Path("gateway/templates/receipt.html").read_text(encoding="utf-8")


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

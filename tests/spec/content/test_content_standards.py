"""QC2024 Đ7.6, Đ7.10, Đ9: what an item must hold before it leaves step 1, to the last character allowed."""

from typing import Any

import pytest

from infra.kernel.ids import natural_id
from services.content.domain.slug import SLUG_LENGTH_MAX, slug_of
from services.content.messages import Content, Text
from services.content.policy.qc2024_article_9 import SUMMARY_LENGTH_MAX, TITLE_LENGTH_MAX
from tests.builders.content import BY_TEAM, EVERYTHING, STANDARDS, TEAM, a_content, an_article, code


def sending(content: Content) -> str:
    return code(an_article(content).send(EVERYTHING, STANDARDS, TEAM, act=BY_TEAM))


def test_a_whole_item_is_sent() -> None:
    assert sending(a_content()) == ""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"section": "khong-co"}, "section_unknown"),
        ({"kind": "legal-document"}, "kind_not_of_section"),
        ({"source": "Một trang mạng"}, "source_not_official"),
        ({"source": ""}, "source_not_official"),
        ({"author": ""}, "author_missing"),
        ({"cover": "a" * 64}, "cover_alt_missing"),
        ({"texts": {}}, "title_missing"),
        ({"texts": {"vi": Text("", "", "<p>a</p>")}}, "title_missing"),
        ({"texts": {"vi": Text("A", "", "")}}, "body_missing"),
        ({"texts": {"vi": Text("A", "", "<p>a</p>"), "en": Text("A", "", "")}}, "body_missing"),
        ({"texts": {"en": Text("A", "", "<p>a</p>")}}, "title_missing"),
    ],
)
def test_an_incomplete_item_may_be_drafted_but_not_sent(change: dict[str, Any], expected: str) -> None:
    assert sending(a_content(**change)) == expected


@pytest.mark.parametrize(("part", "limit"), [("title", TITLE_LENGTH_MAX), ("summary", SUMMARY_LENGTH_MAX)])
def test_the_last_character_allowed_is_kept_and_the_next_refused(part: str, limit: int) -> None:
    def a_text(length: int) -> dict[str, Text]:
        parts = {"title": "A", "summary": "", "body": "<p>a</p>", part: "ơ" * length}
        return {"vi": Text(**parts)}

    article = an_article()

    assert article.revise(a_content(texts=a_text(limit)), TEAM, act=BY_TEAM) is None
    refused = article.revise(a_content(texts=a_text(limit + 1)), TEAM, act=BY_TEAM)
    assert refused is not None
    assert (refused.code, refused.about, refused.facts) == ("text_too_long", f"{part}_vi", {"limit": limit})


def test_addresses_are_plain_short_and_unique() -> None:
    one, other = natural_id("article", "1"), natural_id("article", "2")

    assert slug_of("Đường Đồng Xoài – Phước Long: 100%!", one).startswith("duong-dong-xoai-phuoc-long-100-")
    assert slug_of("A", one) != slug_of("A", other)
    assert len(slug_of("dài " * 100, one)) <= SLUG_LENGTH_MAX + 9
    assert slug_of("<script>", one).startswith("script-")
    assert slug_of("…", one) == one.hex[:8]


def test_content_reads_back_what_it_records() -> None:
    content = a_content(cover="a" * 64, cover_alt={"vi": "Ảnh"})

    assert Content.read(content.as_record()) == content

"""What changed between two versions: words, facts, files and pictures, and nothing that did not."""

from dataclasses import replace

import pytest

from services.content.messages import Attachment, Picture, Text
from services.content.ui.comparing import changes_between, paragraphs_between
from tests.builders.content import a_content

BEFORE = a_content("<p>Một.</p><p>Hai ba.</p><p>Bốn.</p>")


def marked(before: str, after: str) -> list[str]:
    marks = {"same": "{}", "gone": "[-{}]", "new": "[+{}]"}
    return [
        "".join(marks[run.kind].format(run.text) for run in paragraph.runs) or f"({paragraph.unchanged})"
        for paragraph in paragraphs_between(before, after)
    ]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "", []),
        ("", "Mới.", ["[+Mới.]"]),
        ("Cũ.", "", ["[-Cũ.]"]),
        ("a b c", "a x c", ["a [-b][+x] c"]),
        ("a\nb\nc\nd", "a\nb\nx\nd", ["(2)", "[-c][+x]", "(1)"]),
        ("a\nb", "a\nx\nb", ["(1)", "[+x]", "(1)"]),
        ("a\nb\nc", "c", ["[-a]", "[-b]", "(1)"]),
    ],
)
def test_only_paragraphs_that_differ_are_shown_word_by_word(before: str, after: str, shown: list[str]) -> None:
    assert marked(before, after) == shown


def test_a_paragraph_without_end_is_shown_whole_and_at_once() -> None:
    before, after = "một hai " * 20_000, "hai một " * 20_000

    assert marked(before, after) == [f"[-{before}][+{after}]"]


def test_what_is_the_same_is_not_told() -> None:
    assert not changes_between(BEFORE, BEFORE)


def test_each_language_and_part_is_told_apart() -> None:
    after = replace(BEFORE, texts={"vi": BEFORE.texts["vi"], "en": Text("A road", "", "<p>Begun.</p>")})

    found = changes_between(BEFORE, after)

    assert [(change.language, change.label) for change in found.parts] == [("en", "Title"), ("en", "Text")]


def test_formatting_alone_is_told_without_words() -> None:
    after = a_content("<p>Một.</p><p>Hai <strong>ba</strong>.</p><p>Bốn.</p>")

    (change,) = changes_between(BEFORE, after).parts

    assert change.label == "Text"
    assert change.paragraphs == ()


def test_facts_files_and_pictures_are_told() -> None:
    picture = Picture("f" * 64, "image/webp", 10, 10, ())
    after = replace(
        BEFORE,
        author="Người khác",
        attachments=(Attachment("a" * 64, "phu-luc.pdf", "application/pdf", 9),),
        pictures={picture.file: picture},
    )

    found = changes_between(BEFORE, after)
    back = changes_between(after, BEFORE)

    assert [change.label for change in found.parts] == ["Author", "Files"]
    assert found.pictures_new == back.pictures_gone == (picture.file,)

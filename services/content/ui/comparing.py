"""What changed between two versions of an item: word by word, only where it did, as one would mark it on paper."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from infra.web.differences import Run, compare, readable
from infra.web.languages import msg
from services.content.messages import LANGUAGES, Content, LegalDocument, Text

_WORDS_COMPARED_UP_TO = 4_000
"""Characters. A longer paragraph is shown whole, as it was and as it is: comparing its words takes seconds."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A changed paragraph as runs of words, or `unchanged` paragraphs that are not shown."""

    runs: tuple[Run, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One part of an item that changed. Without paragraphs only its formatting, links or pictures did."""

    label: str
    language: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that changed between two versions; pictures are files of the cover and of the texts."""

    parts: tuple[Change, ...]
    pictures_gone: tuple[str, ...]
    pictures_new: tuple[str, ...]

    def __bool__(self) -> bool:
        """Tell whether there is anything to show."""
        return bool(self.parts or self.pictures_gone or self.pictures_new)


def changes_between(before: Content, after: Content) -> Changes:
    """Compare two versions of an item, part by part."""
    return Changes(
        parts=(*_texts(before, after), *_facts(before, after)),
        pictures_gone=tuple(file for file in before.pictures if file not in after.pictures),
        pictures_new=tuple(file for file in after.pictures if file not in before.pictures),
    )


def paragraphs_between(before: str, after: str) -> tuple[Paragraph, ...]:
    r"""Compare two readable texts paragraph by paragraph, and the words of those that differ.

    >>> [paragraph.unchanged for paragraph in paragraphs_between("a\nb", "a\nc")]
    [1, 0]
    """
    old, new = before.splitlines(), after.splitlines()
    found: list[Paragraph] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Paragraph(unchanged=j - i))
        else:
            pairs = zip_longest(old[i:j], new[k:m], fillvalue="")
            found.extend(Paragraph(tuple(_woven(*pair))) for pair in pairs)
    return tuple(found)


def _woven(before: str, after: str) -> Iterator[Run]:
    """Join the runs of both sides into one text: what went, then what came in its place."""
    if max(len(before), len(after)) > _WORDS_COMPARED_UP_TO:
        yield from (Run(kind, text) for kind, text in (("gone", before), ("new", after)) if text)
        return
    left, right = (list(side) for side in compare(before, after))
    while left or right:
        while left and left[0].kind == "gone":
            yield left.pop(0)
        while right and right[0].kind == "new":
            yield right.pop(0)
        if left and right:
            left.pop(0)
            yield right.pop(0)


def _texts(before: Content, after: Content) -> Iterator[Change]:
    nothing = Text("", "", "")
    for language in LANGUAGES:
        old, new = before.texts.get(language, nothing), after.texts.get(language, nothing)
        for part, label in _PARTS.items():
            yield from _part(label, language, getattr(old, part), getattr(new, part))


def _part(label: str, language: str, old: str, new: str) -> Iterator[Change]:
    if old == new:
        return
    before, after = readable(old), readable(new)
    yield Change(label, language, () if before == after else paragraphs_between(before, after))


def _facts(before: Content, after: Content) -> Iterator[Change]:
    for label, read in _FACTS.items():
        yield from _part(label, "", read(before), read(after))


def _document(content: Content) -> str:
    document = content.document or LegalDocument("", "", "", "")
    return "\n".join(
        part for part in (document.number, document.issuer, document.signed_on, document.effective_on) if part
    )


def _files(content: Content) -> str:
    return "\n".join(attachment.name for attachment in content.attachments)


_PARTS = {"title": msg("Title"), "summary": msg("Summary"), "body": msg("Text")}
_FACTS: dict[str, Callable[[Content], str]] = {
    msg("Kind"): lambda content: content.kind,
    msg("Section"): lambda content: content.section,
    msg("Author"): lambda content: content.author,
    msg("Official source"): lambda content: content.source,
    msg("Address of the source"): lambda content: content.source_url,
    msg("What the cover shows (Vietnamese)"): lambda content: content.cover_alt.get("vi", ""),
    msg("What the cover shows (English)"): lambda content: content.cover_alt.get("en", ""),
    msg("Files"): _files,
    msg("Legal document"): _document,
}

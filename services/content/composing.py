"""From what was typed and handed in to the content of an item: cleaned, normalised, with its pictures and files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from infra.documents.clean_html import clean_html, clean_text
from infra.kernel.verdicts import Refusal
from services.content.material import Material
from services.content.messages import LANGUAGES, Attachment, Content, LegalDocument, Text


@dataclass(frozen=True, slots=True)
class File:
    """A file as somebody handed it in: its name and its bytes, readable and seekable."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of one language."""

    title: str
    summary: str
    body: str


@dataclass(frozen=True, slots=True)
class Composition:
    """What an editor hands in for an item.

    `texts` by language; `cover` a new cover picture, `keep_cover` the file of the present one; `keep` the attachments
    that stay, `attachments` new ones; dates of the document are ISO or empty.
    """

    kind: str
    section: str
    author: str
    source: str
    source_url: str
    texts: dict[str, Typed]
    cover_alt: dict[str, str]
    cover: File | None = None
    keep_cover: str | None = None
    keep: tuple[Attachment, ...] = ()
    attachments: Sequence[File] = ()
    document: LegalDocument | None = None


def compose(composition: Composition, material: Material) -> Content | Refusal:
    """Clean the words, keep the files, and put the content of an item together; refused when a file cannot be kept."""
    cover = _cover(composition, material)
    if isinstance(cover, Refusal):
        return cover
    attachments = _attachments(composition, material)
    if isinstance(attachments, Refusal):
        return attachments
    texts = _texts(composition.texts)
    return Content(
        kind=composition.kind,
        section=composition.section,
        author=clean_text(composition.author),
        source=clean_text(composition.source),
        source_url=clean_text(composition.source_url),
        cover=cover,
        cover_alt=_described(composition, cover),
        pictures=material.pictures_of([text.body for text in texts.values()], cover),
        attachments=attachments,
        texts=texts,
        document=composition.document,
    )


def _texts(typed: dict[str, Typed]) -> dict[str, Text]:
    """Clean each language; one in which nothing was typed is not there."""
    cleaned = {
        language: Text(clean_text(text.title), clean_text(text.summary), clean_html(text.body))
        for language, text in typed.items()
        if language in LANGUAGES
    }
    return {language: text for language, text in cleaned.items() if text.title or text.summary or text.body}


def _described(composition: Composition, cover: str | None) -> dict[str, str]:
    described = {language: clean_text(alt) for language, alt in composition.cover_alt.items()}
    return {language: alt for language, alt in described.items() if alt} if cover else {}


def _cover(composition: Composition, material: Material) -> str | Refusal | None:
    if composition.cover is None:
        return composition.keep_cover
    taken = material.take_picture(composition.cover.stream)
    return _about(taken, "cover") if isinstance(taken, Refusal) else taken.file


def _attachments(composition: Composition, material: Material) -> tuple[Attachment, ...] | Refusal:
    kept = {attachment.file: attachment for attachment in composition.keep}
    for file in composition.attachments:
        taken = material.take(file.stream, file.name)
        if isinstance(taken, Refusal):
            return _about(taken, "attachments")
        kept.setdefault(taken.file, taken)
    return tuple(kept.values())


def _about(refusal: Refusal, about: str) -> Refusal:
    return Refusal(refusal.clause or "QC2024 Đ9.2", refusal.code, about, refusal.facts)

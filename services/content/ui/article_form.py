"""The form in which an item is written: both languages, where it stands, who made it, pictures and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from infra.web.fields import Choice, Choices, Day, Flag, Html, Text, Upload, Uploads
from infra.web.forms import Form
from infra.web.languages import msg
from infra.web.posted import UploadedFile
from services.content.messages import Content
from services.content.policy.qc2024_article_9 import BODY_LENGTH_MAX, SUMMARY_LENGTH_MAX, TITLE_LENGTH_MAX
from services.content.ui.words import KINDS

PICTURES = ".jpg,.jpeg,.png,.webp,.gif"
FILES = ".docx,.odt,.pdf," + PICTURES


@dataclass(frozen=True, slots=True)
class Writing:
    """What an editor writes; only the Vietnamese title is needed to keep a draft."""

    title_vi: Annotated[str, Text(msg("Title (Vietnamese)"), TITLE_LENGTH_MAX)]
    summary_vi: Annotated[str, Text(msg("Summary (Vietnamese)"), SUMMARY_LENGTH_MAX, rows=3, required=False)]
    body_vi: Annotated[str, Html(msg("Text (Vietnamese)"), BODY_LENGTH_MAX, required=False)]
    title_en: Annotated[str, Text(msg("Title (English)"), TITLE_LENGTH_MAX, required=False)]
    summary_en: Annotated[str, Text(msg("Summary (English)"), SUMMARY_LENGTH_MAX, rows=3, required=False)]
    body_en: Annotated[str, Html(msg("Text (English)"), BODY_LENGTH_MAX, required=False)]
    kind: Annotated[str, Choice(msg("Kind"), KINDS, shown="select")]
    section: Annotated[str, Choice(msg("Section"), shown="select")]
    author: Annotated[str, Text(msg("Author"), 200, required=False)]
    source: Annotated[
        str,
        Choice(
            msg("Official source"),
            required=False,
            hint=msg("Only sources in the official register can be published (QC2024 Đ7.6)."),
            shown="select",
        ),
    ]
    source_url: Annotated[str, Text(msg("Address of the source"), 500, required=False, kind="url")]
    cover: Annotated[UploadedFile | None, Upload(msg("Cover picture"), PICTURES, required=False)]
    remove_cover: Annotated[bool, Flag(msg("Remove the present cover"))]
    cover_alt_vi: Annotated[
        str,
        Text(
            msg("What the cover shows (Vietnamese)"),
            300,
            required=False,
            hint=msg("For readers who cannot see the picture."),
        ),
    ]
    cover_alt_en: Annotated[str, Text(msg("What the cover shows (English)"), 300, required=False)]
    keep: Annotated[tuple[str, ...], Choices(msg("Attached files to keep"), required=False)]
    attachments: Annotated[tuple[UploadedFile, ...], Uploads(msg("Attach files"), FILES, required=False)]
    document_number: Annotated[str, Text(msg("Document number"), 100, required=False)]
    document_issuer: Annotated[str, Text(msg("Issued by"), 200, required=False)]
    document_signed_on: Annotated[date | None, Day(msg("Signed on"), required=False)]
    document_effective_on: Annotated[date | None, Day(msg("In force from"), required=False)]


WRITING = Form("writing", Writing)


def values_of(content: Content) -> Mapping[str, Any]:
    """Return the content as the form shows it."""
    document = content.document
    texts = {
        f"{part}_{language}": getattr(text, part)
        for language, text in content.texts.items()
        for part in ("title", "summary", "body")
    }
    return {
        **texts,
        "kind": content.kind,
        "section": content.section,
        "author": content.author,
        "source": content.source,
        "source_url": content.source_url,
        "cover_alt_vi": content.cover_alt.get("vi", ""),
        "cover_alt_en": content.cover_alt.get("en", ""),
        "keep": [attachment.file for attachment in content.attachments],
        "document_number": document.number if document else "",
        "document_issuer": document.issuer if document else "",
        "document_signed_on": document.signed_on if document else "",
        "document_effective_on": document.effective_on if document else "",
    }

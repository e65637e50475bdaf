"""From the writing form to a composition, and back to what people compare when two have edited."""

from dataclasses import replace
from datetime import date

from infra.web.forms import Current
from infra.web.posted import UploadedFile
from services.content.composing import Composition, File, Typed
from services.content.messages import Content, LegalDocument
from services.content.queries import Item
from services.content.ui.article_form import Writing, values_of


def composition_of(written: Writing, present: Content | None) -> Composition:
    """Read what was written over the present content of the item, if there is one."""
    kept = set(written.keep)
    return Composition(
        kind=written.kind,
        section=written.section,
        author=written.author,
        source=written.source,
        source_url=written.source_url,
        texts={
            "vi": Typed(written.title_vi, written.summary_vi, written.body_vi),
            "en": Typed(written.title_en, written.summary_en, written.body_en),
        },
        cover_alt={"vi": written.cover_alt_vi, "en": written.cover_alt_en},
        cover=_file(written.cover) if written.cover else None,
        keep_cover=present.cover if present and not written.remove_cover else None,
        keep=tuple(attachment for attachment in present.attachments if attachment.file in kept) if present else (),
        attachments=[_file(upload) for upload in written.attachments],
        document=_document(written),
    )


def without_files(composition: Composition) -> Composition:
    """Return what was typed alone: files of whoever may not edit are not kept while the attempt is refused."""
    return replace(composition, cover=None, attachments=())


def current_of(item: Item) -> Current:
    """Return what is stored now, by field, for a person whose form has become stale."""
    values = values_of(item.content)
    return Current(item.version, {name: value for name, value in values.items() if isinstance(value, str)})


def _file(upload: UploadedFile) -> File:
    return File(upload.name, upload.stream)  # type: ignore[arg-type]  # IO[bytes] is what a spooled file is


def _document(written: Writing) -> LegalDocument | None:
    if not (written.document_number or written.document_issuer or written.document_signed_on):
        return None
    return LegalDocument(
        written.document_number,
        written.document_issuer,
        _iso(written.document_signed_on),
        _iso(written.document_effective_on),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""

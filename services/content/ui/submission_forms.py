"""What the content team notes of something that arrived, and how it decides."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from infra.web.fields import Choice, Day, Text, Uploads
from infra.web.forms import Form
from infra.web.languages import msg
from infra.web.posted import UploadedFile
from services.content.ui.article_form import FILES
from services.content.ui.words import CHANNELS, KINDS


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived (QC2024 Đ10.1a)."""

    title: Annotated[str, Text(msg("What it is about"), 300)]
    channel: Annotated[str, Choice(msg("How it arrived"), CHANNELS)]
    provider: Annotated[str, Text(msg("Sent by (agency or organisation)"), 200)]
    person: Annotated[
        str,
        Text(
            msg("Contact person"),
            200,
            required=False,
            hint=msg("Name and phone or address. Kept apart from the record, so that it can be erased."),
        ),
    ]
    origin: Annotated[str, Text(msg("Origin of the information"), 500)]
    purpose: Annotated[str, Text(msg("Purpose"), 500)]
    classification: Annotated[str, Choice(msg("Class"), KINDS, shown="select")]
    received_on: Annotated[date, Day(msg("Arrived on"))]
    document_number: Annotated[str, Text(msg("Document number"), 100, required=False)]
    document_date: Annotated[date | None, Day(msg("Date of the document"), required=False)]
    attachments: Annotated[
        tuple[UploadedFile, ...],
        Uploads(
            msg("Files"), FILES, required=False, hint=msg("Word, OpenDocument, PDF or pictures, up to 50 MB each.")
        ),
    ]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Where it goes when it may be posted."""

    section: Annotated[str, Choice(msg("Section"), shown="select")]
    source: Annotated[str, Choice(msg("Official source"), required=False, shown="select")]
    manuscript: Annotated[
        str,
        Choice(
            msg("Text of the item from"),
            required=False,
            hint=msg("The chosen Word file becomes the text, with its pictures; you can edit it afterwards."),
            shown="radios",
        ),
    ]
    note: Annotated[str, Text(msg("Note"), 1_000, rows=3, required=False)]


@dataclass(frozen=True, slots=True)
class Refusing:
    """Why it is not posted, by which law, and how the provider was told (QC2019 Đ3.5)."""

    reason: Annotated[str, Text(msg("Reason"), 2_000, rows=4)]
    ground: Annotated[str, Text(msg("Legal ground"), 500)]
    notice: Annotated[str, Text(msg("How the sender was told"), 500, required=False)]


@dataclass(frozen=True, slots=True)
class Erasing:
    """Why the person is forgotten."""

    ground: Annotated[
        str,
        Choice(
            msg("Ground in the law"),
            {
                "asked": msg("The person asks for it"),
                "purpose-reached": msg("The purpose for which the record was kept is reached"),
                "time-over": msg("The time for which the record may be kept is over"),
                "ordered": msg("A competent body orders it"),
            },
        ),
    ]


ERASING = Form("erasing", Erasing)
ARRIVAL = Form("arrival", Arrival)
ACCEPTANCE = Form("acceptance", Acceptance)
REFUSING = Form("refusing", Refusing)

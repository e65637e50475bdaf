"""What content says to others: the topics of its events, typed views of the public ones, and shapes of its RPC answers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from infra.kernel import offices
from infra.kernel.powers import Deed, Power

ARTICLE_PUBLISHED = "content.article.published"
ARTICLE_WITHDRAWN = "content.article.withdrawn"

PUBLIC_TOPICS = (ARTICLE_PUBLISHED, ARTICLE_WITHDRAWN)
"""Topics that anybody may subscribe to; all others are the newsroom's own."""

SUBMISSION_PERSON_ERASED = "content.submission.person_erased"

ERASED_RECORDS: Mapping[str, tuple[str, ...]] = {SUBMISSION_PERSON_ERASED: ("submission/{subject}",)}
"""Which people's records an erasure ends: a backup that is restored must not bring them back."""

LANGUAGES = ("vi", "en")

KINDS = ("news", "announcement", "direction", "legal-document", "introduction")
"""What an item may be (QC2024 Đ4.3a); an open list for readers: an unknown kind is shown as news."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A re-encoded image: `file` is the SHA-256 of its bytes; `variants` are (width in pixels, file), narrowest first."""

    file: str
    media_type: str
    width: int
    height: int
    variants: tuple[tuple[int, str], ...]

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Self:
        """Read a picture as it stands in an event."""
        variants = tuple((int(v["width"]), str(v["file"])) for v in record["variants"])
        return cls(record["file"], record["media_type"], record["width"], record["height"], variants)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that readers may take away: `file` is the SHA-256 of its bytes, `size` their number."""

    file: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Text:
    """An item in one language; `body` is clean HTML whose pictures are `/files/<sha256>`."""

    title: str
    summary: str
    body: str


@dataclass(frozen=True, slots=True)
class LegalDocument:
    """What identifies a legal document; dates are ISO, empty when unknown."""

    number: str
    issuer: str
    signed_on: str
    effective_on: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything an approval is bound to; `texts` by language, `pictures` by file (cover and body)."""

    kind: str
    section: str
    author: str
    source: str
    source_url: str
    cover: str | None
    cover_alt: Mapping[str, str]
    pictures: Mapping[str, Picture]
    attachments: tuple[Attachment, ...]
    texts: Mapping[str, Text]
    document: LegalDocument | None

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Self:
        """Read the content of an item as it stands in an event."""
        document = record["document"]
        return cls(
            kind=record["kind"],
            section=record["section"],
            author=record["author"],
            source=record["source"],
            source_url=record["source_url"],
            cover=record["cover"],
            cover_alt=dict(record["cover_alt"]),
            pictures={file: Picture.read(picture) for file, picture in record["pictures"].items()},
            attachments=tuple(Attachment(**attachment) for attachment in record["attachments"]),
            texts={language: Text(**text) for language, text in record["texts"].items()},
            document=LegalDocument(**document) if document else None,
        )

    def as_record(self) -> dict[str, Any]:
        """Return the content as an event stores it and as it is hashed: JSON primitives only."""
        record = asdict(self)
        record["attachments"] = list(record["attachments"])
        for picture in record["pictures"].values():
            picture["variants"] = [{"width": width, "file": file} for width, file in picture["variants"]]
        return record


@dataclass(frozen=True, slots=True)
class ArticlePublished:
    """An edition of an item is public from `at` on; edition 1 is the first, later ones are corrections.

    `capacity` published, `on_behalf_of` the office that delegated it (`delegation` is the decision's number);
    `slugs` by language never change after the first edition; `change_note` by language is empty for edition 1;
    `content_hash` is the SHA-256 over the canonical content, the one that was cleared.
    """

    article: UUID
    at: datetime
    edition: int
    first_published_at: datetime
    capacity: str
    on_behalf_of: str | None
    delegation: str | None
    clause: str
    slugs: Mapping[str, str]
    change_note: Mapping[str, str]
    content: Content
    content_hash: str

    @classmethod
    def read(cls, subject: UUID, data: Mapping[str, Any]) -> Self:
        """Read the event from its stored state."""
        act = data["act"]
        return cls(
            article=subject,
            at=datetime.fromisoformat(data["timestamp"]),
            edition=data["edition"],
            first_published_at=datetime.fromisoformat(data["first_published_at"]),
            capacity=act["capacity"],
            on_behalf_of=act["on_behalf_of"],
            delegation=act["delegation"],
            clause=data["clause"],
            slugs=dict(data["slugs"]),
            change_note=dict(data["change_note"]),
            content=Content.read(data["content"]),
            content_hash=data["content_hash"],
        )


@dataclass(frozen=True, slots=True)
class ArticleWithdrawn:
    """A published item is withdrawn: its text stays readable, marked, with the explanation by language."""

    article: UUID
    at: datetime
    capacity: str
    on_behalf_of: str | None
    clause: str
    explanation: Mapping[str, str]

    @classmethod
    def read(cls, subject: UUID, data: Mapping[str, Any]) -> Self:
        """Read the event from its stored state."""
        return cls(
            article=subject,
            at=datetime.fromisoformat(data["timestamp"]),
            capacity=data["act"]["capacity"],
            on_behalf_of=data["act"]["on_behalf_of"],
            clause=data["clause"],
            explanation=dict(data["explanation"]),
        )


@dataclass(frozen=True, slots=True)
class FileChunk:
    """Answer of the RPC `file_chunk(file, offset)`: base64 `data`, and whether the file ends with it."""

    data: str
    last: bool
    media_type: str
    size: int


_TEAM, _SECRETARY, _DEPUTY = offices.CONTENT_TEAM, offices.SECRETARY, offices.STANDING_DEPUTY
_STEPS = ("QC2024 Đ10.1b-1", "QC2024 Đ10.1b-2", "QC2024 Đ10.1b-3")
_SENT = "content.article.sent"


def _deed(command: str, topic: str, *powers: Power, not_after: str = "") -> Deed:
    return Deed(command, (f"content.{topic}",), powers, not_after)


DEEDS: tuple[Deed, ...] = (
    _deed("receive", "submission.recorded", Power(_TEAM, "QC2024 Đ10.1a")),
    _deed("accept", "submission.accepted", Power(_TEAM, "QC2024 Đ10.1a")),
    _deed("decline", "submission.declined", Power(_TEAM, "QC2024 Đ10.1a")),
    _deed("erase_person", "submission.person_erased", Power(_TEAM, "QC2024 Đ10.1a")),
    _deed("write", "article.drafted", Power(_TEAM, "QC2024 Đ10.4")),
    _deed(
        "revise",
        "article.revised",
        Power(_TEAM, _STEPS[0], at_its_step=True),
        Power(_SECRETARY, _STEPS[1], at_its_step=True),
    ),
    _deed("send", "article.sent", Power(_TEAM, _STEPS[0])),
    _deed("recall", "article.recalled", Power(_TEAM, _STEPS[0])),
    _deed("clear", "article.cleared", Power(_SECRETARY, _STEPS[1]), not_after=_SENT),
    _deed(
        "send_back",
        "article.returned",
        Power(_SECRETARY, _STEPS[1], at_its_step=True),
        Power(_DEPUTY, _STEPS[2], at_its_step=True),
    ),
    _deed(
        "publish",
        "article.published",
        Power(_DEPUTY, _STEPS[2]),
        Power(_SECRETARY, _STEPS[2], on_behalf_of=_DEPUTY, scope="publish"),
        not_after=_SENT,
    ),
    _deed("publish_by_the_head", "article.published", Power(offices.HEAD, "QC2019 Đ4.6")),
    _deed("stop", "article.stopped", Power(offices.HEAD, "QC2019 Đ4.6")),
    _deed("release", "article.released", Power(offices.HEAD, "QC2019 Đ4.6")),
    _deed("flag", "article.flagged", *(Power(each, "QC2024 Đ10.2") for each in (_TEAM, _SECRETARY, _DEPUTY))),
    _deed("agree_by_the_head", "article.head_agreed", Power(offices.HEAD, "QC2024 Đ10.2")),
    _deed(
        "record_opinion",
        "article.opinion_recorded",
        Power(_DEPUTY, "QC2024 Đ10.2"),
        Power(_SECRETARY, "QC2024 Đ10.2"),
    ),
    _deed("begin_correction", "article.correction_begun", Power(_TEAM, _STEPS[0])),
    _deed("abandon_correction", "article.correction_abandoned", Power(_TEAM, _STEPS[0])),
    _deed("withdraw", "article.withdrawn", Power(_DEPUTY, "QC2019 Đ5.2"), Power(offices.HEAD, "QC2019 Đ5.2")),
)
"""Who may do what to submissions and items, as `policy` has it; `tests/spec/content/test_deeds.py` holds both together."""

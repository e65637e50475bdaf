"""What staff pages ask of content: pages of submissions and items, and the story of one item."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from infra.kernel.aggregate import Aggregate
from infra.kernel.verdicts import Refusal
from infra.read_store.paging import Order, Page
from infra.read_store.rows import Row
from services.content.domain import gates
from services.content.domain.article import Article
from services.content.domain.slug import fold
from services.content.domain.submission import Submission
from services.content.messages import Attachment, Content
from services.content.policy.facts import Consultation, Decision, Sensitivity, Standards, Step
from services.content.projections import ContentRows

Kind = TypeVar("Kind", bound=Aggregate)

PAGE_SIZE = 25
ON_THE_WAY = (Step.EDITING, Step.CLEARING, Step.PUBLISHING)
_NEWEST = Order("updated_at", descending=True)
_LONGEST_WAITING = Order("waiting_since")


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    """A submission as a list shows it."""

    id: UUID
    title: str
    channel: str
    provider: str
    classification: str
    received_on: date
    decision: str
    article: UUID | None
    recorded_at: datetime
    attachments: int


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An item as a list shows it.

    `waiting_since` is when it came to its present step, `returned` whether it came there by being sent back, `editor`
    the account of the team that edited it last.
    """

    id: UUID
    titles: Mapping[str, str]
    step: str
    section: str
    kind: str
    edition: int
    sensitivity: str
    stopped: bool
    cover: str | None
    waiting_since: datetime
    updated_at: datetime
    returned: bool
    editor: str

    def title(self, language: str) -> str:
        """Return the title in the language, or in another that the item has."""
        return self.titles.get(language) or next((title for title in self.titles.values() if title), "")


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it is now; `record` is its content as it was hashed, `sender` the account that attested it last."""

    id: UUID
    version: int
    step: str
    sensitivity: str
    stopped: bool
    edition: int
    slugs: Mapping[str, str]
    public_section: str
    content: Content
    record: Mapping[str, Any]
    content_hash: str
    sender: str | None
    consultation: Consultation

    def title(self, language: str) -> str:
        """Return the title in the language, or in another that the item has."""
        text = self.content.texts.get(language) or next(iter(self.content.texts.values()), None)
        return text.title if text else ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A submission as it is now."""

    id: UUID
    title: str
    decision: str
    article: str | None
    channel: str
    provider: str
    origin: str
    purpose: str
    classification: str
    received_on: date
    document_number: str
    document_date: date | None
    has_person: bool
    attachments: tuple[Attachment, ...]


class Load(Protocol):
    """Gives an aggregate as it is now."""

    def __call__(self, kind: type[Kind], subject: UUID, /) -> Kind:
        """Return the aggregate; raises `NotFound`."""


class ContentQueries:
    """Lists from the read rows, which may lag a moment behind the log; single things as the log has them now."""

    def __init__(self, rows: ContentRows, load: Load) -> None:
        self._rows = rows
        self._load = load

    def item(self, article_id: UUID) -> Item:
        """Return an item. Raises `NotFound`."""
        article = self._load(Article, article_id)
        return Item(
            id=article.id,
            version=article.version,
            step=article.step,
            sensitivity=article.sensitivity,
            stopped=article.stopped,
            edition=article.edition,
            slugs=article.slugs,
            public_section=article.public_content.get("section", ""),
            content=Content.read(article.content),
            record=article.content,
            content_hash=article.content_hash,
            sender=article.sender,
            consultation=gates.consultation(article),
        )

    def shortcoming(self, article_id: UUID, standards: Standards) -> Refusal | None:
        """Return what an item still lacks before it can leave its step (QC2024 Đ7, Đ9); None when it is whole."""
        return gates.whole(self._load(Article, article_id), standards)

    def arrived(self, submission_id: UUID) -> Arrived:
        """Return a submission. Raises `NotFound`."""
        submission = self._load(Submission, submission_id)
        return Arrived(
            id=submission.id,
            title=submission.title,
            decision=submission.decision,
            article=submission.article,
            channel=submission.channel,
            provider=submission.provider,
            origin=submission.origin,
            purpose=submission.purpose,
            classification=submission.classification,
            received_on=date.fromisoformat(submission.received_on),
            document_number=submission.document_number,
            document_date=date.fromisoformat(submission.document_date) if submission.document_date else None,
            has_person=bool(submission.person_hash),
            attachments=tuple(Attachment(**attachment) for attachment in submission.attachments),
        )

    def submissions(self, decision: str = "", text: str = "", after: str | None = None) -> Page[SubmissionLine]:
        """Return a page of submissions, the last changed first."""
        where = {**_matching(text), **({"decision": decision} if decision in set(Decision) else {})}
        return self._rows.submissions.find(where, order=_NEWEST, limit=PAGE_SIZE, after=after).of(_submission)

    def articles(
        self, step: str = "", section: str = "", text: str = "", after: str | None = None
    ) -> Page[ArticleLine]:
        """Return a page of items, the last changed first."""
        where: dict[str, Any] = _matching(text)
        if step in set(Step):
            where["step"] = step
        if section:
            where["section"] = section
        return self._rows.articles.find(where, order=_NEWEST, limit=PAGE_SIZE, after=after).of(_article)

    def waiting_at(self, *steps: Step, returned: bool | None = None) -> Page[ArticleLine]:
        """Return the items that have waited longest at these steps; if asked, only what was sent back, or only the rest."""
        where: dict[str, Any] = {"step": {"$in": [step.value for step in steps]}}
        if returned is not None:
            where["returned"] = True if returned else {"$ne": True}
        return self._rows.articles.find(where, order=_LONGEST_WAITING, limit=PAGE_SIZE).of(_article)

    def waiting_for_the_head(self) -> Page[ArticleLine]:
        """Return the sensitive items, edited and sent on, to whose present content the head has not agreed (QC2024 Đ10.2)."""
        where = {
            "step": {"$in": [Step.CLEARING.value, Step.PUBLISHING.value]},
            "sensitivity": {"$ne": Sensitivity.ORDINARY.value},
            "$expr": {"$ne": ["$head_agreed_hash", "$content_hash"]},
        }
        return self._rows.articles.find(where, order=_LONGEST_WAITING, limit=PAGE_SIZE).of(_article)

    def undecided(self) -> Page[SubmissionLine]:
        """Return the submissions that have waited longest for a decision."""
        where = {"decision": Decision.PENDING.value}
        return self._rows.submissions.find(where, order=Order("recorded_at"), limit=PAGE_SIZE).of(_submission)

    def waiting(self) -> Mapping[str, int]:
        """Count the items at each step, and the submissions that wait for a decision."""
        counts = {step.value: self._rows.articles.count({"step": step.value}) for step in Step}
        return {**counts, "submissions": self._rows.submissions.count({"decision": Decision.PENDING.value})}


def _matching(text: str) -> dict[str, Any]:
    return {"folded": {"$regex": re.escape(fold(text))}} if text else {}


def _submission(row: Row) -> SubmissionLine:
    return SubmissionLine(
        id=UUID(row["_id"]),
        title=row["title"],
        channel=row["channel"],
        provider=row["provider"],
        classification=row["classification"],
        received_on=date.fromisoformat(row["received_on"]),
        decision=row["decision"],
        article=UUID(row["article"]) if row["article"] else None,
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        attachments=len(row["attachments"]),
    )


def _article(row: Row) -> ArticleLine:
    return ArticleLine(
        id=UUID(row["_id"]),
        titles=row["titles"],
        step=row["step"],
        section=row["section"],
        kind=row["kind"],
        edition=row["edition"],
        sensitivity=row["sensitivity"],
        stopped=row["stopped"],
        cover=row["cover"],
        waiting_since=datetime.fromisoformat(row["waiting_since"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
        returned=row.get("returned", False),
        editor=row.get("editor", ""),
    )

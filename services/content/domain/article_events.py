"""What can happen to an item; each event only assigns what was decided before."""

from typing import TYPE_CHECKING, Any

from infra.kernel.aggregate import Event, FirstEvent
from services.content.policy.facts import Step

if TYPE_CHECKING:
    from services.content.domain.article import Article


class Drafted(FirstEvent):
    """An item was begun, from a submission or by the team itself; it stands at step 1."""

    TOPIC = "content.article.drafted"
    origin: str
    submission: str | None
    content: dict[str, Any]
    content_hash: str


class Revised(Event):
    """Its content was edited, at step 1 by the team or at step 2 by the secretary."""

    TOPIC = "content.article.revised"
    content: dict[str, Any]
    content_hash: str

    def apply(self, article: "Article") -> None:
        article.content = self.content
        article.content_hash = self.content_hash


class Sent(Event):
    """The editor attested the content and passed it on to the secretary."""

    TOPIC = "content.article.sent"
    content_hash: str
    attestations: list[str]

    def apply(self, article: "Article") -> None:
        article.step = Step.CLEARING
        article.sender = self.act["account"]


class Recalled(Event):
    """The team took it back before the secretary cleared it."""

    TOPIC = "content.article.recalled"

    def apply(self, article: "Article") -> None:
        article.step = Step.EDITING


class Returned(Event):
    """It was sent back to an earlier step, with a reason."""

    TOPIC = "content.article.returned"
    to_step: str
    reason: str

    def apply(self, article: "Article") -> None:
        article.step = self.to_step
        article.cleared_hash = None


class Cleared(Event):
    """The secretary moderated these bytes and passed them on to the standing deputy."""

    TOPIC = "content.article.cleared"
    content_hash: str

    def apply(self, article: "Article") -> None:
        article.step = Step.PUBLISHING
        article.cleared_hash = self.content_hash


class Flagged(Event):
    """It was marked ordinary, sensitive or special, with a reason."""

    TOPIC = "content.article.flagged"
    sensitivity: str
    reason: str

    def apply(self, article: "Article") -> None:
        article.sensitivity = self.sensitivity


class HeadAgreed(Event):
    """The head, the board consulted, agreed to the publication of these bytes."""

    TOPIC = "content.article.head_agreed"
    content_hash: str
    board_view: str

    def apply(self, article: "Article") -> None:
        article.head_agreed_hash = self.content_hash


class OpinionRecorded(Event):
    """The province chairman's opinion on these bytes was recorded by its document number."""

    TOPIC = "content.article.opinion_recorded"
    content_hash: str
    number: str
    favourable: bool

    def apply(self, article: "Article") -> None:
        article.chairman_agreed_hash = self.content_hash if self.favourable else None


class Stopped(Event):
    """The head decided that it is not published for now."""

    TOPIC = "content.article.stopped"
    reason: str

    def apply(self, article: "Article") -> None:
        article.stopped = True


class Released(Event):
    """The head let it go on."""

    TOPIC = "content.article.released"
    reason: str

    def apply(self, article: "Article") -> None:
        article.stopped = False


class Published(Event):
    """These bytes are public as the edition of this number."""

    TOPIC = "content.article.published"
    edition: int
    first_published_at: str
    slugs: dict[str, str]
    change_note: dict[str, str]
    content: dict[str, Any]
    content_hash: str

    def apply(self, article: "Article") -> None:
        article.step = Step.PUBLISHED
        article.edition = self.edition
        article.first_published_at = self.first_published_at
        article.slugs = self.slugs
        article.content = self.content
        article.content_hash = self.content_hash
        article.public_content = self.content
        article.cleared_hash = None


class CorrectionBegun(Event):
    """A published item is being corrected; its public edition stays until the next one."""

    TOPIC = "content.article.correction_begun"
    reason: str
    change_note: dict[str, str]

    def apply(self, article: "Article") -> None:
        article.step = Step.EDITING
        article.change_note = self.change_note
        article.sender = None


class CorrectionAbandoned(Event):
    """The correction was given up; the item is again what is public."""

    TOPIC = "content.article.correction_abandoned"
    content: dict[str, Any]
    content_hash: str

    def apply(self, article: "Article") -> None:
        article.step = Step.PUBLISHED
        article.content = self.content
        article.content_hash = self.content_hash
        article.cleared_hash = None


class Withdrawn(Event):
    """It was withdrawn; its text stays readable, marked, with this explanation."""

    TOPIC = "content.article.withdrawn"
    explanation: dict[str, str]

    def apply(self, article: "Article") -> None:
        article.step = Step.WITHDRAWN

"""A submission: what came in by post, document system, e-mail or Zalo, and what was decided about it."""

from dataclasses import field
from typing import Any, Self
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.verdicts import Refusal, first_refusal
from services.content.policy import law_91_2025_article_14, qc2019_article_3, qc2024_article_10
from services.content.policy.facts import Actor, Decision, Received


class Submission(Aggregate):
    """Process 1 (QC2024 Đ10.1a): received, checked, decided once."""

    TOPIC = "content.submission"

    title: str = ""
    channel: str = ""
    provider: str = ""
    origin: str = ""
    purpose: str = ""
    classification: str = ""
    received_on: str = ""
    document_number: str = ""
    document_date: str = ""
    person_hash: str = ""
    person_erased: bool = False
    attachments: list[dict[str, Any]] = field(default_factory=list)
    decision: str = Decision.PENDING
    article: str | None = None

    class Recorded(FirstEvent):
        """The team wrote down what came in."""

        TOPIC = "content.submission.recorded"
        title: str
        channel: str
        provider: str
        origin: str
        purpose: str
        classification: str
        received_on: str
        document_number: str
        document_date: str
        person_hash: str
        attachments: list[dict[str, Any]]

    class Accepted(Event):
        """The team found that it may be posted; `article` is the item that it becomes."""

        TOPIC = "content.submission.accepted"
        article: str
        note: str

        def apply(self, submission: "Submission") -> None:
            submission.decision = Decision.ACCEPTED
            submission.article = self.article

    class Declined(Event):
        """The team refused to post it, with a reason and a legal ground, and told the provider as `notice` says."""

        TOPIC = "content.submission.declined"
        reason: str
        ground: str
        notice: str

        def apply(self, submission: "Submission") -> None:
            submission.decision = Decision.DECLINED

    class PersonErased(Event):
        """The person behind it asked to be forgotten: record and salt are gone; the hash that stays says nothing."""

        TOPIC = "content.submission.person_erased"
        ground: str = ""

        def apply(self, submission: "Submission") -> None:
            submission.person_erased = True

    @classmethod
    def receive(cls, submission_id: UUID, received: Received, actor: Actor, *, act: Act) -> Self | Refusal:
        """Write down what came in (QC2024 Đ10.1a)."""
        refusal = first_refusal(
            qc2024_article_10.paragraph_1b_acts_in_a_capacity_held(actor),
            qc2024_article_10.paragraph_1a_the_team_receives(actor),
            qc2024_article_10.paragraph_1a_channel_is_one_of_the_four(received.intake),
            qc2024_article_10.paragraph_1a_origin_and_purpose_are_determined(received.intake),
        )
        if refusal is not None:
            return refusal
        return cls.begin(
            cls.Recorded,
            submission_id,
            act=act,
            clause="QC2024 Đ10.1a",
            title=received.title,
            channel=received.intake.channel,
            provider=received.intake.provider,
            origin=received.intake.origin,
            purpose=received.intake.purpose,
            classification=received.classification,
            received_on=received.received_on,
            document_number=received.document_number,
            document_date=received.document_date,
            person_hash=received.person_hash,
            attachments=list(received.attachments),
        )

    def accept(self, article: UUID, note: str, actor: Actor, *, act: Act) -> Refusal | None:
        """Find that it may be posted: it becomes the item `article` (QC2024 Đ10.1a)."""
        refusal = self._may_decide(actor)
        if refusal is None:
            self.record(self.Accepted, act=act, clause="QC2024 Đ10.1a", article=str(article), note=note)
        return refusal

    def decline(self, reason: str, ground: str, notice: str, actor: Actor, *, act: Act) -> Refusal | None:
        """Refuse to post it (QC2019 Đ3.5)."""
        refusal = first_refusal(
            self._may_decide(actor),
            qc2019_article_3.paragraph_5_refusing_to_post_gives_reason_and_ground(reason, ground),
        )
        if refusal is None:
            self.record(self.Declined, act=act, clause="QC2019 Đ3.5", reason=reason, ground=ground, notice=notice)
        return refusal

    def erase_person(self, ground: str, actor: Actor, *, act: Act) -> Refusal | None:
        """Forget the person behind it, whatever was decided (Law 91/2025 Đ14; QC2024 Đ10.1a: who received it)."""
        refusal = first_refusal(
            qc2024_article_10.paragraph_1b_acts_in_a_capacity_held(actor),
            qc2024_article_10.paragraph_1a_the_team_receives(actor),
            law_91_2025_article_14.paragraph_1_a_record_is_deleted_on_a_ground_of_the_law(ground),
        )
        if refusal is None and self.person_hash and not self.person_erased:
            self.record(self.PersonErased, act=act, clause="Law 91/2025 Đ14.1", ground=ground)
        return refusal

    def _may_decide(self, actor: Actor) -> Refusal | None:
        return first_refusal(
            qc2024_article_10.paragraph_1b_acts_in_a_capacity_held(actor),
            qc2024_article_10.paragraph_1a_the_team_receives(actor),
            qc2024_article_10.paragraph_1a_is_decided_once(Decision(self.decision)),
        )

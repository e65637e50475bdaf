"""An item on its way through the three steps, to publication, correction and withdrawal."""

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Any, Self
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate
from infra.kernel.canonical import content_hash
from infra.kernel.verdicts import Refusal, first_refusal
from services.content.domain import article_events as events
from services.content.domain import gates
from services.content.domain.slug import slug_of
from services.content.messages import Content
from services.content.policy import qc2019_article_7, qc2024_article_9, qc2024_article_10
from services.content.policy.facts import Actor, Sensitivity, Standards, Step
from services.content.policy.qc2024_article_10 import STEP_CLAUSES

SUBMITTED = "submitted"
SELF_PRODUCED = "self-produced"


class Article(Aggregate):
    """Process 2 (QC2024 Đ10.1b): edited by the team, cleared by the secretary, published by the standing deputy."""

    TOPIC = "content.article"

    Drafted = events.Drafted
    Revised = events.Revised
    Sent = events.Sent
    Recalled = events.Recalled
    Returned = events.Returned
    Cleared = events.Cleared
    Flagged = events.Flagged
    HeadAgreed = events.HeadAgreed
    OpinionRecorded = events.OpinionRecorded
    Stopped = events.Stopped
    Released = events.Released
    Published = events.Published
    CorrectionBegun = events.CorrectionBegun
    CorrectionAbandoned = events.CorrectionAbandoned
    Withdrawn = events.Withdrawn

    origin: str = SELF_PRODUCED
    submission: str | None = None
    content: dict[str, Any] = field(default_factory=dict)
    content_hash: str = ""
    step: str = Step.EDITING
    sender: str | None = None
    cleared_hash: str | None = None
    sensitivity: str = Sensitivity.ORDINARY
    head_agreed_hash: str | None = None
    chairman_agreed_hash: str | None = None
    stopped: bool = False
    edition: int = 0
    first_published_at: str = ""
    slugs: dict[str, str] = field(default_factory=dict)
    change_note: dict[str, str] = field(default_factory=dict)
    public_content: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def write(cls, article_id: UUID, content: Content, actor: Actor, *, act: Act) -> Self | Refusal:
        """Begin an item that the team writes itself (QC2024 Đ10.4)."""
        refusal = gates.writing(content, actor)
        if refusal is not None:
            return refusal
        return cls._drafted(article_id, content, act=act, clause="QC2024 Đ10.4", origin=SELF_PRODUCED)

    @classmethod
    def from_submission(cls, article_id: UUID, submission: UUID, content: Content, *, act: Act) -> Self | Refusal:
        """Begin the item that a submission becomes; who may accept it, the submission decides (QC2024 Đ10.1a)."""
        refusal = qc2024_article_9.paragraph_2_fits_the_form(content.as_record()["texts"])
        if refusal is not None:
            return refusal
        clause = "QC2024 Đ10.1a"
        return cls._drafted(article_id, content, act=act, clause=clause, origin=SUBMITTED, submission=submission)

    @classmethod
    def _drafted(
        cls, article_id: UUID, content: Content, *, act: Act, clause: str, origin: str, submission: UUID | None = None
    ) -> Self:
        record = content.as_record()
        return cls.begin(
            cls.Drafted,
            article_id,
            act=act,
            clause=clause,
            origin=origin,
            submission=str(submission) if submission else None,
            content=record,
            content_hash=content_hash(record),
        )

    def revise(self, content: Content, actor: Actor, *, act: Act) -> Refusal | None:
        """Edit the content: the team at step 1, the secretary at step 2 (QC2024 Đ10.1b)."""
        step = Step.CLEARING if self.step == Step.CLEARING else Step.EDITING
        record = content.as_record()
        digest = content_hash(record)
        refusal = first_refusal(
            gates.step(self, step, actor), qc2024_article_9.paragraph_2_fits_the_form(record["texts"])
        )
        if refusal is None and digest != self.content_hash:
            self.record(self.Revised, act=act, clause=STEP_CLAUSES[step], content=record, content_hash=digest)
        return refusal

    def send(self, attested: Collection[str], standards: Standards, actor: Actor, *, act: Act) -> Refusal | None:
        """Attest the content and pass it on to the secretary (QC2024 Đ10.1b step 1, QC2019 Đ7.4)."""
        refusal = gates.sending(self, attested, standards, actor)
        if refusal is None:
            facts = {"content_hash": self.content_hash, "attestations": sorted(attested)}
            self.record(self.Sent, act=act, clause="QC2024 Đ10.1b-1", **facts)
        return refusal

    def recall(self, actor: Actor, *, act: Act) -> Refusal | None:
        """Take it back from the secretary, who has not cleared it yet (QC2024 Đ10.1b step 1)."""
        refusal = first_refusal(gates.part(Step.EDITING, actor), gates.stands_at(self, Step.CLEARING))
        if refusal is None:
            self.record(self.Recalled, act=act, clause="QC2024 Đ10.1b-1")
        return refusal

    def clear(self, seen: str, standards: Standards, actor: Actor, *, act: Act) -> Refusal | None:
        """Moderate the bytes seen and pass them on to the standing deputy (QC2024 Đ10.1b step 2)."""
        refusal = gates.clearing(self, seen, standards, actor)
        if refusal is None:
            self.record(self.Cleared, act=act, clause="QC2024 Đ10.1b-2", content_hash=self.content_hash)
        return refusal

    def send_back(self, to_step: Step, reason: str, actor: Actor, *, act: Act) -> Refusal | None:
        """Send it back to an earlier step with a reason: the secretary or the standing deputy (QC2024 Đ10.1b)."""
        step = Step.PUBLISHING if self.step == Step.PUBLISHING else Step.CLEARING
        refusal = first_refusal(
            gates.step(self, step, actor),
            qc2024_article_10.paragraph_1b_goes_back_to_an_earlier_step(step, to_step),
            qc2024_article_10.paragraph_1b_return_gives_a_reason(reason),
        )
        if refusal is None:
            facts = {"to_step": to_step.value, "reason": reason}
            self.record(self.Returned, act=act, clause=STEP_CLAUSES[step], **facts)
        return refusal

    def publish(self, seen: str, actor: Actor, *, act: Act) -> Refusal | None:
        """Publish the bytes that were cleared and seen (QC2024 Đ10.1b step 3)."""
        refusal = gates.publishing(self, seen, actor)
        if refusal is None:
            self._make_public("QC2024 Đ10.1b-3", act)
        return refusal

    def publish_by_the_head(self, seen: str, standards: Standards, actor: Actor, *, act: Act) -> Refusal | None:
        """Publish any item at any step, by the head's own decision over the bytes seen (QC2019 Đ4.6)."""
        refusal = gates.publishing_by_the_head(self, seen, standards, actor)
        if refusal is None:
            self._make_public("QC2019 Đ4.6", act)
        return refusal

    def stop(self, reason: str, actor: Actor, *, act: Act) -> Refusal | None:
        """Keep it from being published until released, by the head's decision (QC2019 Đ4.6)."""
        refusal = gates.halting(self, reason, actor)
        if refusal is None and not self.stopped:
            self.record(self.Stopped, act=act, clause="QC2019 Đ4.6", reason=reason)
        return refusal

    def release(self, reason: str, actor: Actor, *, act: Act) -> Refusal | None:
        """Let a stopped item go on, by the head's decision (QC2019 Đ4.6)."""
        refusal = gates.halting(self, reason, actor)
        if refusal is None and self.stopped:
            self.record(self.Released, act=act, clause="QC2019 Đ4.6", reason=reason)
        return refusal

    def flag(self, sensitivity: Sensitivity, reason: str, actor: Actor, *, act: Act) -> Refusal | None:
        """Mark it ordinary, sensitive or special (QC2024 Đ10.2)."""
        refusal = gates.flagging(self, sensitivity, reason, actor)
        if refusal is None and sensitivity != self.sensitivity:
            facts = {"sensitivity": sensitivity.value, "reason": reason}
            self.record(self.Flagged, act=act, clause="QC2024 Đ10.2", **facts)
        return refusal

    def agree_by_the_head(self, seen: str, board_view: str, actor: Actor, *, act: Act) -> Refusal | None:
        """Agree to publication of the bytes seen, the board consulted (QC2024 Đ10.2)."""
        refusal = gates.agreeing(self, seen, board_view, actor)
        if refusal is None:
            facts = {"content_hash": seen, "board_view": board_view}
            self.record(self.HeadAgreed, act=act, clause="QC2024 Đ10.2", **facts)
        return refusal

    def record_opinion(self, number: str, *, favourable: bool, actor: Actor, act: Act) -> Refusal | None:
        """Record the province chairman's opinion on the present bytes (QC2024 Đ10.2)."""
        refusal = gates.recording_an_opinion(self, number, actor)
        if refusal is None:
            facts = {"content_hash": self.content_hash, "number": number, "favourable": favourable}
            self.record(self.OpinionRecorded, act=act, clause="QC2024 Đ10.2", **facts)
        return refusal

    def begin_correction(
        self, reason: str, change_note: Mapping[str, str], actor: Actor, *, act: Act
    ) -> Refusal | None:
        """Open a published item for correction; its next edition goes through the same steps (QC2019 Đ7.5)."""
        refusal = gates.correcting(self, reason, change_note, actor)
        if refusal is None:
            facts = {"reason": reason, "change_note": dict(change_note)}
            self.record(self.CorrectionBegun, act=act, clause="QC2019 Đ7.5", **facts)
        return refusal

    def abandon_correction(self, actor: Actor, *, act: Act) -> Refusal | None:
        """Give a correction up at step 1: what is public stays as it is (QC2019 Đ7.5)."""
        refusal = first_refusal(
            gates.step(self, Step.EDITING, actor), qc2019_article_7.paragraph_5_corrects_what_is_public(self.edition)
        )
        if refusal is None:
            facts = {"content": self.public_content, "content_hash": content_hash(self.public_content)}
            self.record(self.CorrectionAbandoned, act=act, clause="QC2019 Đ7.5", **facts)
        return refusal

    def withdraw(self, explanation: Mapping[str, str], actor: Actor, *, act: Act) -> Refusal | None:
        """Withdraw what is public, its text kept and marked, with an explanation (QC2019 Đ7.5, Đ5.2)."""
        refusal = gates.withdrawing(self, explanation, actor)
        if refusal is None:
            self.record(self.Withdrawn, act=act, clause="QC2019 Đ7.5", explanation=dict(explanation))
        return refusal

    def _make_public(self, clause: str, act: Act) -> None:
        texts = self.content["texts"]
        slugs = {language: slug_of(text["title"], self.id) for language, text in texts.items()}
        self.record(
            self.Published,
            act=act,
            clause=clause,
            edition=self.edition + 1,
            first_published_at=self.first_published_at or act.at.isoformat(),
            slugs={**slugs, **self.slugs},
            change_note=self.change_note,
            content=self.content,
            content_hash=self.content_hash,
        )

"""The use cases of content: load, decide, save."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo.database import Database

from infra.event_store.application import ServiceApplication
from infra.kernel.act import Act
from infra.kernel.authority import Authority
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from services.content.domain.article import Article
from services.content.domain.attempt import Attempt
from services.content.domain.submission import Submission
from services.content.messages import Content
from services.content.policy.facts import PUBLISH, Actor, Received, Sensitivity, Standards, Step

ArticleDecision = Callable[[Article, Actor], Refusal | None]


def article_of(submission: UUID) -> UUID:
    """Return the id of the item that a submission becomes when accepted: accepting twice finds the same item."""
    return natural_id("content.article", str(submission))


class ContentApplication(ServiceApplication):
    """Everything that people can do to submissions and items.

    `authority` tells who may act as this service knows it now; `standards` what the portal allows at an instant.
    `version` is the version of the item that the person saw: another one is refused as `changed_meanwhile`.
    """

    name = "content"

    def __init__(
        self,
        log: Database[dict[str, Any]],
        authority: Callable[[], Authority],
        standards: Callable[[datetime], Standards],
    ) -> None:
        super().__init__(log, Attempt)
        self._authority = authority
        self._standards = standards

    def receive(self, submission_id: UUID, received: Received, *, act: Act) -> Verdict:
        """Write down what came in (QC2024 Đ10.1a)."""
        known = self.find(Submission, submission_id)
        if known is not None:
            return Accepted(submission_id, known.version, 0)
        made = Submission.receive(submission_id, received, self._actor(act), act=act)
        return self._settle_new(made, act=act, command="receive")

    def accept(self, submission_id: UUID, content: Content, note: str, *, act: Act) -> Verdict:
        """Accept a submission: it becomes an item at step 1, both in one commit (QC2024 Đ10.1a)."""
        submission = self.load(Submission, submission_id)
        article_id = article_of(submission_id)
        if submission.has_answered(act):
            return Accepted(article_id, submission.version, 0)
        refusal = submission.accept(article_id, note, self._actor(act), act=act)
        if refusal is not None:
            return self.settle(submission, refusal, act=act, command="accept")
        article = Article.from_submission(article_id, submission_id, content, act=act)
        if isinstance(article, Refusal):
            return article
        return self.settle(article, None, act=act, command="accept", together_with=[submission])

    def decline(self, submission_id: UUID, reason: str, ground: str, notice: str, *, act: Act) -> Verdict:
        """Refuse to post what was sent in (QC2019 Đ3.5)."""
        submission = self.load(Submission, submission_id)
        if submission.has_answered(act):
            return Accepted(submission_id, submission.version, 0)
        refusal = submission.decline(reason, ground, notice, self._actor(act), act=act)
        return self.settle(submission, refusal, act=act, command="decline")

    def erase_person(self, submission_id: UUID, ground: str, *, act: Act) -> Verdict:
        """Record that the person behind a submission is forgotten; whoever keeps the person's record erases it then."""
        submission = self.load(Submission, submission_id)
        if submission.has_answered(act):
            return Accepted(submission_id, submission.version, 0)
        refusal = submission.erase_person(ground, self._actor(act), act=act)
        return self.settle(submission, refusal, act=act, command="erase_person")

    def write(self, article_id: UUID, content: Content, *, act: Act) -> Verdict:
        """Begin an item of the team's own (QC2024 Đ10.4)."""
        known = self.find(Article, article_id)
        if known is not None:
            return Accepted(article_id, known.version, 0)
        return self._settle_new(Article.write(article_id, content, self._actor(act), act=act), act=act, command="write")

    def revise(self, article_id: UUID, version: int, content: Content, *, act: Act) -> Verdict:
        """Edit an item at step 1 or 2 (QC2024 Đ10.1b)."""
        return self._on_article(
            article_id, version, act, "revise", lambda article, actor: article.revise(content, actor, act=act)
        )

    def send(self, article_id: UUID, version: int, attested: Collection[str], *, act: Act) -> Verdict:
        """Attest an item and pass it on to the secretary (QC2024 Đ10.1b step 1)."""
        standards = self._standards(act.at)
        return self._on_article(
            article_id, version, act, "send", lambda article, actor: article.send(attested, standards, actor, act=act)
        )

    def recall(self, article_id: UUID, version: int, *, act: Act) -> Verdict:
        """Take an item back that was sent too early (QC2024 Đ10.1b step 1)."""
        return self._on_article(
            article_id, version, act, "recall", lambda article, actor: article.recall(actor, act=act)
        )

    def clear(self, article_id: UUID, version: int, seen: str, *, act: Act) -> Verdict:
        """Pass an item on to the standing deputy (QC2024 Đ10.1b step 2). `seen` is the hash of what was shown."""
        standards = self._standards(act.at)
        return self._on_article(
            article_id, version, act, "clear", lambda article, actor: article.clear(seen, standards, actor, act=act)
        )

    def send_back(self, article_id: UUID, version: int, to_step: Step, reason: str, *, act: Act) -> Verdict:
        """Send an item back to an earlier step (QC2024 Đ10.1b)."""
        return self._on_article(
            article_id,
            version,
            act,
            "send_back",
            lambda article, actor: article.send_back(to_step, reason, actor, act=act),
        )

    def publish(self, article_id: UUID, version: int, seen: str, *, act: Act) -> Verdict:
        """Publish an item, for oneself or for the office that delegated it (QC2024 Đ10.1b step 3)."""
        actor = self._actor(act)
        if act.on_behalf_of and actor.delegation:
            act = act.for_office(act.on_behalf_of, actor.delegation)
        return self._on_article(
            article_id, version, act, "publish", lambda article, actor: article.publish(seen, actor, act=act)
        )

    def publish_by_the_head(self, article_id: UUID, version: int, seen: str, *, act: Act) -> Verdict:
        """Publish an item by the head's own decision (QC2019 Đ4.6)."""
        standards = self._standards(act.at)
        return self._on_article(
            article_id,
            version,
            act,
            "publish_by_the_head",
            lambda article, actor: article.publish_by_the_head(seen, standards, actor, act=act),
        )

    def stop(self, article_id: UUID, version: int, reason: str, *, act: Act) -> Verdict:
        """Keep an item from being published (QC2019 Đ4.6)."""
        return self._on_article(
            article_id, version, act, "stop", lambda article, actor: article.stop(reason, actor, act=act)
        )

    def release(self, article_id: UUID, version: int, reason: str, *, act: Act) -> Verdict:
        """Let a stopped item go on (QC2019 Đ4.6)."""
        return self._on_article(
            article_id, version, act, "release", lambda article, actor: article.release(reason, actor, act=act)
        )

    def flag(self, article_id: UUID, version: int, sensitivity: Sensitivity, reason: str, *, act: Act) -> Verdict:
        """Mark an item ordinary, sensitive or special (QC2024 Đ10.2)."""
        return self._on_article(
            article_id,
            version,
            act,
            "flag",
            lambda article, actor: article.flag(sensitivity, reason, actor, act=act),
        )

    def agree_by_the_head(self, article_id: UUID, version: int, seen: str, board_view: str, *, act: Act) -> Verdict:
        """Agree to the publication of a sensitive item, the board consulted (QC2024 Đ10.2)."""
        return self._on_article(
            article_id,
            version,
            act,
            "agree_by_the_head",
            lambda article, actor: article.agree_by_the_head(seen, board_view, actor, act=act),
        )

    def record_opinion(self, article_id: UUID, version: int, number: str, *, favourable: bool, act: Act) -> Verdict:
        """Record the province chairman's opinion on a special item (QC2024 Đ10.2)."""
        return self._on_article(
            article_id,
            version,
            act,
            "record_opinion",
            lambda article, actor: article.record_opinion(number, favourable=favourable, actor=actor, act=act),
        )

    def begin_correction(
        self, article_id: UUID, version: int, reason: str, change_note: Mapping[str, str], *, act: Act
    ) -> Verdict:
        """Open a published item for correction (QC2019 Đ7.5)."""
        return self._on_article(
            article_id,
            version,
            act,
            "begin_correction",
            lambda article, actor: article.begin_correction(reason, change_note, actor, act=act),
        )

    def abandon_correction(self, article_id: UUID, version: int, *, act: Act) -> Verdict:
        """Give a correction up (QC2019 Đ7.5)."""
        return self._on_article(
            article_id,
            version,
            act,
            "abandon_correction",
            lambda article, actor: article.abandon_correction(actor, act=act),
        )

    def withdraw(self, article_id: UUID, version: int, explanation: Mapping[str, str], *, act: Act) -> Verdict:
        """Withdraw a published item (QC2019 Đ7.5)."""
        return self._on_article(
            article_id, version, act, "withdraw", lambda article, actor: article.withdraw(explanation, actor, act=act)
        )

    def _settle_new(self, made: Submission | Article | Refusal, *, act: Act, command: str) -> Verdict:
        if isinstance(made, Refusal):
            return self.settle(None, made, act=act, command=command)
        return self.settle(made, None, act=act, command=command)

    def _on_article(self, article_id: UUID, version: int, act: Act, command: str, decide: ArticleDecision) -> Verdict:
        """Load an item, let it decide, save it; a request that was answered already is answered alike."""
        article = self.load(Article, article_id)
        if article.has_answered(act):
            return Accepted(article_id, article.version, 0)
        if article.version != version:
            return Refusal("", "changed_meanwhile")
        return self.settle(article, decide(article, self._actor(act)), act=act, command=command)

    def _actor(self, act: Act) -> Actor:
        authority = self._authority()
        held = authority.capacities(act.account, act.at)
        delegation = authority.delegation(act.on_behalf_of, act.capacity, PUBLISH, act.at) if act.on_behalf_of else None
        number = delegation.number if delegation else None
        return Actor(str(act.account), act.capacity, held, act.on_behalf_of, number)

"""Items and submissions at any point of their life, for tests that begin there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from infra.kernel import offices
from infra.kernel.act import Act
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Refusal
from services.content.domain.article import Article
from services.content.domain.submission import Submission
from services.content.messages import Content, Text
from services.content.policy.facts import Actor, Intake, Received, Standards, Step
from services.content.policy.qc2019_article_7 import ATTESTATIONS

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
STANDARDS = Standards(
    sections={"tin-tuc": frozenset({"news"}), "van-ban-phap-luat": frozenset({"legal-document"})},
    sources=frozenset({"UBND tỉnh Bình Phước", "Cổng TTĐT tỉnh Bình Phước"}),
)
EVERYTHING = frozenset(ATTESTATIONS)


def account(login: str) -> UUID:
    return natural_id("board.account", login)


def an_actor(capacity: str, login: str = "", held: frozenset[str] | None = None, **more: Any) -> Actor:
    return Actor(str(account(login or capacity)), capacity, frozenset({capacity}) if held is None else held, **more)


def an_act(capacity: str, login: str = "", at: datetime = NOON, request: str = "") -> Act:
    named = request or f"{capacity}/{login}/{at.isoformat()}"
    return Act(account(login or capacity), capacity, at, natural_id("request", named))


TEAM, SECRETARY, DEPUTY, HEAD = (
    an_actor(offices.CONTENT_TEAM, "editor1"),
    an_actor(offices.SECRETARY, "secretary"),
    an_actor(offices.STANDING_DEPUTY, "standing-deputy"),
    an_actor(offices.HEAD, "head"),
)
BY_TEAM, BY_SECRETARY, BY_DEPUTY, BY_HEAD = (
    an_act(offices.CONTENT_TEAM, "editor1"),
    an_act(offices.SECRETARY, "secretary"),
    an_act(offices.STANDING_DEPUTY, "standing-deputy"),
    an_act(offices.HEAD, "head"),
)
DELEGATED = an_actor(offices.SECRETARY, "secretary", on_behalf_of=offices.STANDING_DEPUTY, delegation="12/QĐ-STTTT")
WITHOUT_DELEGATION = replace(DELEGATED, delegation=None)


def a_content(body: str = "<p>Nội dung.</p>", **changes: Any) -> Content:
    fields: dict[str, Any] = {
        "kind": "news",
        "section": "tin-tuc",
        "author": "Minh Anh",
        "source": "UBND tỉnh Bình Phước",
        "source_url": "",
        "cover": None,
        "cover_alt": {},
        "pictures": {},
        "attachments": (),
        "texts": {"vi": Text("Khởi công tuyến đường mới", "Tóm tắt.", body)},
        "document": None,
    }
    return Content(**{**fields, **changes})


def an_article(content: Content | None = None) -> Article:
    made = Article.write(natural_id("article", "1"), content or a_content(), TEAM, act=BY_TEAM)
    assert isinstance(made, Article)
    return made


def a_sent_article(content: Content | None = None) -> Article:
    article = an_article(content)
    assert article.send(EVERYTHING, STANDARDS, TEAM, act=BY_TEAM) is None
    return article


def a_cleared_article(content: Content | None = None) -> Article:
    article = a_sent_article(content)
    assert article.clear(article.content_hash, STANDARDS, SECRETARY, act=BY_SECRETARY) is None
    return article


def a_published_article(content: Content | None = None) -> Article:
    article = a_cleared_article(content)
    assert article.publish(article.content_hash, DEPUTY, act=BY_DEPUTY) is None
    return article


def an_article_at(step: Step) -> Article:
    made: Mapping[Step, Any] = {
        Step.EDITING: an_article,
        Step.CLEARING: a_sent_article,
        Step.PUBLISHING: a_cleared_article,
        Step.PUBLISHED: a_published_article,
        Step.WITHDRAWN: a_withdrawn_article,
    }
    article: Article = made[step]()
    return article


def a_withdrawn_article() -> Article:
    article = a_published_article()
    assert article.withdraw({"vi": "Sai số liệu."}, DEPUTY, act=BY_DEPUTY) is None
    return article


def what_was_received(**changes: Any) -> Received:
    intake = Intake("post", "Sở Y tế", "Văn bản của Sở Y tế", "Thông báo lịch tiêm")
    fields: dict[str, Any] = {
        "title": "Lịch tiêm chủng",
        "intake": intake,
        "classification": "announcement",
        "received_on": "2026-03-02",
        "document_number": "15/TB-SYT",
        "document_date": "2026-03-01",
        "person_hash": "",
        "attachments": (),
    }
    return Received(**{**fields, **changes})


def a_submission(received: Received | None = None) -> Submission:
    made = Submission.receive(natural_id("submission", "1"), received or what_was_received(), TEAM, act=BY_TEAM)
    assert isinstance(made, Submission)
    return made


def happened(aggregate: Article | Submission) -> list[str]:
    """Names what was recorded, in order."""
    return [type(event).__name__ for event in aggregate.pending_events]


def code(refusal: Refusal | object | None) -> str:
    """Names the refusal's code; empty when nothing was refused."""
    return refusal.code if isinstance(refusal, Refusal) else ""

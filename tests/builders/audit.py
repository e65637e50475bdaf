"""The audit service's use cases with their log in memory, and events of other services as they arrive."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.popo import POPOFactory
from eventsourcing.utils import Environment

from infra.kernel.act import Act
from infra.kernel.authority import Authority, Holding, Term
from infra.kernel.ids import natural_id
from infra.kernel.offices import HEAD, REVIEWER, SECRETARY, STANDING_DEPUTY
from infra.messaging.envelope import Envelope
from services.audit.application import AuditApplication

MORNING = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
"""Monday, 8 o'clock in the province."""


def account_of(login: str) -> UUID:
    return natural_id("board.account", login)


REVIEWERS = Authority(
    tuple(
        Holding(account_of(capacity), capacity, Term(MORNING - timedelta(days=30)))
        for capacity in (HEAD, STANDING_DEPUTY, SECRETARY, REVIEWER)
    )
)
"""One person in each office, named like it."""


def an_act(capacity: str = REVIEWER, login: str = "", request: str = "request") -> Act:
    return Act(account_of(login or capacity), capacity, MORNING, natural_id(request, capacity, login))


class MemoryAudit(AuditApplication):
    def __init__(self, authority: Authority = REVIEWERS) -> None:
        super().__init__(cast(Any, None), lambda: authority)

    def construct_factory(self, env: Environment) -> InfrastructureFactory:
        return POPOFactory(env)

    def states(self) -> list[tuple[str, bytes]]:
        return [(entry.topic, entry.state) for entry in self.recorder.select_notifications(1, 1_000)]


class Telling:
    """A service that tells events: positions and versions follow by themselves, an hour passes from one to the next."""

    def __init__(self, service: str = "content", at: datetime = MORNING) -> None:
        self.service = service
        self.told: list[Envelope] = []
        self._at = at
        self._versions: dict[UUID, int] = {}

    def tell(self, topic: str, subject: UUID, capacity: str = SECRETARY, /, **facts: Any) -> Envelope:
        """Tell an event; `facts` may replace what an act says (`login`, `on_behalf_of`, `delegation`, `clause`)."""
        self._versions[subject] = self._versions.get(subject, 0) + 1
        act = {
            "account": str(account_of(facts.pop("login", capacity))),
            "capacity": capacity,
            "correlation": str(natural_id("telling", str(len(self.told)))),
            "on_behalf_of": facts.pop("on_behalf_of", None),
            "delegation": facts.pop("delegation", None),
        }
        clause = facts.pop("clause", "QC2024 Đ10.1b")
        data = {"act": act, "clause": clause, "timestamp": self._at.isoformat(timespec="microseconds"), **facts}
        position = len(self.told) + 1
        envelope = Envelope(self.service, position, topic, subject, self._versions[subject], self._at, data)
        self.told.append(envelope)
        self._at += timedelta(hours=1)
        return envelope


ARTICLE = natural_id("test", "article")
SUBMISSION = natural_id("test", "submission")


def a_story(told: Telling) -> None:
    """An item from its submission to its withdrawal, with a refused attempt and an act by delegation on the way."""
    texts = {"vi": {"title": "Khởi công cầu Mã Đà"}, "en": {"title": "Work begins on the Ma Da bridge"}}
    content = {"texts": texts}
    team = "content-team"
    told.tell("content.submission.recorded", SUBMISSION, team, title="Tin cầu Mã Đà", login="editor1")
    told.tell("content.submission.accepted", SUBMISSION, team, article=str(ARTICLE), note="", login="editor1")
    drafted = {"submission": str(SUBMISSION), "content": content, "content_hash": "ab" * 32}
    told.tell("content.article.drafted", ARTICLE, team, **drafted, login="editor2")
    told.tell("content.article.sent", ARTICLE, team, content_hash="ab" * 32, clause="QC2024 Đ10.1b-1", login="editor2")
    told.tell("content.article.returned", ARTICLE, SECRETARY, to_step="editing", reason="Thiếu nguồn ảnh")
    told.tell(
        "content.attempt.refused",
        natural_id("test", "attempt"),
        team,
        command="publish",
        subject=str(ARTICLE),
        code="not_the_standing_deputy",
        login="editor3",
        clause="QC2024 Đ10.1b-3",
    )
    told.tell(
        "content.article.published",
        ARTICLE,
        SECRETARY,
        on_behalf_of=STANDING_DEPUTY,
        delegation="12/QĐ-STTTT",
        clause="QC2024 Đ10.1b-3",
        content=content,
        content_hash="ab" * 32,
    )
    told.tell("content.article.withdrawn", ARTICLE, STANDING_DEPUTY, explanation={"vi": "Sai số liệu", "en": ""})

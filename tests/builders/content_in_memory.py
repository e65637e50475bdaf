"""Content's application with its log in memory, and the offices of the demo newsroom."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.popo import POPOFactory
from eventsourcing.utils import Environment

from infra.kernel import offices
from infra.kernel.authority import Authority, Delegation, Holding, Term
from infra.kernel.verdicts import Accepted, Verdict
from services.content.application import ContentApplication
from services.content.policy.facts import PUBLISH
from tests.builders.content import NOON, STANDARDS, a_content, account, an_act

ALWAYS = Term(datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
LOGINS = {
    offices.CONTENT_TEAM: "editor1",
    offices.SECRETARY: "secretary",
    offices.STANDING_DEPUTY: "standing-deputy",
    offices.HEAD: "head",
    offices.REVIEWER: "reviewer",
}


def an_authority(delegations: Iterable[Delegation] = ()) -> Authority:
    holdings = tuple(Holding(account(login), capacity, ALWAYS) for capacity, login in LOGINS.items())
    return Authority(holdings, tuple(delegations))


def a_delegation(term: Term = ALWAYS) -> Delegation:
    return Delegation(offices.STANDING_DEPUTY, offices.SECRETARY, PUBLISH, "12/QĐ-STTTT", term)


class ContentInMemory(ContentApplication):
    """The real use cases; only the log is kept in memory."""

    def __init__(self, authority: Authority | None = None) -> None:
        self.known = authority or an_authority()
        super().__init__(cast(Any, None), lambda: self.known, lambda _: STANDARDS)

    def construct_factory(self, env: Environment) -> InfrastructureFactory:
        return POPOFactory(env)

    def topics(self) -> list[str]:
        """Return the topics of all events, in order."""
        return [entry.topic for entry in self.recorder.select_notifications(1, 10_000)]


def written(app: ContentInMemory, article: UUID, request: str = "write") -> Accepted:
    verdict = app.write(article, a_content(), act=an_act(offices.CONTENT_TEAM, "editor1", NOON, request))
    return accepted(verdict)


def accepted(verdict: Verdict) -> Accepted:
    assert isinstance(verdict, Accepted), verdict
    return verdict

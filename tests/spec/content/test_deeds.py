"""The table that content publishes of who may do what says exactly what its rules say."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from infra.kernel.offices import (
    CONTENT_TEAM,
    DEPUTY,
    HEAD,
    REVIEWER,
    SECRETARY,
    STANDING_DEPUTY,
    SYSTEM,
    TECHNICAL_TEAM,
)
from infra.kernel.powers import Deed
from infra.kernel.verdicts import Refusal
from services.content.domain import article_events
from services.content.domain.article import Article
from services.content.domain.submission import Submission
from services.content.messages import DEEDS
from services.content.policy.facts import Actor, Sensitivity, Step
from tests.builders.content import (
    EVERYTHING,
    STANDARDS,
    a_content,
    a_submission,
    an_act,
    an_actor,
    an_article_at,
    what_was_received,
)

EVERYBODY = (HEAD, STANDING_DEPUTY, DEPUTY, SECRETARY, CONTENT_TEAM, TECHNICAL_TEAM, REVIEWER, SYSTEM, "collaborator")
TOLD = {event.TOPIC for event in vars(article_events).values() if isinstance(event, type) and hasattr(event, "TOPIC")}

Order = Callable[[Actor], object]


def special() -> Article:
    article = an_article_at(Step.EDITING)
    marked = article.flag(Sensitivity.SPECIAL, "x", an_actor(SECRETARY), act=an_act(SECRETARY))
    assert marked is None
    return article


def on(step: Step, order: Callable[[Article, Actor], object]) -> Order:
    return lambda actor: order(an_article_at(step), actor)


def a(actor: Actor) -> dict[str, Any]:
    return {"actor": actor, "act": an_act(actor.capacity)}


ORDERS: Mapping[str, tuple[Order, ...]] = {
    "receive": (lambda who: Submission.receive(a_submission().id, what_was_received(), **a(who)),),
    "accept": (lambda who: a_submission().accept(a_submission().id, "", **a(who)),),
    "decline": (lambda who: a_submission().decline("x", "x", "", **a(who)),),
    "erase_person": (lambda who: a_submission().erase_person("asked", **a(who)),),
    "write": (lambda who: Article.write(a_submission().id, a_content(), **a(who)),),
    "revise": (
        on(Step.EDITING, lambda article, who: article.revise(a_content("<p>x</p>"), who, act=an_act(who.capacity))),
        on(Step.CLEARING, lambda article, who: article.revise(a_content("<p>x</p>"), who, act=an_act(who.capacity))),
    ),
    "send": (on(Step.EDITING, lambda article, who: article.send(EVERYTHING, STANDARDS, **a(who))),),
    "recall": (on(Step.CLEARING, lambda article, who: article.recall(**a(who))),),
    "clear": (on(Step.CLEARING, lambda article, who: article.clear(article.content_hash, STANDARDS, **a(who))),),
    "send_back": (
        on(Step.CLEARING, lambda article, who: article.send_back(Step.EDITING, "x", **a(who))),
        on(Step.PUBLISHING, lambda article, who: article.send_back(Step.EDITING, "x", **a(who))),
    ),
    "publish": (on(Step.PUBLISHING, lambda article, who: article.publish(article.content_hash, **a(who))),),
    "publish_by_the_head": (
        on(Step.EDITING, lambda article, who: article.publish_by_the_head(article.content_hash, STANDARDS, **a(who))),
    ),
    "stop": (on(Step.EDITING, lambda article, who: article.stop("x", **a(who))),),
    "release": (on(Step.EDITING, lambda article, who: article.release("x", **a(who))),),
    "flag": (on(Step.EDITING, lambda article, who: article.flag(Sensitivity.SENSITIVE, "x", **a(who))),),
    "agree_by_the_head": (
        on(Step.EDITING, lambda article, who: article.agree_by_the_head(article.content_hash, "x", **a(who))),
    ),
    "record_opinion": (lambda who: special().record_opinion("1/UBND", favourable=True, **a(who)),),
    "begin_correction": (
        on(Step.PUBLISHED, lambda article, who: article.begin_correction("x", {"vi": "x"}, **a(who))),
    ),
    "abandon_correction": (
        on(Step.PUBLISHED, lambda article, who: in_correction(article).abandon_correction(**a(who))),
    ),
    "withdraw": (on(Step.PUBLISHED, lambda article, who: article.withdraw({"vi": "x"}, **a(who))),),
}
"""How each deed is ordered, at every step at which it can be."""


def in_correction(article: Article) -> Article:
    begun = article.begin_correction("x", {"vi": "x"}, an_actor(CONTENT_TEAM), act=an_act(CONTENT_TEAM))
    assert begun is None
    return article


def test_every_command_and_every_event_of_an_item_is_in_the_table() -> None:
    assert {deed.command for deed in DEEDS} == ORDERS.keys()
    assert {topic for deed in DEEDS for topic in deed.topics if ".article." in topic} == TOLD


@pytest.mark.parametrize("capacity", EVERYBODY)
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.command)
def test_whoever_the_table_names_is_not_refused_on_authority_and_everybody_else_is(deed: Deed, capacity: str) -> None:
    answers = [order(an_actor(capacity)) for order in ORDERS[deed.command]]

    allowed = any(not (isinstance(answer, Refusal) and answer.on_authority) for answer in answers)
    assert allowed == (capacity in {power.capacity for power in deed.powers if not power.on_behalf_of})


@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed.command in ("revise", "send_back")])
def test_where_a_deed_belongs_to_several_steps_the_clause_tells_whose_it_is(deed: Deed) -> None:
    for power in deed.powers:
        assert deed.under(power.clause) == (power,)


def test_qc2024_10_1b_3_publishing_for_the_standing_deputy_needs_a_delegation_of_that_scope() -> None:
    publish = next(deed for deed in DEEDS if deed.command == "publish")

    by_delegation = [power for power in publish.powers if power.on_behalf_of]

    assert [(p.capacity, p.on_behalf_of, p.scope) for p in by_delegation] == [(SECRETARY, STANDING_DEPUTY, "publish")]
    assert publish.not_after == "content.article.sent"

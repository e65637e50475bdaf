"""What every use case of content keeps: a refusal saves nothing but itself, a repeat acts once, a stale form is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from infra.event_store import NotFound
from infra.kernel import offices
from infra.kernel.act import Act
from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from services.content.application import article_of
from services.content.domain.article import Article
from services.content.domain.submission import Submission
from services.content.policy.facts import Decision, Sensitivity, Step
from services.content.policy.qc2019_article_7 import ATTESTATIONS
from services.content.policy.qc2024_article_9 import BODY_LENGTH_MAX
from tests.builders.content import NOON, a_content, account, an_act, what_was_received
from tests.builders.content_in_memory import ContentInMemory, a_delegation, accepted, an_authority, written

ARTICLE, SUBMISSION = natural_id("article", "1"), natural_id("submission", "1")
HASH = "0" * 64

Command = Callable[[ContentInMemory, Act], Verdict]
COMMANDS: dict[str, Command] = {
    "receive": lambda app, act: app.receive(SUBMISSION, what_was_received(), act=act),
    "accept": lambda app, act: app.accept(SUBMISSION, a_content(), "", act=act),
    "decline": lambda app, act: app.decline(SUBMISSION, "a", "b", "", act=act),
    "erase_person": lambda app, act: app.erase_person(SUBMISSION, "asked", act=act),
    "write": lambda app, act: app.write(natural_id("article", "2"), a_content(), act=act),
    "revise": lambda app, act: app.revise(ARTICLE, 1, a_content("<p>2</p>"), act=act),
    "send": lambda app, act: app.send(ARTICLE, 1, ATTESTATIONS, act=act),
    "recall": lambda app, act: app.recall(ARTICLE, 1, act=act),
    "clear": lambda app, act: app.clear(ARTICLE, 1, HASH, act=act),
    "send_back": lambda app, act: app.send_back(ARTICLE, 1, Step.EDITING, "a", act=act),
    "publish": lambda app, act: app.publish(ARTICLE, 1, HASH, act=act),
    "publish_by_the_head": lambda app, act: app.publish_by_the_head(ARTICLE, 1, HASH, act=act),
    "stop": lambda app, act: app.stop(ARTICLE, 1, "a", act=act),
    "release": lambda app, act: app.release(ARTICLE, 1, "a", act=act),
    "flag": lambda app, act: app.flag(ARTICLE, 1, Sensitivity.SENSITIVE, "a", act=act),
    "agree_by_the_head": lambda app, act: app.agree_by_the_head(ARTICLE, 1, HASH, "a", act=act),
    "record_opinion": lambda app, act: app.record_opinion(ARTICLE, 1, "1", favourable=True, act=act),
    "begin_correction": lambda app, act: app.begin_correction(ARTICLE, 1, "a", {"vi": "b"}, act=act),
    "abandon_correction": lambda app, act: app.abandon_correction(ARTICLE, 1, act=act),
    "withdraw": lambda app, act: app.withdraw(ARTICLE, 1, {"vi": "a"}, act=act),
}
"""Every use case, except that `receive` finds the submission that is there."""


def a_desk(**known: object) -> ContentInMemory:
    app = ContentInMemory(**known)  # type: ignore[arg-type]
    written(app, ARTICLE)
    accepted(app.receive(SUBMISSION, what_was_received(), act=an_act(offices.CONTENT_TEAM, "editor1", request="r")))
    return app


def a_cleared_item(app: ContentInMemory) -> Article:
    accepted(app.send(ARTICLE, 1, ATTESTATIONS, act=an_act(offices.CONTENT_TEAM, "editor1", request="send")))
    shown = app.load(Article, ARTICLE).content_hash
    accepted(app.clear(ARTICLE, 2, shown, act=an_act(offices.SECRETARY, "secretary", request="clear")))
    return app.load(Article, ARTICLE)


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"receive"}))
@pytest.mark.parametrize("capacity", [offices.REVIEWER, offices.HEAD, offices.CONTENT_TEAM])
def test_an_attempt_without_the_office_saves_nothing_but_the_refusal(command: str, capacity: str) -> None:
    app = a_desk()
    before = app.topics()
    stranger = an_act(capacity, "nobody")

    refused = COMMANDS[command](app, stranger)
    again = COMMANDS[command](app, stranger)

    assert isinstance(refused, Refusal)
    assert refused == again
    assert refused.code == "capacity_not_held"
    assert app.topics() == [*before, "content.attempt.refused"]


def test_an_attempt_records_who_tried_what_under_which_clause() -> None:
    app = a_desk()

    COMMANDS["publish"](app, an_act(offices.CONTENT_TEAM, "editor1", request="try"))

    attempt = next(
        iter(
            app.events.get(
                natural_id(
                    "content.attempt",
                    str(account("editor1")),
                    str(natural_id("request", "try")),
                    "publish",
                    str(ARTICLE),
                    "only_the_standing_deputy_publishes",
                )
            )
        )
    )
    assert attempt.command == "publish"  # type: ignore[attr-defined]
    assert attempt.subject == str(ARTICLE)  # type: ignore[attr-defined]
    assert attempt.clause == "QC2024 Đ10.1b-3"  # type: ignore[attr-defined]
    assert attempt.act["account"] == str(account("editor1"))  # type: ignore[attr-defined]


def test_a_refusal_that_is_not_on_authority_saves_nothing() -> None:
    app = a_desk()
    before = app.topics()

    refused = app.send(ARTICLE, 1, (), act=an_act(offices.CONTENT_TEAM, "editor1", request="send"))

    assert isinstance(refused, Refusal)
    assert refused.code == "attestation_missing"
    assert app.topics() == before


def test_a_command_sent_twice_acts_once() -> None:
    app = a_desk()
    act = an_act(offices.CONTENT_TEAM, "editor1", request="send")

    first = accepted(app.send(ARTICLE, 1, ATTESTATIONS, act=act))
    second = accepted(app.send(ARTICLE, 1, ATTESTATIONS, act=act))

    assert (first.subject, first.version) == (second.subject, second.version)
    assert app.topics().count("content.article.sent") == 1


def test_whoever_saw_an_older_version_is_told() -> None:
    app = a_desk()
    accepted(app.revise(ARTICLE, 1, a_content("<p>2</p>"), act=an_act(offices.CONTENT_TEAM, "editor1", request="a")))

    stale = app.revise(ARTICLE, 1, a_content("<p>3</p>"), act=an_act(offices.CONTENT_TEAM, "editor1", request="b"))

    assert stale == Refusal("", "changed_meanwhile")
    assert app.load(Article, ARTICLE).content == a_content("<p>2</p>").as_record()


def test_an_accepted_submission_and_its_item_are_one_commit() -> None:
    app = a_desk()
    act = an_act(offices.CONTENT_TEAM, "editor1", request="accept")

    first = accepted(app.accept(SUBMISSION, a_content(), "", act=act))
    second = accepted(app.accept(SUBMISSION, a_content(), "", act=act))

    assert first.subject == second.subject == article_of(SUBMISSION)
    assert app.load(Submission, SUBMISSION).article == str(first.subject)
    assert app.load(Article, first.subject).submission == str(SUBMISSION)
    assert app.topics()[-2:] == ["content.submission.accepted", "content.article.drafted"]


def test_a_manuscript_that_is_too_long_leaves_the_submission_undecided() -> None:
    app = a_desk()
    before = app.topics()
    too_long = a_content("ơ" * (BODY_LENGTH_MAX + 1))

    refused = app.accept(SUBMISSION, too_long, "", act=an_act(offices.CONTENT_TEAM, "editor1", request="accept"))

    assert isinstance(refused, Refusal)
    assert (refused.clause, refused.code) == ("QC2024 Đ9.2", "text_too_long")
    assert app.topics() == before
    assert app.load(Submission, SUBMISSION).decision == Decision.PENDING


def test_what_is_published_under_a_delegation_names_both_offices_and_the_decision() -> None:
    app = a_desk(authority=an_authority([a_delegation()]))
    cleared = a_cleared_item(app)
    act = replace(an_act(offices.SECRETARY, "secretary", request="p"), on_behalf_of=offices.STANDING_DEPUTY)

    accepted(app.publish(ARTICLE, cleared.version, cleared.content_hash, act=act))

    published = list(app.events.get(ARTICLE))[-1]
    assert published.act == {  # type: ignore[attr-defined]
        "account": str(account("secretary")),
        "capacity": offices.SECRETARY,
        "on_behalf_of": offices.STANDING_DEPUTY,
        "delegation": "12/QĐ-STTTT",
        "correlation": str(act.correlation),
    }


@pytest.mark.parametrize(
    ("before_end", "allowed"),
    [(timedelta(microseconds=1), True), (timedelta(0), False)],
    ids=["last moment", "first moment after"],
)
def test_a_delegation_is_used_until_its_last_moment(before_end: timedelta, allowed: bool) -> None:
    term = Term(NOON - timedelta(days=1), NOON + before_end)
    app = a_desk(authority=an_authority([a_delegation(term)]))
    cleared = a_cleared_item(app)
    act = replace(an_act(offices.SECRETARY, "secretary", request="p"), on_behalf_of=offices.STANDING_DEPUTY)

    verdict = app.publish(ARTICLE, cleared.version, cleared.content_hash, act=act)

    assert isinstance(verdict, Accepted) == allowed
    assert isinstance(verdict, Accepted) or verdict.code == "no_delegation_in_force"


def test_the_same_history_replays_to_the_same_state() -> None:
    app = a_desk()
    cleared = a_cleared_item(app)
    accepted(
        app.publish(
            ARTICLE,
            cleared.version,
            cleared.content_hash,
            act=an_act(offices.STANDING_DEPUTY, "standing-deputy", request="publish"),
        )
    )

    assert app.load(Article, ARTICLE) == app.load(Article, ARTICLE)
    assert app.load(Article, ARTICLE).step == Step.PUBLISHED


def test_nothing_is_done_to_what_is_not_there() -> None:
    with pytest.raises(NotFound):
        ContentInMemory().clear(UUID(int=1), 1, HASH, act=an_act(offices.SECRETARY, "secretary"))

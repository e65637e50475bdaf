"""QC2024 Đ10.1b: three steps, each by its part, over the same bytes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from infra.kernel import offices
from infra.kernel.verdicts import Refusal
from services.content.domain.article import Article
from services.content.policy.facts import Actor, Step
from services.content.policy.qc2019_article_7 import ATTESTATIONS
from tests.builders.content import (
    BY_DEPUTY,
    BY_SECRETARY,
    BY_TEAM,
    DELEGATED,
    DEPUTY,
    EVERYTHING,
    HEAD,
    SECRETARY,
    STANDARDS,
    TEAM,
    WITHOUT_DELEGATION,
    a_cleared_article,
    a_content,
    a_published_article,
    a_sent_article,
    an_actor,
    an_article,
    an_article_at,
    code,
    happened,
)

Attempt = Callable[[Article, Actor], Refusal | None]

SEND: Attempt = lambda article, actor: article.send(EVERYTHING, STANDARDS, actor, act=BY_TEAM)  # noqa: E731
CLEAR: Attempt = lambda article, actor: article.clear(article.content_hash, STANDARDS, actor, act=BY_SECRETARY)  # noqa: E731
PUBLISH: Attempt = lambda article, actor: article.publish(article.content_hash, actor, act=BY_DEPUTY)  # noqa: E731


def test_the_three_steps_lead_to_publication_and_each_records_one_event() -> None:
    article = a_published_article()

    assert happened(article) == ["Drafted", "Sent", "Cleared", "Published"]
    assert article.step == Step.PUBLISHED
    assert article.edition == 1


@pytest.mark.parametrize("attempt", [SEND, CLEAR, PUBLISH], ids=["send", "clear", "publish"])
@pytest.mark.parametrize("step", list(Step))
def test_no_step_is_skipped_or_done_twice(attempt: Attempt, step: Step) -> None:
    own = {SEND: (Step.EDITING, TEAM), CLEAR: (Step.CLEARING, SECRETARY), PUBLISH: (Step.PUBLISHING, DEPUTY)}
    at, actor = own[attempt]
    article = an_article_at(step)
    before = happened(article)

    refused = attempt(article, actor)

    assert code(refused) == ("" if step is at else "not_at_this_step")
    assert len(happened(article)) == len(before) + (step is at)


@pytest.mark.parametrize(
    ("attempt", "step", "owner"),
    [
        (SEND, Step.EDITING, offices.CONTENT_TEAM),
        (CLEAR, Step.CLEARING, offices.SECRETARY),
        (PUBLISH, Step.PUBLISHING, offices.STANDING_DEPUTY),
    ],
    ids=["send", "clear", "publish"],
)
@pytest.mark.parametrize("capacity", sorted(offices.CAPACITIES))
def test_each_step_is_done_by_its_part_only(attempt: Attempt, step: Step, owner: str, capacity: str) -> None:
    article = an_article_at(step)
    before = happened(article)

    refused = attempt(article, an_actor(capacity))

    if capacity == owner:
        assert refused is None
    else:
        assert refused is not None
        assert refused.on_authority
        assert happened(article) == before


@pytest.mark.parametrize(
    ("attempt", "step"), [(SEND, Step.EDITING), (CLEAR, Step.CLEARING), (PUBLISH, Step.PUBLISHING)]
)
def test_nobody_acts_in_a_capacity_not_held_today(attempt: Attempt, step: Step) -> None:
    actor = {Step.EDITING: TEAM, Step.CLEARING: SECRETARY, Step.PUBLISHING: DEPUTY}[step]

    refused = attempt(an_article_at(step), replace(actor, held=frozenset()))

    assert code(refused) == "capacity_not_held"


def test_what_was_changed_after_clearing_is_not_published() -> None:
    article = a_cleared_article()
    article.content = a_content("<p>Khác.</p>").as_record()
    article.content_hash = "0" * 64

    assert code(PUBLISH(article, DEPUTY)) == "content_changed_since_clearing"
    assert happened(article)[-1] == "Cleared"


def test_the_deputy_publishes_only_the_bytes_that_were_shown() -> None:
    article = a_cleared_article()

    assert code(article.publish("0" * 64, DEPUTY, act=BY_DEPUTY)) == "content_changed_since_clearing"


def test_one_changed_letter_in_either_language_or_file_changes_the_hash() -> None:
    hashes = {
        an_article(content).content_hash
        for content in (
            a_content(),
            a_content("<p>Nội dung!</p>"),
            a_content(author="Minh Ánh"),
            a_content(cover="a" * 64),
            a_content(source_url="https://binhphuoc.gov.vn"),
        )
    }

    assert len(hashes) == 5


def test_editing_at_step_2_needs_a_new_clearing_of_the_new_bytes() -> None:
    article = a_sent_article()
    shown = article.content_hash
    assert article.revise(a_content("<p>Sửa.</p>"), SECRETARY, act=BY_SECRETARY) is None

    assert code(article.clear(shown, STANDARDS, SECRETARY, act=BY_SECRETARY)) == "content_changed_meanwhile"
    assert article.clear(article.content_hash, STANDARDS, SECRETARY, act=BY_SECRETARY) is None


def test_saving_what_did_not_change_records_nothing() -> None:
    article = an_article()

    assert article.revise(a_content(), TEAM, act=BY_TEAM) is None
    assert happened(article) == ["Drafted"]


def test_nobody_edits_at_step_3() -> None:
    for actor in (TEAM, SECRETARY, DEPUTY):
        article = a_cleared_article()
        assert article.revise(a_content("<p>Khác.</p>"), actor, act=BY_DEPUTY) is not None
        assert happened(article)[-1] == "Cleared"


def test_the_secretary_publishes_under_a_delegation_in_force() -> None:
    article = a_cleared_article()

    assert PUBLISH(article, DELEGATED) is None
    assert happened(article)[-1] == "Published"


def test_the_secretary_does_not_publish_without_one() -> None:
    assert code(PUBLISH(a_cleared_article(), WITHOUT_DELEGATION)) == "no_delegation_in_force"
    assert code(PUBLISH(a_cleared_article(), SECRETARY)) == "only_the_standing_deputy_publishes"


def test_who_did_step_1_neither_clears_nor_publishes() -> None:
    both = replace(SECRETARY, account=TEAM.account)
    assert code(CLEAR(a_sent_article(), both)) == "same_person_did_step_1"
    assert code(PUBLISH(a_cleared_article(), replace(DEPUTY, account=TEAM.account))) == "same_person_did_step_1"


@pytest.mark.parametrize("missing", ATTESTATIONS)
def test_qc2019_7_4_nothing_leaves_step_1_without_every_attestation(missing: str) -> None:
    article = an_article()

    refused = article.send(EVERYTHING - {missing}, STANDARDS, TEAM, act=BY_TEAM)

    assert refused == Refusal("QC2019 Đ7.4", "attestation_missing", f"attest_{missing}")
    assert happened(article) == ["Drafted"]


@pytest.mark.parametrize(
    ("actor", "at", "to", "expected"),
    [
        (SECRETARY, Step.CLEARING, Step.EDITING, ""),
        (DEPUTY, Step.PUBLISHING, Step.EDITING, ""),
        (DEPUTY, Step.PUBLISHING, Step.CLEARING, ""),
        (SECRETARY, Step.CLEARING, Step.CLEARING, "not_an_earlier_step"),
        (SECRETARY, Step.CLEARING, Step.PUBLISHING, "not_an_earlier_step"),
        (DEPUTY, Step.PUBLISHING, Step.PUBLISHED, "not_an_earlier_step"),
        (TEAM, Step.CLEARING, Step.EDITING, "step_of_another_part"),
        (HEAD, Step.PUBLISHING, Step.EDITING, "step_of_another_part"),
    ],
)
def test_an_item_goes_back_to_an_earlier_step_by_those_who_moderate(
    actor: Actor, at: Step, to: Step, expected: str
) -> None:
    article = an_article_at(at)

    assert code(article.send_back(to, "Thiếu nguồn.", actor, act=BY_DEPUTY)) == expected
    assert article.step == (at if expected else to)


def test_who_sends_an_item_back_says_why() -> None:
    assert code(a_sent_article().send_back(Step.EDITING, "", SECRETARY, act=BY_SECRETARY)) == "reason_missing"


def test_the_team_takes_back_what_is_not_cleared_yet() -> None:
    article = a_sent_article()
    assert article.recall(TEAM, act=BY_TEAM) is None
    assert article.step == Step.EDITING
    assert code(a_cleared_article().recall(TEAM, act=BY_TEAM)) == "not_at_this_step"


def test_a_second_act_of_the_same_request_is_known() -> None:
    article = a_sent_article()

    assert article.has_answered(BY_TEAM)
    assert not article.has_answered(BY_SECRETARY)

"""QC2019 Đ7.5, Đ5.2: correction and withdrawal of what is public."""

import pytest

from services.content.policy.facts import Actor, Step
from tests.builders.content import (
    BY_DEPUTY,
    BY_HEAD,
    BY_SECRETARY,
    BY_TEAM,
    DELEGATED,
    DEPUTY,
    EVERYTHING,
    HEAD,
    SECRETARY,
    STANDARDS,
    TEAM,
    a_cleared_article,
    a_content,
    a_published_article,
    a_withdrawn_article,
    an_article,
    code,
    happened,
)

NOTE = {"vi": "Sửa số liệu.", "en": "Figures corrected."}


def test_a_correction_goes_through_the_same_steps_and_becomes_the_next_edition() -> None:
    article = a_published_article()
    first, slugs = article.first_published_at, article.slugs
    assert article.begin_correction("Sai số.", NOTE, TEAM, act=BY_TEAM) is None
    assert article.revise(a_content("<p>Đúng.</p>"), TEAM, act=BY_TEAM) is None
    assert article.send(EVERYTHING, STANDARDS, TEAM, act=BY_TEAM) is None
    assert article.clear(article.content_hash, STANDARDS, SECRETARY, act=BY_SECRETARY) is None
    assert article.publish(article.content_hash, DEPUTY, act=BY_DEPUTY) is None

    assert article.edition == 2
    assert article.change_note == NOTE
    assert (article.first_published_at, article.slugs) == (first, slugs)


def test_readers_are_told_what_changed() -> None:
    assert code(a_published_article().begin_correction("Sai.", {}, TEAM, act=BY_TEAM)) == "change_note_missing"


def test_only_what_is_public_is_corrected() -> None:
    for article in (an_article(), a_cleared_article(), a_withdrawn_article()):
        assert code(article.begin_correction("Sai.", NOTE, TEAM, act=BY_TEAM)) == "not_public"


def test_a_correction_given_up_leaves_what_is_public() -> None:
    article = a_published_article()
    public = article.content_hash
    article.begin_correction("Sai.", NOTE, TEAM, act=BY_TEAM)
    article.revise(a_content("<p>Khác.</p>"), TEAM, act=BY_TEAM)

    assert article.abandon_correction(TEAM, act=BY_TEAM) is None

    assert (article.step, article.content_hash, article.edition) == (Step.PUBLISHED, public, 1)


def test_what_was_never_published_has_no_correction_to_give_up() -> None:
    assert code(an_article().abandon_correction(TEAM, act=BY_TEAM)) == "never_published"


@pytest.mark.parametrize("actor", [DEPUTY, HEAD])
def test_withdrawal_by_those_who_answer_for_content_keeps_the_text(actor: Actor) -> None:
    article = a_published_article()

    assert article.withdraw({"vi": "Sai số liệu."}, actor, act=BY_HEAD) is None

    assert article.step == Step.WITHDRAWN
    assert article.public_content == a_content().as_record()
    assert happened(article)[-1] == "Withdrawn"


@pytest.mark.parametrize("actor", [TEAM, SECRETARY, DELEGATED])
def test_others_do_not_withdraw(actor: Actor) -> None:
    refused = a_published_article().withdraw({"vi": "Sai."}, actor, act=BY_SECRETARY)

    assert code(refused) == "only_who_answers_withdraws"


def test_withdrawal_explains_and_happens_once_and_to_what_is_public() -> None:
    assert code(a_published_article().withdraw({"vi": ""}, DEPUTY, act=BY_DEPUTY)) == "explanation_missing"
    assert code(a_withdrawn_article().withdraw({"vi": "Lại."}, DEPUTY, act=BY_DEPUTY)) == "withdrawn_already"
    assert code(a_cleared_article().withdraw({"vi": "Sai."}, DEPUTY, act=BY_DEPUTY)) == "never_published"

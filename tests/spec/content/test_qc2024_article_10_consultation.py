"""QC2024 Đ10.2 and QC2019 Đ4.6: what waits for the head and the chairman, and what the head decides."""

import pytest

from services.content.policy.facts import Actor, Sensitivity, Step
from tests.builders.content import (
    BY_DEPUTY,
    BY_HEAD,
    BY_SECRETARY,
    BY_TEAM,
    DEPUTY,
    HEAD,
    SECRETARY,
    STANDARDS,
    TEAM,
    a_cleared_article,
    a_content,
    a_published_article,
    a_sent_article,
    an_article,
    code,
    happened,
)


def test_a_sensitive_item_waits_for_the_head() -> None:
    article = a_cleared_article()
    assert article.flag(Sensitivity.SENSITIVE, "Đất đai.", DEPUTY, act=BY_DEPUTY) is None
    assert code(article.publish(article.content_hash, DEPUTY, act=BY_DEPUTY)) == "waits_for_the_head"

    assert article.agree_by_the_head(article.content_hash, "Ban thống nhất.", HEAD, act=BY_HEAD) is None

    assert article.publish(article.content_hash, DEPUTY, act=BY_DEPUTY) is None


def test_the_head_agrees_only_after_the_board_was_consulted() -> None:
    article = a_cleared_article()

    assert code(article.agree_by_the_head(article.content_hash, "", HEAD, act=BY_HEAD)) == "board_view_missing"


def test_agreement_is_bound_to_the_bytes_agreed_on() -> None:
    article = a_sent_article()
    article.flag(Sensitivity.SENSITIVE, "Đất đai.", SECRETARY, act=BY_SECRETARY)
    article.agree_by_the_head(article.content_hash, "Thống nhất.", HEAD, act=BY_HEAD)
    article.revise(a_content("<p>Khác.</p>"), SECRETARY, act=BY_SECRETARY)
    article.clear(article.content_hash, STANDARDS, SECRETARY, act=BY_SECRETARY)

    assert code(article.publish(article.content_hash, DEPUTY, act=BY_DEPUTY)) == "waits_for_the_head"


def test_a_special_item_waits_for_the_chairman_even_when_the_head_agrees() -> None:
    article = a_cleared_article()
    article.flag(Sensitivity.SPECIAL, "Biên giới.", DEPUTY, act=BY_DEPUTY)
    article.agree_by_the_head(article.content_hash, "Thống nhất.", HEAD, act=BY_HEAD)
    assert code(article.publish(article.content_hash, DEPUTY, act=BY_DEPUTY)) == "waits_for_the_chairman"
    by_head = article.publish_by_the_head(article.content_hash, STANDARDS, HEAD, act=BY_HEAD)
    assert code(by_head) == "waits_for_the_chairman"

    assert article.record_opinion("01/UBND", favourable=True, actor=SECRETARY, act=BY_SECRETARY) is None

    assert article.publish(article.content_hash, DEPUTY, act=BY_DEPUTY) is None


def test_an_unfavourable_opinion_keeps_it_waiting() -> None:
    article = a_cleared_article()
    article.flag(Sensitivity.SPECIAL, "Biên giới.", DEPUTY, act=BY_DEPUTY)
    article.agree_by_the_head(article.content_hash, "Thống nhất.", HEAD, act=BY_HEAD)
    article.record_opinion("01/UBND", favourable=False, actor=DEPUTY, act=BY_DEPUTY)

    assert code(article.publish(article.content_hash, DEPUTY, act=BY_DEPUTY)) == "waits_for_the_chairman"


@pytest.mark.parametrize(
    ("number", "actor", "special", "expected"),
    [
        ("", SECRETARY, True, "opinion_number_missing"),
        ("01/UBND", TEAM, True, "only_receivers_record_opinions"),
        ("01/UBND", SECRETARY, False, "not_special"),
    ],
)
def test_an_opinion_is_a_numbered_document_on_a_special_item(
    number: str, actor: Actor, special: bool, expected: str
) -> None:
    article = a_cleared_article()
    if special:
        article.flag(Sensitivity.SPECIAL, "Biên giới.", DEPUTY, act=BY_DEPUTY)

    assert code(article.record_opinion(number, favourable=True, actor=actor, act=BY_DEPUTY)) == expected


def test_the_team_marks_up_and_only_the_standing_deputy_marks_down() -> None:
    article = an_article()
    assert article.flag(Sensitivity.SENSITIVE, "Chưa rõ.", TEAM, act=BY_TEAM) is None
    for actor in (TEAM, SECRETARY):
        down = article.flag(Sensitivity.ORDINARY, "Đã rõ.", actor, act=BY_SECRETARY)
        assert code(down) == "only_the_standing_deputy_lowers"
    assert article.flag(Sensitivity.ORDINARY, "Đã rõ.", DEPUTY, act=BY_DEPUTY) is None
    assert code(article.flag(Sensitivity.SENSITIVE, "x", HEAD, act=BY_HEAD)) == "only_moderators_flag"


@pytest.mark.parametrize("actor", [TEAM, SECRETARY, DEPUTY])
def test_only_the_head_decides_beside_the_normal_path(actor: Actor) -> None:
    article = a_sent_article()
    before = happened(article)

    refusals = [
        article.publish_by_the_head(article.content_hash, STANDARDS, actor, act=BY_DEPUTY),
        article.agree_by_the_head(article.content_hash, "Thống nhất.", actor, act=BY_DEPUTY),
        article.stop("Chưa nên.", actor, act=BY_DEPUTY),
        article.release("Được.", actor, act=BY_DEPUTY),
    ]

    assert {code(refusal) for refusal in refusals} == {"only_the_head_decides"}
    assert happened(article) == before


def test_the_head_publishes_at_any_step_and_the_event_says_under_which_clause() -> None:
    for article in (an_article(), a_sent_article(), a_cleared_article()):
        assert article.publish_by_the_head(article.content_hash, STANDARDS, HEAD, act=BY_HEAD) is None
        assert article.pending_events[-1].clause == "QC2019 Đ4.6"  # type: ignore[attr-defined]
        assert article.step == Step.PUBLISHED


def test_the_head_decides_over_the_bytes_shown_and_over_whole_items() -> None:
    article = an_article()
    changed = article.publish_by_the_head("0" * 64, STANDARDS, HEAD, act=BY_HEAD)
    bare = an_article(a_content(body=""))

    assert code(changed) == "content_changed_meanwhile"
    assert code(bare.publish_by_the_head(bare.content_hash, STANDARDS, HEAD, act=BY_HEAD)) == "body_missing"


def test_what_the_head_stopped_is_published_only_after_release() -> None:
    article = a_cleared_article()
    assert article.stop("Chưa nên.", HEAD, act=BY_HEAD) is None
    assert code(article.publish(article.content_hash, DEPUTY, act=BY_DEPUTY)) == "stopped_by_the_head"

    assert article.release("Được.", HEAD, act=BY_HEAD) is None

    assert article.publish(article.content_hash, DEPUTY, act=BY_DEPUTY) is None


def test_the_head_stops_nothing_that_is_public_already() -> None:
    assert code(a_published_article().stop("Gỡ.", HEAD, act=BY_HEAD)) == "not_at_this_step"

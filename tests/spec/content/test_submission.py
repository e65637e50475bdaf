"""QC2024 Đ10.1a, QC2019 Đ3.5: what comes in is received and decided once, with reasons."""

from dataclasses import replace
from typing import Any

import pytest

from infra.kernel import offices
from infra.kernel.ids import natural_id
from services.content.domain.submission import Submission
from services.content.policy.facts import Decision
from services.content.policy.qc2024_article_10 import CHANNELS
from tests.builders.content import (
    BY_TEAM,
    SECRETARY,
    TEAM,
    a_submission,
    an_actor,
    code,
    happened,
    what_was_received,
)

RECEIVED = what_was_received()
ARTICLE = natural_id("article", "1")


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_four_channels_are_received(channel: str) -> None:
    received = replace(RECEIVED, intake=replace(RECEIVED.intake, channel=channel))

    assert happened(a_submission(received)) == ["Recorded"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"channel": "fax"}, "channel_unknown"),
        ({"provider": ""}, "provider_missing"),
        ({"origin": ""}, "origin_missing"),
        ({"purpose": ""}, "purpose_missing"),
    ],
)
def test_nothing_is_received_without_channel_provider_origin_and_purpose(change: dict[str, Any], expected: str) -> None:
    received = replace(RECEIVED, intake=replace(RECEIVED.intake, **change))

    assert code(Submission.receive(ARTICLE, received, TEAM, act=BY_TEAM)) == expected


@pytest.mark.parametrize("capacity", sorted(offices.CAPACITIES - {offices.CONTENT_TEAM}))
def test_only_the_team_receives_and_decides(capacity: str) -> None:
    submission = a_submission()
    actor = an_actor(capacity)
    assert code(Submission.receive(ARTICLE, RECEIVED, actor, act=BY_TEAM)) == "only_the_team_receives"
    assert code(submission.accept(ARTICLE, "", actor, act=BY_TEAM)) == "only_the_team_receives"
    assert code(submission.decline("a", "b", "c", actor, act=BY_TEAM)) == "only_the_team_receives"
    assert happened(submission) == ["Recorded"]


def test_a_submission_is_decided_once() -> None:
    accepted, declined = a_submission(), a_submission()
    assert accepted.accept(ARTICLE, "", TEAM, act=BY_TEAM) is None
    assert declined.decline("Quảng cáo.", "QC2024 Đ6.8", "Thư điện tử", TEAM, act=BY_TEAM) is None

    for submission in (accepted, declined):
        assert code(submission.accept(ARTICLE, "", TEAM, act=BY_TEAM)) == "submission_decided"
        assert code(submission.decline("a", "b", "", TEAM, act=BY_TEAM)) == "submission_decided"
    assert (accepted.decision, accepted.article) == (Decision.ACCEPTED, str(ARTICLE))
    assert (declined.decision, declined.article) == (Decision.DECLINED, None)


def test_refusing_to_post_gives_reason_and_ground() -> None:
    assert code(a_submission().decline("", "Luật", "", TEAM, act=BY_TEAM)) == "reason_missing"
    assert code(a_submission().decline("Trùng.", "", "", TEAM, act=BY_TEAM)) == "ground_missing"


def test_nobody_receives_in_a_capacity_not_held() -> None:
    nobody = replace(TEAM, held=frozenset())

    assert code(Submission.receive(ARTICLE, RECEIVED, nobody, act=BY_TEAM)) == "capacity_not_held"
    assert SECRETARY.capacity not in nobody.held


def test_the_person_behind_a_submission_is_forgotten_whatever_was_decided() -> None:
    submission = a_submission(what_was_received(person_hash="ab" * 32))
    assert code(submission.erase_person("asked", SECRETARY, act=BY_TEAM)) == "only_the_team_receives"
    submission.accept(ARTICLE, "", TEAM, act=BY_TEAM)

    assert submission.erase_person("asked", TEAM, act=BY_TEAM) is None
    assert submission.erase_person("asked", TEAM, act=BY_TEAM) is None

    assert submission.person_erased
    assert submission.pending_events[-1].ground == "asked"  # type: ignore[attr-defined]
    assert happened(submission) == ["Recorded", "Accepted", "PersonErased"]


def test_law_91_2025_14_1_a_person_is_forgotten_on_a_ground_of_the_law() -> None:
    submission = a_submission(what_was_received(person_hash="ab" * 32))

    assert code(submission.erase_person("no reason", TEAM, act=BY_TEAM)) == "erasing_ground_unknown"
    assert not submission.person_erased

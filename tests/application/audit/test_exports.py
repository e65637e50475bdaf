"""Nothing leaves the audit log without a purpose, and every export is on record."""

import json
from uuid import UUID

import pytest

from infra.kernel.authority import Authority
from infra.kernel.offices import HEAD, REVIEWER, SECRETARY, STANDING_DEPUTY
from infra.kernel.verdicts import Accepted, Refusal
from services.audit.domain.export import Export
from services.audit.policy.qc2024_article_6 import SHORTEST_PURPOSE
from tests.builders.audit import MemoryAudit, account_of, an_act

EXPORT = UUID(int=1)
PURPOSE = "Đoàn kiểm tra quý IV"
CRITERIA = {"office": "secretary", "since": "2026-11-01T00:00:00+07:00"}


def test_qc2024_6_7_an_export_with_a_purpose_is_recorded_with_all_that_it_took() -> None:
    audit = MemoryAudit()

    verdict = audit.export(EXPORT, f"  {PURPOSE} ", "csv", CRITERIA, 42, act=an_act())

    assert verdict == Accepted(EXPORT, 1, 1)
    ((topic, state),) = audit.states()
    event = json.loads(state)
    assert topic == "audit.export.made"
    assert (event["purpose"], event["file_format"], event["entries"]) == (PURPOSE, "csv", 42)
    assert event["criteria"] == CRITERIA
    assert event["clause"] == "QC2024 Đ6.7"
    assert event["act"]["account"] == event["taken_by"] == str(account_of(REVIEWER))


@pytest.mark.parametrize("purpose", ["", "   ", "x" * (SHORTEST_PURPOSE - 1)])
def test_qc2024_6_7_without_a_purpose_nothing_is_exported_and_nothing_recorded(purpose: str) -> None:
    audit = MemoryAudit()

    refused = audit.export(EXPORT, purpose, "csv", {}, 42, act=an_act())

    assert isinstance(refused, Refusal)
    assert (refused.clause, refused.code, refused.about) == ("QC2024 Đ6.7", "purpose_missing", "purpose")
    assert audit.states() == []


def test_qc2024_6_7_the_shortest_purpose_is_accepted() -> None:
    assert isinstance(MemoryAudit().export(EXPORT, "x" * SHORTEST_PURPOSE, "csv", {}, 1, act=an_act()), Accepted)


@pytest.mark.parametrize("capacity", [HEAD, STANDING_DEPUTY, REVIEWER])
def test_qc2024_19_1_those_charged_with_inspecting_may_export(capacity: str) -> None:
    assert isinstance(MemoryAudit().export(EXPORT, PURPOSE, "json", {}, 1, act=an_act(capacity)), Accepted)


def test_qc2024_19_1_somebody_else_who_tries_is_refused_and_that_is_recorded_once() -> None:
    audit = MemoryAudit()

    refused = audit.export(EXPORT, PURPOSE, "csv", {}, 42, act=an_act(SECRETARY))
    again = audit.export(EXPORT, PURPOSE, "csv", {}, 42, act=an_act(SECRETARY))

    assert isinstance(refused, Refusal)
    assert refused == again
    assert (refused.clause, refused.code) == ("QC2024 Đ19.1", "not_an_inspector")
    ((topic, state),) = audit.states()
    assert topic == "audit.attempt.refused"
    assert (json.loads(state)["command"], json.loads(state)["code"]) == ("export", "not_an_inspector")


def test_qc2024_19_1_an_office_that_is_not_held_does_not_inspect() -> None:
    refused = MemoryAudit(Authority()).export(EXPORT, PURPOSE, "csv", {}, 42, act=an_act(REVIEWER))

    assert isinstance(refused, Refusal)
    assert refused.code == "not_an_inspector"


def test_an_export_asked_for_twice_is_recorded_once() -> None:
    audit = MemoryAudit()
    audit.export(EXPORT, PURPOSE, "csv", CRITERIA, 42, act=an_act())

    again = audit.export(EXPORT, PURPOSE, "csv", CRITERIA, 43, act=an_act())

    assert again == Accepted(EXPORT, 1, 0)
    assert len(audit.states()) == 1
    assert audit.load(Export, EXPORT).entries == 42

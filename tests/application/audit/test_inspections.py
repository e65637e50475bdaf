"""Who inspects is on record, with what was found."""

import json
from uuid import UUID

from infra.kernel.offices import SECRETARY
from infra.kernel.verdicts import Accepted, Refusal
from services.audit.domain.inspection import MOST_NAMED
from tests.builders.audit import MemoryAudit, an_act

INSPECTION = UUID(int=2)


def test_qc2024_19_1_an_inspection_that_found_nothing_is_recorded_as_intact() -> None:
    audit = MemoryAudit()

    assert audit.admit("inspect", act=an_act()) is None
    assert isinstance(audit.finish_inspection(INSPECTION, 7, bytes(32), [], act=an_act()), Accepted)

    ((topic, state),) = audit.states()
    event = json.loads(state)
    assert topic == "audit.inspection.finished"
    assert (event["intact"], event["entries"], event["root"], event["found"]) == (True, 7, "00" * 32, [])


def test_qc2024_6_5_what_an_inspection_found_is_recorded_and_long_lists_are_cut() -> None:
    audit = MemoryAudit()

    audit.finish_inspection(INSPECTION, 7, bytes(32), [f"content/{n} changed" for n in range(99)], act=an_act())

    event = json.loads(audit.states()[0][1])
    assert event["intact"] is False
    assert event["found"][0] == "content/0 changed"
    assert len(event["found"]) == MOST_NAMED


def test_qc2024_19_1_somebody_else_cannot_begin_an_inspection_and_the_attempt_is_recorded() -> None:
    audit = MemoryAudit()

    refused = audit.admit("inspect", act=an_act(SECRETARY))

    assert isinstance(refused, Refusal)
    assert refused.on_authority
    assert [topic for topic, _ in audit.states()] == ["audit.attempt.refused"]

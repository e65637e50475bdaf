"""Who orders an audit pack for what is recorded before anything is made, and refused where nothing is allowed."""

from dataclasses import replace

import pytest

from infra.kernel.ids import natural_id
from infra.kernel.offices import HEAD, REVIEWER, SECRETARY, STANDING_DEPUTY
from infra.kernel.verdicts import Accepted, Refusal
from services.audit.application import Order
from services.audit.domain.pack import Contents
from services.audit.policy.purposes import PURPOSES, Named
from tests.builders.audit import MemoryAudit, account_of, an_act

ORDER = Order("inspection", "Kiểm tra quý IV năm 2026", {"kind": "content"}, named=True, entries=42, root="ab" * 32)
PACK = natural_id("pack")
CONTENTS = Contents(events=8, people=3, size=1_000, sha256="cd" * 32, entries=43, root="ef" * 32)


@pytest.mark.parametrize("capacity", [REVIEWER, HEAD, STANDING_DEPUTY])
def test_qc2024_6_7_whoever_inspects_orders_a_pack_and_that_is_recorded_with_all_that_it_takes(capacity: str) -> None:
    audit = MemoryAudit()

    verdict = audit.order_pack(PACK, ORDER, act=an_act(capacity))

    assert isinstance(verdict, Accepted)
    ordered = audit.ordered_pack(PACK)
    assert ordered is not None
    assert (ordered.order, ordered.taken_by, ordered.capacity) == (ORDER, str(account_of(capacity)), capacity)
    assert ordered.sha256 == ""


def test_qc2024_19_1_somebody_else_who_tries_is_refused_and_that_is_recorded() -> None:
    audit = MemoryAudit()

    verdict = audit.order_pack(PACK, ORDER, act=an_act(SECRETARY))

    assert isinstance(verdict, Refusal)
    assert (verdict.code, verdict.on_authority) == ("not_an_inspector", True)
    assert [topic for topic, _ in audit.states()] == ["audit.attempt.refused"]


def test_a_pack_ordered_twice_is_recorded_once() -> None:
    audit = MemoryAudit()

    for _ in range(2):
        audit.order_pack(PACK, ORDER, act=an_act())

    assert [topic for topic, _ in audit.states()] == ["audit.pack.ordered"]


@pytest.mark.parametrize("ground", sorted(PURPOSES))
def test_qc2024_6_7_names_stand_in_a_pack_only_where_its_purpose_needs_them(ground: str) -> None:
    order = replace(ORDER, ground=ground, criteria={"account": str(account_of("editor1"))})

    named = MemoryAudit().order_pack(PACK, order, act=an_act())
    bare = MemoryAudit().order_pack(PACK, replace(order, named=False), act=an_act())

    assert isinstance(named, Refusal) == (PURPOSES[ground].names is Named.NOBODY)
    assert isinstance(bare, Accepted)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (replace(ORDER, ground="curiosity"), "ground_unknown"),
        (replace(ORDER, purpose="cần gấp"), "purpose_missing"),
        (replace(ORDER, ground="own-data"), "person_missing"),
        (replace(ORDER, entries=0, root=""), "nothing_logged"),
    ],
)
def test_a_pack_that_may_not_be_made_is_refused_and_nothing_is_recorded(order: Order, code: str) -> None:
    audit = MemoryAudit()

    verdict = audit.order_pack(PACK, order, act=an_act())

    assert isinstance(verdict, Refusal)
    assert verdict.code == code
    assert audit.states() == []


def test_sealing_records_the_bytes_and_the_same_bytes_once() -> None:
    audit = MemoryAudit()
    audit.order_pack(PACK, ORDER, act=an_act())

    for request in ("once", "twice"):
        audit.seal_pack(PACK, CONTENTS, act=an_act(request=request))

    ordered = audit.ordered_pack(PACK)
    assert ordered is not None
    assert ordered.sha256 == CONTENTS.sha256
    assert [topic for topic, _ in audit.states()] == ["audit.pack.ordered", "audit.pack.sealed"]

"""Packs are made one after another, begun again by another maker when theirs has died, and removed when their time is over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pymongo import MongoClient

from infra.event_store import EVENTS, LogReader, create_log
from infra.kernel.act import Act
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted
from infra.messaging.envelope import Envelope
from infra.messaging.errors import RpcUnavailable
from services.audit.application import AuditApplication, Order
from services.audit.bootstrap import AUDITED, PACKS, SECRETS, Desk, desk_over, hearing_over, logs_over
from services.audit.log.key import signer
from services.audit.packs.making import MOST_TRIES, PackMaker
from services.audit.packs.selection import Selection
from services.audit.packs.shelf import KEPT, SILENT, Kept, Shelf, Stage
from services.audit.packs.states import States
from services.audit.packs.writing import PackWriter, Sources
from services.audit.reactions import Listening
from services.board.messages import PersonRecord
from tests.builders.audit import MORNING, REVIEWERS, Telling, a_story, account_of
from tests.builders.audit_office import store

pytestmark = pytest.mark.servers

EDITOR = str(account_of("editor1"))


@dataclass
class Workshop:
    """A desk over a log with a story in it, whose maker has a clock of the test's own and asks this board for people."""

    desk: Desk
    application: AuditApplication
    listening: Listening
    admin: MongoClient[dict[str, Any]]
    prefix: str
    now: datetime = MORNING
    away: bool = False
    meanwhile: Callable[[], object] | None = None

    def records_of(self, accounts: Sequence[UUID]) -> Sequence[PersonRecord]:
        if self.away:
            raise RpcUnavailable("nobody answers")
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()
        return [PersonRecord(str(account), {"name": "Vũ Ngọc Lan"}, "00" * 16, "ab" * 32) for account in accounts]

    @property
    def maker(self) -> PackMaker:
        logs, selection = self.desk.logs, Selection(self.desk.queries)
        writer = PackWriter(Sources(logs.entries, States(logs.services), selection, logs.verifier, self.records_of))
        return PackMaker(self.desk.shelf, self.application, writer, lambda: self.now)

    def order(self, *, named: bool = False, number: str = "1", arrives: bool = True) -> UUID:
        signed = self.desk.proving.signed()
        assert signed is not None
        act = Act(account_of("reviewer"), "reviewer", self.now, natural_id("order", number))
        pack = natural_id("test.pack", number)
        size, root = signed.checkpoint.size, signed.checkpoint.root.hex()
        order = Order("inspection", "Kiểm tra quý IV", {"kind": "content"}, named, size, root)
        assert isinstance(self.application.order_pack(pack, order, act=act), Accepted)
        self.desk.shelf.put(pack, str(act.account), act.at)
        if arrives:
            self.hear()
        return pack

    def hear(self) -> None:
        """Let the audit service's own events arrive, as the bus would."""
        entries = LogReader(self.admin[f"{self.prefix}_audit_log"][EVENTS]).page(0)
        self.listening.react([Envelope.from_entry("audit", entry) for entry in entries])

    def kept(self, pack: UUID) -> Kept:
        kept = self.desk.shelf.get(pack)
        assert kept is not None
        return kept

    def sealed(self) -> int:
        events = self.admin[f"{self.prefix}_audit_log"][EVENTS]
        return events.count_documents({"e.t": "audit.pack.sealed"})


@pytest.fixture
def workshop(mongo_admin: MongoClient[dict[str, Any]], prefix: str, tmp_path: Path) -> Workshop:
    logs = {service: mongo_admin[f"{prefix}_{service}_log"] for service in AUDITED}
    for log in logs.values():
        create_log(log)
    opened = logs_over(logs, f"{prefix}/audit-log", tmp_path)
    shelf = Shelf(mongo_admin[f"{prefix}_audit"], tmp_path / PACKS)
    signs = signer(f"{prefix}/audit-log", tmp_path / SECRETS)
    hearing = hearing_over(logs["audit"], shelf, opened, signs, lambda _: [])
    desk = desk_over(logs["audit"], shelf, opened, lambda _: [])
    telling = Telling()
    a_story(telling)
    store(logs["content"], telling)
    hearing.listening.react(telling.told)
    return Workshop(desk, AuditApplication(logs["audit"], lambda: REVIEWERS), hearing.listening, mongo_admin, prefix)


def test_packs_are_made_in_the_order_in_which_they_were_asked_for(workshop: Workshop) -> None:
    first, second = workshop.order(number="1"), workshop.order(number="2")

    assert workshop.maker.step()

    assert [workshop.kept(pack).stage for pack in (first, second)] == [Stage.READY, Stage.WAITING]
    assert workshop.maker.step()
    assert not workshop.maker.step()


def test_a_pack_waits_until_its_order_has_arrived_in_the_log_which_it_is_to_prove(workshop: Workshop) -> None:
    pack = workshop.order(arrives=False)
    for _ in range(MOST_TRIES + 1):
        assert not workshop.maker.step()
    assert workshop.kept(pack).stage is Stage.WAITING

    workshop.hear()

    assert workshop.maker.step()
    assert workshop.kept(pack).stage is Stage.READY


def test_what_a_process_that_died_has_begun_is_begun_again_after_its_silence(workshop: Workshop) -> None:
    pack = workshop.order()
    dead = workshop.desk.shelf.take(workshop.now)
    assert dead is not None
    left = workshop.desk.shelf.draft(dead)
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half of it")

    assert not workshop.maker.step(), "somebody is still at it"
    workshop.now += SILENT + timedelta(seconds=1)
    assert workshop.maker.step()

    assert workshop.kept(pack).stage is Stage.READY
    assert not left.exists()


def test_a_maker_that_was_taken_for_dead_does_not_put_its_pack_over_the_new_one(workshop: Workshop) -> None:
    pack = workshop.order()
    slow = workshop.desk.shelf.take(workshop.now)
    assert slow is not None
    workshop.now += SILENT + timedelta(seconds=1)
    workshop.maker.step()

    assert not workshop.desk.shelf.tell(slow, 1, 2, workshop.now)
    assert workshop.kept(pack).stage is Stage.READY


def test_a_pack_that_was_sealed_and_not_offered_is_offered_with_what_was_sealed(workshop: Workshop) -> None:
    pack = workshop.order()
    workshop.maker.step()
    packs = workshop.desk.store["packs"]
    packs.update_one({"_id": pack}, {"$set": {"stage": Stage.MAKING, "heard_at": workshop.now}})
    workshop.now += SILENT + timedelta(seconds=1)

    workshop.maker.step()

    assert workshop.kept(pack).stage is Stage.READY
    assert workshop.sealed() == 1, "the same bytes are sealed once"


def test_after_its_time_a_pack_is_removed_and_says_so(workshop: Workshop) -> None:
    pack = workshop.order()
    workshop.maker.step()
    workshop.now += KEPT - timedelta(seconds=1)
    workshop.maker.step()
    assert workshop.desk.shelf.path(pack).exists()

    workshop.now += timedelta(seconds=1)
    workshop.maker.step()

    assert not workshop.desk.shelf.path(pack).exists()
    assert (workshop.kept(pack).stage, workshop.kept(pack).why) == (Stage.REMOVED, "expired")


def test_a_pack_that_names_somebody_is_removed_when_that_person_is_erased_and_others_stay(workshop: Workshop) -> None:
    named, bare = workshop.order(named=True, number="1"), workshop.order(number="2")
    while workshop.maker.step():
        pass

    assert workshop.desk.shelf.forget(EDITOR) == 1

    assert (workshop.kept(named).stage, workshop.kept(named).why) == (Stage.REMOVED, "erased")
    assert not workshop.desk.shelf.path(named).exists()
    assert workshop.kept(bare).stage is Stage.READY


def test_somebody_erased_while_the_pack_is_made_makes_it_begin_again_without_the_name(workshop: Workshop) -> None:
    pack = workshop.order(named=True)
    workshop.meanwhile = lambda: workshop.desk.shelf.forget(EDITOR)

    workshop.maker.step()

    assert workshop.kept(pack).stage is Stage.WAITING
    assert list(workshop.desk.shelf.path(pack).parent.iterdir()) == []
    assert workshop.sealed() == 0
    assert workshop.maker.step()
    assert workshop.kept(pack).stage is Stage.READY


def test_a_pack_whose_making_fails_again_and_again_is_given_up_and_holds_up_no_other(workshop: Workshop) -> None:
    first, second = workshop.order(named=True, number="1"), workshop.order(number="2")

    def crash() -> None:
        raise ZeroDivisionError

    for _ in range(MOST_TRIES):
        workshop.meanwhile = crash
        with pytest.raises(ZeroDivisionError):
            workshop.maker.step()
        workshop.now += SILENT + timedelta(seconds=1)
    while workshop.maker.step():
        pass

    assert (workshop.kept(first).stage, workshop.kept(first).why) == (Stage.FAILED, "crashed")
    assert workshop.kept(second).stage is Stage.READY


def test_while_the_board_is_away_a_pack_with_names_is_not_made_and_one_without_is(workshop: Workshop) -> None:
    named, bare = workshop.order(named=True, number="1"), workshop.order(number="2")
    workshop.away = True

    while workshop.maker.step():
        pass

    assert (workshop.kept(named).stage, workshop.kept(named).why) == (Stage.FAILED, "away")
    assert workshop.kept(bare).stage is Stage.READY

"""Who could have acted at an instant follows from what the board's log said until then, and from nothing later."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from infra.event_store import LogEntry
from infra.kernel.canonical import canonical_json
from infra.kernel.offices import SECRETARY, STANDING_DEPUTY
from infra.kernel.powers import Deed
from services.audit.powers import Powers, ways
from services.board import messages as board
from services.content.messages import DEEDS
from tests.builders.audit import MORNING, Telling, account_of

DAY = timedelta(days=1)
PUBLISH = next(deed for deed in DEEDS if deed.command == "publish")
CLEAR = next(deed for deed in DEEDS if deed.command == "clear")
OLD, NEW = account_of("old"), account_of("new")


class BoardTold(Telling):
    """A board that tells events at instants of the test's choice, and can be read like its log."""

    def __init__(self) -> None:
        super().__init__("board")

    def on(self, at: datetime) -> "BoardTold":
        self._at = at
        return self

    def appoint(self, capacity: str, account: UUID, since: datetime, number: int = 1) -> None:
        facts = {"capacity": capacity, "account": str(account), "since": since.isoformat(), "until": None}
        decided = {"decision": f"{number}/QĐ", "decided_on": "2026-11-01", "appointment": f"{capacity}-{number}"}
        self.tell(board.OFFICE_APPOINTED, UUID(int=1), "head", **facts, **decided, clause="QD2461 Đ1")

    def release(self, capacity: str, account: UUID, until: datetime, number: int = 1) -> None:
        facts = {"capacity": capacity, "account": str(account), "until": until.isoformat()}
        decided = {"decision": "9/QĐ", "decided_on": "2026-11-01", "appointment": f"{capacity}-{number}"}
        self.tell(board.OFFICE_RELEASED, UUID(int=1), "head", **facts, **decided)

    def delegate(self, since: datetime, until: datetime) -> None:
        facts = {"giver": STANDING_DEPUTY, "receiver": SECRETARY, "scope": "publish", "number": "12/QĐ-STTTT"}
        times = {"since": since.isoformat(), "until": until.isoformat(), "decided_on": "2026-11-01"}
        self.tell(board.DELEGATION_GIVEN, UUID(int=2), STANDING_DEPUTY, **facts, **times)

    def head(self) -> int:
        return len(self.told)

    def select(self, after: int, limit: int, until: int | None, topics: Sequence[str] = ()) -> list[LogEntry]:
        found = [e for e in self.told if after < e.position <= (until or 0) and (not topics or e.topic in topics)]
        return [LogEntry(e.position, e.subject, e.version, e.topic, canonical_json(e.data)) for e in found[:limit]]


def able(told: BoardTold, deed: Deed, at: datetime, sender: str = "") -> list[str]:
    found = ways(deed, Powers(told).at(at), "", sender)
    return [person.mandate.account for way in found if way.open for person in way.people if not person.barred]


def a_board() -> BoardTold:
    told = BoardTold()
    told.on(MORNING).appoint(SECRETARY, OLD, MORNING)
    return told


def test_a_holder_could_act_from_the_first_instant_of_the_term_and_not_before() -> None:
    told = a_board()

    assert able(told, CLEAR, MORNING) == [str(OLD)]
    assert able(told, CLEAR, MORNING - timedelta.resolution) == []


def test_at_the_instant_a_term_ends_its_holder_could_act_no_more() -> None:
    told = a_board()
    told.on(MORNING + DAY).release(SECRETARY, OLD, MORNING + DAY)
    told.appoint(SECRETARY, NEW, MORNING + DAY, 2)

    assert able(told, CLEAR, MORNING + DAY - timedelta.resolution) == [str(OLD)]
    assert able(told, CLEAR, MORNING + 2 * DAY) == [str(NEW)]


def test_what_was_registered_only_afterwards_gave_nobody_a_right_at_the_instant_and_is_told_apart() -> None:
    told = BoardTold()
    told.on(MORNING + 5 * DAY).appoint(SECRETARY, NEW, MORNING)
    powers = Powers(told)

    assert able(told, CLEAR, MORNING + DAY) == []
    assert [mandate.account for mandate in powers.registered_later(MORNING + DAY)] == [str(NEW)]


def test_a_term_cut_later_with_effect_before_was_still_a_right_at_the_instant() -> None:
    told = a_board()
    told.on(MORNING + 5 * DAY).release(SECRETARY, OLD, MORNING + DAY)

    assert able(told, CLEAR, MORNING + 2 * DAY) == [str(OLD)]


def test_the_secretary_could_publish_while_a_delegation_was_in_force_and_not_after_it() -> None:
    told = a_board()
    told.delegate(MORNING + DAY, MORNING + 2 * DAY)

    assert able(told, PUBLISH, MORNING + DAY) == [str(OLD)]
    assert able(told, PUBLISH, MORNING + 2 * DAY) == []
    way = next(way for way in ways(PUBLISH, Powers(told).at(MORNING + DAY)) if way.power.on_behalf_of)
    assert way.delegation is not None
    assert way.delegation.number == "12/QĐ-STTTT"


def test_qc2024_10_1b_whoever_did_step_1_of_the_item_could_not_clear_it() -> None:
    assert able(a_board(), CLEAR, MORNING, sender=str(OLD)) == []


def test_whose_account_was_suspended_could_not_act_until_it_was_restored() -> None:
    told = a_board()
    told.on(MORNING + DAY).tell(board.ACCOUNT_SUSPENDED, OLD, "technical-team", ground="idle")
    told.on(MORNING + 2 * DAY).tell(board.ACCOUNT_RESTORED, OLD, "technical-team")

    found = [able(told, CLEAR, MORNING + days * DAY / 2) for days in (1, 2, 3, 4)]

    assert found == [[str(OLD)], [], [], [str(OLD)]]


def test_a_person_who_was_erased_since_could_act_then_and_is_known_as_erased() -> None:
    told = a_board()
    told.on(MORNING + DAY).tell(board.ACCOUNT_PERSON_ERASED, OLD, "technical-team")

    assert able(told, CLEAR, MORNING) == [str(OLD)]
    assert Powers(told).erased() == {str(OLD)}


def test_an_answer_takes_in_what_the_log_has_gained_since_the_last_one() -> None:
    told = a_board()
    powers = Powers(told)
    assert powers.at(MORNING + DAY).holding(STANDING_DEPUTY) == ()

    told.on(MORNING).appoint(STANDING_DEPUTY, NEW, MORNING)

    assert [mandate.account for mandate in powers.at(MORNING + DAY).holding(STANDING_DEPUTY)] == [str(NEW)]

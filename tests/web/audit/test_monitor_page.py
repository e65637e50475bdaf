"""What the page says of the monitor's word: intact up to where, what was found, or why nothing is proven."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.audit.log.differences import Difference, Kind
from services.audit.log.verification import NO_WITNESS, Answer
from services.audit.watch.memory import Memory
from services.audit.watch.standing import WORD_IS_GOOD, Progress, Remembering, Standing
from tests.web.audit.conftest import Office

pytestmark = pytest.mark.servers

PAGE = "/audit/verification/monitor"


@pytest.fixture
def memory(office: Office) -> Iterator[Memory]:
    """What the monitor of this office remembers, which is nothing."""
    memory = Memory(office.audit.desk.store, office.audit.desk.logs.seal)
    yield memory
    memory._kept.delete_many({})


def read(office: Office) -> str:
    """The page in English."""
    reviewer = office.signed_in("reviewer")
    reviewer.get("/audit/acts?lang=en")
    return reviewer.get(PAGE).text


def a_word(office: Office, state: Answer, reasons: tuple[str, ...] = (), findings: int = 0, age: int = 0) -> Standing:
    heard = office.audit.clock() - timedelta(seconds=age)
    return Standing(
        state=state,
        reasons=reasons,
        size=12_345,
        root="ab" * 32,
        checked_at=heard - timedelta(seconds=4),
        heard_at=heard,
        valid_until=heard + WORD_IS_GOOD,
        turn_seconds=3.2,
        turn=Progress(heard, 600, 12_345),
        lag={"content": 2},
        findings=findings,
        witnesses=(Remembering("checkpoint", 12_345, ""), Remembering("/mnt/elsewhere", 9, "unreachable")),
    )


def test_an_intact_log_is_said_to_be_so_up_to_its_last_entry(office: Office, memory: Memory) -> None:
    memory.say(a_word(office, Answer.INTACT))

    said = read(office)

    assert "Intact up to entry 12,345" in said
    assert "Everything was last read 4 s ago." in said
    assert "2 events have not arrived yet" in said
    assert "cannot be reached" in said


@pytest.mark.parametrize(
    ("state", "reasons", "age", "told"),
    [
        (Answer.UNPROVEN, (NO_WITNESS,), 0, "No checkpoint is kept outside the database"),
        (Answer.INTACT, (), 60, "The monitor has not been heard"),
    ],
)
def test_what_is_not_known_is_not_called_intact(
    office: Office, memory: Memory, state: Answer, reasons: tuple[str, ...], age: int, told: str
) -> None:
    memory.say(a_word(office, state, reasons, age=age))

    said = read(office)

    assert "Nothing is proven now" in said
    assert told in said
    assert "Intact" not in said


def test_without_a_monitor_nothing_is_proven(office: Office, memory: Memory) -> None:
    assert memory.said() is None

    assert "No monitor has ever watched the logs." in read(office)


def test_findings_are_shown_with_their_place_and_whether_they_are_still_there(office: Office, memory: Memory) -> None:
    now = office.audit.clock()
    gone, there = Difference("witness:journal", 11, Kind.LOST), Difference("content", 4, Kind.CHANGED)
    memory.found([gone, there], now)
    memory.found([there], now)
    memory.say(a_word(office, Answer.TAMPERED, findings=2))

    said = read(office)

    assert "2 findings" in said
    assert 'href="/audit/acts/content/4"' in said
    for words in (
        "was changed",
        "still there",
        "kept checkpoint of 11 entries",
        "is no longer kept",
        "gone, not checked",
    ):
        assert words in said


def test_a_check_that_finds_nothing_closes_what_is_gone(office: Office, memory: Memory) -> None:
    memory.found([Difference("content", 4, Kind.CHANGED)], office.audit.clock())
    memory.found([], office.audit.clock())
    assert memory.open() == 1

    memory.acknowledge(office.audit.clock())

    assert memory.open() == 0
    assert len(memory.findings(10)) == 1


def test_only_those_who_inspect_see_it(office: Office) -> None:
    assert office.signed_in("editor1").get(PAGE).status_code == 403

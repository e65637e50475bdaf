"""Who was erased stays erased: what a restored log tells of erasures is done again to the restored records."""

import pytest
from eventsourcing.persistence import StoredEvent

from infra.backup.erasing import erase_again, erased_records
from infra.backup.stores import Stores
from infra.event_store import EVENTS
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import natural_id
from infra.read_store.people import People
from services.board import messages as board
from services.board.application.people import collaborator_key, password_key, person_key
from services.content import intake
from services.content import messages as content
from tests.integration.backup.conftest import SERVICES

pytestmark = pytest.mark.servers

ERASED, STAYS = natural_id("test", "erased"), natural_id("test", "stays")


def tell(stores: Stores, service: str, topic: str) -> None:
    """Write into a log that one person is erased, after another event and together with a third."""
    log = LogRecorder(stores.collection(f"{service}_log", EVENTS))
    other = natural_id("other", topic)
    log.insert_events([StoredEvent(STAYS, log.max_notification_id() or 1, f"{service}.thing.begun", b"{}")])
    log.insert_events([StoredEvent(other, 1, f"{service}.thing.begun", b"{}"), StoredEvent(ERASED, 9, topic, b"{}")])


@pytest.mark.parametrize(
    ("service", "topic", "keys"),
    [
        ("board", board.ACCOUNT_PERSON_ERASED, (person_key, password_key)),
        ("board", board.COLLABORATOR_PERSON_ERASED, (collaborator_key,)),
        ("content", content.SUBMISSION_PERSON_ERASED, (intake.person_key,)),
    ],
)
def test_records_that_came_into_the_backup_before_their_erasure_are_erased_again(
    province: Stores, service: str, topic: str, keys: tuple[object, ...]
) -> None:
    people = [People(province.client[f"{province.prefix}_{each}"]) for each in SERVICES]
    for each in people:
        for key in keys:
            each.put(key(ERASED), {"name": "Nguyễn Thị A"})  # type: ignore[operator]
            each.put(key(STAYS), {"name": "Trần Văn B"})  # type: ignore[operator]
    tell(province, service, topic)

    erased = erase_again(province, erased_records(SERVICES))

    assert erased == len(people) * len(keys)
    for each in people:
        for key in keys:
            assert each.get(key(ERASED)) is None  # type: ignore[operator]
            assert each.name_of(key(STAYS)) == "Trần Văn B"  # type: ignore[operator]


def test_every_event_of_an_erasure_says_which_records_it_ends() -> None:
    topics = {topic for module in (board, content) for name, topic in vars(module).items() if name.endswith("_ERASED")}

    assert topics
    assert topics == set(erased_records(SERVICES))


def test_where_nobody_was_erased_nothing_is(province: Stores) -> None:
    people = People(province.client[f"{province.prefix}_board"])
    people.put(str(STAYS), {"name": "Trần Văn B"})

    assert erase_again(province, erased_records(SERVICES)) == 0
    assert people.name_of(str(STAYS)) == "Trần Văn B"

"""Every event of the board that was ever stored can be read for ever, and is spelled as it was."""

import json
from inspect import getmembers, isclass
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from eventsourcing.persistence import Mapper, StoredEvent

from infra.event_store.transcoder import CanonicalTranscoder
from infra.kernel.aggregate import Aggregate, Event
from infra.kernel.canonical import canonical_json
from services.board import messages
from services.board.domain.account import Account
from services.board.domain.attempt import Attempt
from services.board.domain.board import Board
from services.board.domain.collaborator import Collaborator
from services.board.domain.delegation import Delegation
from services.board.domain.office import Office
from services.board.domain.team import Team

AGGREGATES: tuple[type[Aggregate], ...] = (Account, Attempt, Board, Collaborator, Delegation, Office, Team)
GOLDEN = sorted(Path(__file__).parent.glob("*.json"))
SUBJECT = uuid5(UUID(int=1), "a subject")


def _topics() -> set[str]:
    return {event.TOPIC for aggregate in AGGREGATES for event in _events(aggregate)}


def _events(aggregate: type[Aggregate]) -> list[type[Event]]:
    nested = (value for name, value in getmembers(aggregate, isclass) if name != "Event")
    return [value for value in nested if issubclass(value, Event)]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_stored_event_loads_and_is_spelled_again_byte_for_byte(golden: Path) -> None:
    stored = canonical_json(json.loads(golden.read_text()))
    topic = golden.stem.rpartition(".v")[0]
    mapper: Mapper[UUID] = Mapper(CanonicalTranscoder())

    event = mapper.to_domain_event(StoredEvent(SUBJECT, 1, topic, stored))

    assert mapper.to_stored_event(event).state == stored


def test_every_event_has_a_golden_file() -> None:
    assert {path.stem.rpartition(".v")[0] for path in GOLDEN} == _topics()


def test_the_topics_told_to_others_are_those_of_the_events() -> None:
    told = {value for name, value in vars(messages).items() if isinstance(value, str) and value.startswith("board.")}

    assert told == _topics() - {Attempt.Refused.TOPIC}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_the_change_in_who_may_act_can_be_read_from_every_stored_event(golden: Path) -> None:
    topic = golden.stem.rpartition(".v")[0]

    changes = messages.authority_changes(topic, SUBJECT, json.loads(golden.read_text()))

    assert all(isinstance(change.row, str) and change.fields for change in changes)

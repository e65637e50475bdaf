"""Every event enters the log once, in order, whatever is delivered twice, late or by two processes at once."""

from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from services.audit.log.appender import Appender, PositionGap
from services.audit.log.checkpoint import Signer
from services.audit.log.entries import EntryLog
from services.audit.log.leaf import Leaf, leaf_of
from services.audit.log.proofs import includes, inclusion
from services.audit.log.tree import Frontier
from services.audit.log.witness import Witness

pytestmark = pytest.mark.servers


def leaves(service: str, first: int, last: int) -> list[Leaf]:
    return [
        leaf_of(service, position, f"{service}.article.cleared", UUID(int=7), position, str(position).encode())
        for position in range(first, last + 1)
    ]


def names(log: EntryLog) -> list[str]:
    return [entry.leaf.entry for entry in log.each()]


def test_entries_are_numbered_in_the_order_of_their_arrival(appender: Appender, log: EntryLog) -> None:
    appender.append(leaves("board", 1, 2))
    appender.append(leaves("content", 1, 1))

    assert [(entry.index, entry.leaf.entry) for entry in log.each()] == [
        (0, "board/1"),
        (1, "board/2"),
        (2, "content/1"),
    ]


def test_the_tree_kept_with_the_entries_is_the_one_over_their_leaves(appender: Appender, log: EntryLog) -> None:
    for first in range(1, 22, 3):
        appender.append(leaves("board", first, first + 2))

    all_leaves = [leaf.hash for leaf in leaves("board", 1, 21)]
    assert all(log.root(size) == Frontier.over(all_leaves[:size]).root() for size in range(22))


def test_every_batch_ends_with_a_signed_checkpoint(appender: Appender, log: EntryLog, signs: Signer) -> None:
    appender.append(leaves("board", 1, 3))

    size, note = log.latest_checkpoint() or (0, "")
    checkpoint = signs.verifier.checkpoint(note)

    assert (size, checkpoint.size, checkpoint.root) == (3, 3, log.root(3))


def test_the_last_checkpoint_is_remembered_outside_the_database(
    appender: Appender, log: EntryLog, witness: Witness
) -> None:
    assert witness.checkpoint() is None

    appender.append(leaves("board", 1, 3))

    remembered = witness.checkpoint()
    assert remembered is not None
    assert (remembered.size, remembered.root) == (3, log.root(3))


def test_an_empty_log_has_no_checkpoint(log: EntryLog) -> None:
    assert log.latest_checkpoint() is None
    assert log.size() == 0
    assert log.entry(0) is None


def test_an_entry_is_proved_from_what_is_kept(appender: Appender, log: EntryLog) -> None:
    appender.append(leaves("board", 1, 11))

    spans = inclusion(4, 11)
    hashes = log.hashes([node for span in spans for node in span.nodes])

    path = [span.hash(hashes) for span in spans]
    assert includes(log.root(11), 11, 4, leaves("board", 5, 5)[0].hash, path)


def test_what_is_delivered_twice_is_entered_once(appender: Appender, log: EntryLog) -> None:
    assert appender.append(leaves("board", 1, 3)) == 3

    assert appender.append(leaves("board", 2, 5)) == 2
    assert appender.append(leaves("board", 1, 5)) == 0
    assert names(log) == [f"board/{position}" for position in range(1, 6)]


def test_an_event_that_came_too_early_is_not_entered(appender: Appender, log: EntryLog) -> None:
    appender.append(leaves("board", 1, 1))

    with pytest.raises(PositionGap, match="board/3 came where board/2 was due"):
        appender.append(leaves("board", 3, 4))

    assert log.size() == 1


def test_a_new_process_goes_on_where_the_last_one_ended(
    appender: Appender, entries: Collection[dict[str, Any]], signs: Signer, witness: Witness, log: EntryLog
) -> None:
    appender.append(leaves("board", 1, 5))

    Appender(entries, signs, witness).append([*leaves("content", 1, 2), *leaves("board", 5, 6)])

    assert names(log)[5:] == ["content/1", "content/2", "board/6"]
    expected = [*leaves("board", 1, 5), *leaves("content", 1, 2), *leaves("board", 6, 6)]
    assert log.root(8) == Frontier.over([leaf.hash for leaf in expected]).root()


def test_a_batch_that_was_cut_off_is_completed_by_the_next(
    mongo_admin: Any,
    entries: Collection[dict[str, Any]],
    signs: Signer,
    witness: Witness,
    log: EntryLog,
    tmp_path: Path,
) -> None:
    before_the_seal = Witness(tmp_path / "forgotten", signs.verifier)
    Appender(entries, signs, before_the_seal).append(leaves("board", 1, 6))
    mongo_admin[entries.database.name].entries.delete_many({"_id": {"$gte": 4}})

    Appender(entries, signs, witness).append(leaves("board", 3, 6))

    assert names(log) == [f"board/{position}" for position in range(1, 7)]
    assert log.root(6) == Frontier.over([leaf.hash for leaf in leaves("board", 1, 6)]).root()
    assert log.latest_checkpoint() is not None


def test_processes_that_append_at_once_enter_everything_once(
    entries: Collection[dict[str, Any]], signs: Signer, witness: Witness, log: EntryLog
) -> None:
    def write(batches: Sequence[list[Leaf]]) -> None:
        appender = Appender(entries, signs, witness)
        for batch in batches:
            appender.append(batch)

    batches = {name: [leaves(name, first, first + 4) for first in range(1, 40, 5)] for name in ("a", "b", "c")}
    writers = [Thread(target=write, args=(batches[name],)) for name in ("a", "b", "c", "a")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    found = list(log.each())
    assert [entry.index for entry in found] == list(range(120))
    for name in ("a", "b", "c"):
        assert [e.leaf.position for e in found if e.leaf.service == name] == list(range(1, 41))
    assert log.root(120) == Frontier.over([entry.leaf.hash for entry in found]).root()


def test_the_place_of_an_event_is_found_from_an_earlier_one(appender: Appender, log: EntryLog) -> None:
    for first in (1, 3, 5):
        appender.append(leaves("board", first, first + 1))
        appender.append(leaves("content", first, first + 1))

    assert log.places("content", 1, 6) == {1: 2, 2: 3, 3: 6, 4: 7, 5: 10, 6: 11}
    assert log.places("content", 5, 5, after=7) == {5: 10}
    assert log.places("feedback", 1, 5) == {}


def test_the_service_itself_can_change_nothing_that_it_has_entered(
    appender: Appender, entries: Collection[dict[str, Any]], log: EntryLog
) -> None:
    appender.append(leaves("board", 1, 1))

    with pytest.raises(OperationFailure, match="not authorized"):
        entries.update_one({"_id": 0}, {"$set": {"position": 2}})
    with pytest.raises(OperationFailure, match="not authorized"):
        entries.delete_one({"_id": 0})
    assert names(log) == ["board/1"]

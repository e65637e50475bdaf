"""The folder in which processes leave saves for each other, and what goes with a turn: only for who may, and not for ever."""

import os
from pathlib import Path
from time import monotonic

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from infra.event_store.drafting import Drafter, Head, as_word, from_word
from infra.event_store.meeting import Meeting
from infra.event_store.saving import Save, recognise
from infra.event_store.turns import Turns
from infra.kernel.ids import new_id


def a_save(versions: int = 1) -> Save:
    subject = new_id()
    return Save([StoredEvent(subject, version + 1, "a.topic", b"{}") for version in range(versions)], None)


def test_an_offer_is_seen_by_those_of_the_same_server_until_it_is_withdrawn_or_too_old(place: Path) -> None:
    one, other = Meeting(place / "m"), Meeting(place / "m")
    save = a_save()
    with other.offered("here", [a_save()]) as own, one.offered("here", [save]):
        assert own is not None
        (seen,) = other.others(own)
        assert [each.events for each in seen.saves] == [save.events]
        assert seen.path.stat().st_mode & 0o777 == 0o600
        until = monotonic() + 5
        while other.others(own) and monotonic() < until:
            pass
        assert other.others(own) == []
    with other.offered("there", []) as own, one.offered("here", [save]):
        assert own is not None
        assert other.others(own) == []


def test_an_answer_settles_what_was_offered(place: Path) -> None:
    one, other = Meeting(place / "m"), Meeting(place / "m")
    saves = [a_save(versions=2), a_save()]
    with one.offered("here", saves) as offer, other.offered("here", []) as own:
        assert offer is not None
        assert own is not None
        (seen,) = other.others(own)
        seen.saves[0].succeed(7)
        seen.saves[1].fail(IntegrityError())
        other.ring("here")
        other.answer([seen])
        assert one.listen(offer, 5)
    assert saves[0].positions == [7, 8]
    assert isinstance(saves[1].error, IntegrityError)


def test_what_killed_processes_left_is_removed(place: Path) -> None:
    living = Meeting(place / "m")
    with living.offered("here", []):
        before = set((place / "m").iterdir())
        for name in ("here.0.aa.offer", "here.0.ab.new", "ear.0"):
            (place / "m" / name).touch()
        newcomer = Meeting(place / "m")
        assert len(set((place / "m").iterdir()) - before) == 1
        assert before < set((place / "m").iterdir())
        del newcomer
    del living
    assert not (place / "m").exists()


def test_a_folder_that_others_may_enter_is_not_used(place: Path) -> None:
    (place / "m").mkdir(mode=0o755)
    with pytest.raises(PermissionError):
        Meeting(place / "m")


def test_a_turn_whose_file_others_may_write_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / f"a_log.{os.geteuid()}.turn"
    with Turns("a_log", tmp_path).turn_at_once() as turn:
        assert turn is not None
        turn.leave(b"a word")
    file.chmod(0o666)
    with Turns("a_log", tmp_path).turn_at_once() as turn:
        assert turn is None


def test_a_head_is_passed_on_only_to_who_writes_to_the_same_server_and_only_while_it_is_durable() -> None:
    here, there = "a" * 24, "b" * 24
    head = Head(7, b"h" * 32)

    assert from_word(as_word(head, here), here) == head
    assert from_word(as_word(head, here), there) is None
    assert as_word(Head(7, b"h" * 32, durable=False), here) == b""
    assert from_word(b"", here) is None


def test_saves_that_were_offered_together_are_found_in_the_log_together(place: Path) -> None:
    one = Meeting(place / "m")
    offered, other = [a_save() for _ in range(3)], a_save()
    with one.offered("here", offered):
        drafter = Drafter(lambda _: None, lambda _: False)
        written = drafter.draft([other, *offered[:2]], Head())
    assert written is not None

    assert recognise([*offered, other], written.documents[0])

    assert [save.positions for save in offered] == [[2], [3], None]
    assert not other.settled
    assert not recognise([offered[2], other], written.documents[0])
    assert not recognise([other], written.documents[0] | {"c": b"of others"})

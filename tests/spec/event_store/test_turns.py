"""Turns between processes that write to one log: whoever waits gets one, and nobody waits for ever."""

import os
from pathlib import Path
from threading import Event, Thread

from infra.event_store.turns import Turn, Turns
from tests.builders.waiting import until


def contended(folder: Path) -> Turns:
    turns = Turns("content_log", folder)
    turns.lost_a_race()
    return turns


def test_while_nobody_else_writes_there_are_no_turns_to_wait_for(tmp_path: Path) -> None:
    with Turns("content_log", tmp_path).turn() as turn:
        assert not turn

    assert list(tmp_path.iterdir()) == []


def test_after_a_lost_race_only_one_has_the_turn_and_the_next_gets_it_afterwards(tmp_path: Path) -> None:
    second, may_end = Event(), Event()

    def wait_for_it() -> None:
        with contended(tmp_path).turn() as turn:
            assert turn
            second.set()
            may_end.wait(5)

    with contended(tmp_path).turn() as first:
        waiting = Thread(target=wait_for_it)
        waiting.start()
        assert first
        assert not second.wait(0.03)
    until(second.is_set, timeout_s=5)

    may_end.set()
    waiting.join()


def test_whoever_waits_in_vain_goes_on_without_a_turn(tmp_path: Path) -> None:
    with contended(tmp_path).turn() as first, contended(tmp_path).turn() as second:
        assert first
        assert not second


def test_for_a_while_after_a_wait_in_vain_there_are_no_turns_to_wait_for(tmp_path: Path) -> None:
    second = contended(tmp_path)
    with contended(tmp_path).turn():
        assert second.contended
        with second.turn() as turn:
            assert not turn

        assert not second.contended
        until(lambda: time_to_take_turns_again(second), timeout_s=5)


def time_to_take_turns_again(turns: Turns) -> bool:
    turns.lost_a_race()
    return turns.contended


def test_a_word_that_cannot_be_left_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "read only"
    path.write_bytes(b"a word of old")
    file = os.open(path, os.O_RDONLY)

    Turn(file).leave(b"a new word")

    assert Turn(file).word() == b"a word of old"
    os.close(file)


def test_where_no_file_can_be_written_everybody_goes_without(tmp_path: Path) -> None:
    with contended(tmp_path / "absent").turn() as turn:
        assert not turn

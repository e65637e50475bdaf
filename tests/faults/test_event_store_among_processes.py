"""Several processes write to one log, contest the same versions, die, and have clocks that disagree."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, chain_breaks, connect, create_log
from infra.kernel.act import Act
from infra.kernel.clock import system_clock
from infra.kernel.ids import new_id
from infra.kernel.verdicts import Accepted
from infra.local.mongod import Mongod
from tests.integration.event_store.things import CLAUSE, Attempt, Naming, Thing, a_thing, saved

pytestmark = [pytest.mark.servers, pytest.mark.faults]

Log = Database[dict[str, Any]]
ROOT = Path(__file__).parents[2]
PROCESSES, WRITERS, SUBJECTS = 4, 8, 8


@pytest.fixture
def log(mongod: Mongod) -> Iterator[Log]:
    with connect(mongod.url) as client:
        database = client[f"test_{new_id().hex[:8]}_log"]
        create_log(database)
        yield database
        client.drop_database(database.name)


def started(module: str, mongod: Mongod, log: Log, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"tests.builders.{module}", mongod.url, log.name, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def told_by(process: subprocess.Popen[bytes]) -> Any:
    answer, errors = process.communicate(timeout=240)
    assert (process.returncode, errors) == (0, b"")
    return json.loads(answer)


@pytest.mark.parametrize("versions", [2, pytest.param(10, marks=pytest.mark.long)])
def test_exactly_one_wins_each_version_and_a_reader_of_the_tail_skips_nothing(
    mongod: Mongod, log: Log, versions: int
) -> None:
    subjects = [new_id() for _ in range(SUBJECTS)]
    contested = SUBJECTS * versions
    total = contested + PROCESSES * WRITERS * contested

    reader = started("tailing_process", mongod, log, total)
    writers = [started("contesting_process", mongod, log, WRITERS, versions, *subjects) for _ in range(PROCESSES)]
    won = [(subject, version, position) for writer in writers for subject, version, position in told_by(writer)]

    assert told_by(reader) == list(range(1, total + 1))
    entries = LogReader(log[EVENTS]).page(0, limit=total + 1)
    assert sorted(won, key=lambda each: each[2]) == [(str(e.originator_id), e.version, e.position) for e in entries]
    wins = Counter((subject, version) for subject, version, _ in won)
    assert set(wins.values()) == {1}
    assert {(str(subject), version) for subject in subjects for version in range(1, versions + 1)} <= set(wins)
    assert list(chain_breaks(LogReader(log[EVENTS]).commits(0, total))) == []


def test_what_a_process_committed_before_it_was_killed_is_there_once_and_its_repetition_is_answered_alike(
    mongod: Mongod, log: Log
) -> None:
    naming, request = Naming(log, Attempt), new_id()
    thing = saved(naming, a_thing())

    killed = started("dying_process", mongod, log, thing.id, request)
    assert killed.communicate(timeout=60) == (b"", b"")
    assert killed.returncode == -9
    act = Act(request, "content-team", system_clock(), request)
    repeated = naming.give_name(thing.id, "hai", act=act)

    assert repeated == Accepted(thing.id, 2, 0)
    assert [(entry.version, entry.topic) for entry in LogReader(log[EVENTS]).page(0)] == [
        (1, Thing.Begun.TOPIC),
        (2, Thing.Named.TOPIC),
    ]
    assert naming.load(Thing, thing.id).name == "hai"


def test_events_are_in_the_order_of_their_positions_however_clocks_jump(log: Log) -> None:
    naming, now = Naming(log, Attempt), system_clock()
    thing = saved(naming, a_thing())
    jumps = [timedelta(0), timedelta(days=400), timedelta(days=-400), timedelta(seconds=-1), timedelta(days=30)]
    for number, jump in enumerate(jumps):
        act = Act(new_id(), "content-team", now + jump, new_id())
        thing.record(Thing.Named, act=act, clause=CLAUSE, name=str(number))
        naming.save(thing)

    entries = LogReader(log[EVENTS]).page(0)
    assert [(entry.position, entry.version) for entry in entries] == [(n, n) for n in range(1, 7)]
    assert [json.loads(entry.state)["name"] for entry in entries] == ["một", "0", "1", "2", "3", "4"]
    assert naming.load(Thing, thing.id).name == "4"
    assert list(chain_breaks(LogReader(log[EVENTS]).commits(0, 100))) == []

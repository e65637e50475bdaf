"""The projector's process follows the log, and tells its mistakes."""

import secrets
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.local.programs import start, stop
from infra.read_store.projector import through_outages
from infra.read_store.rows import Row, Rows
from tests.builders.waiting import until
from tests.integration.read_store.bootstrap import NAME
from tests.integration.read_store.service import Service

pytestmark = pytest.mark.servers


def everything(rows: Rows) -> list[Row]:
    return list(rows.find().items)


def test_a_step_turns_new_events_into_rows_and_moves_the_position(service: Service) -> None:
    service.name("a", "một")
    last = service.name("a", "hai")

    assert service.projector().step()

    assert service.names == {service.subject("a"): "hai"}
    assert service.position == last
    assert not service.projector().step()


def test_a_page_sees_what_was_just_done(service: Service) -> None:
    stopped = Event()
    following = Thread(target=service.projector().run, args=(stopped,))
    following.start()
    positions = service.positions
    positions.wait(NAME, service.name("a", "một"), timeout_s=15)

    begun = monotonic()
    caught_up = positions.wait(NAME, service.name("a", "hai"), timeout_s=15)
    took_s = monotonic() - begun

    stopped.set()
    following.join(15)
    assert caught_up
    assert service.names == {service.subject("a"): "hai"}
    assert took_s < 5


def test_the_process_is_ready_follows_and_ends_in_order(service: Service) -> None:
    service.name("a", "một")
    with service.process() as running:
        running.await_line("process_ready")
        service.name("b", "hai")
        until(lambda: len(service.names) == 2)

        assert running.stop() == 0

    assert len(running.lines("process_stopped")) == 1


def test_a_projection_that_fails_is_told_once_and_ends_the_process(service: Service) -> None:
    fine = service.name("a", "một")
    with service.process() as running:
        until(lambda: service.position == fine)
        service.name("b", "impossible")

        assert running.process.wait(15) == 1

    (told,) = running.lines("projection_failed")
    assert "no row can say this" in told["exception"]
    assert service.position == fine


def test_the_process_can_be_killed_at_any_moment(service: Service) -> None:
    for round_ in range(3):
        with service.process() as running:
            running.await_line("process_ready")
            for n in range(5):
                service.name(f"{round_}.{n}", f"name {n}")
            running.kill()
    rows = service.rows
    while service.projector().step():
        pass
    kept = everything(rows)

    assert service.rebuild().run(Event())

    assert len(kept) == 15
    assert everything(rows) == kept


@pytest.fixture
def own_mongod(tmp_path: Path) -> Iterator[tuple[Mongod, Any]]:
    """A server for one test, which may kill it; and the way to start it again."""
    (port,) = free_ports(1)
    server, processes = Mongod(tmp_path / "mongod", port, secrets.token_urlsafe(12)), []
    server.directory.mkdir()

    def started() -> Any:
        processes.append(start(server.prepare(), tmp_path / "mongod.output"))
        server.await_ready(lambda: processes[-1].poll() is None)
        return processes[-1]

    yield server, started
    for process in processes:
        stop(process, timeout_s=5)


@pytest.mark.faults
def test_the_projector_outlives_the_store(own_mongod: tuple[Mongod, Any], tmp_path: Path) -> None:

    server, started = own_mongod
    mongod = started()
    service = Service(server.url, tmp_path)
    service.name("a", "một")
    with service.process() as running:
        running.await_line("process_ready")
        mongod.kill()
        mongod.wait()
        running.await_line("store_away")
        started()

        last = service.name("b", "hai")

        until(lambda: service.position == last, timeout_s=40)
        assert len(service.names) == 2
        assert running.stop() == 0
    service.drop()


@pytest.mark.parametrize(("code", "passes"), [(134, True), (14031, True), (11602, True), (2, False)])
def test_what_a_server_says_that_starts_stops_or_has_no_room_is_waited_for_and_a_fault_is_not(
    code: int, passes: bool
) -> None:
    answers: list[Exception | str] = [OperationFailure("says the server", code), "done"]

    def ask() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with nullcontext() if passes else pytest.raises(OperationFailure):
        assert through_outages(ask, Event()) == "done"

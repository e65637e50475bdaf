"""Rows are written anew beside those that are read; a rebuild can be stopped, and loses nothing of what happens meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event

import pytest
from pymongo.errors import OperationFailure

from infra.messaging.envelope import Envelope
from infra.read_store.positions import Positions
from infra.read_store.rebuild import Rebuild, code_of
from infra.read_store.rows import Rows
from tests.builders.waiting import until
from tests.integration.read_store.rewriting import doing, everything, leftovers, projected
from tests.integration.read_store.service import FACTORY, Service

pytestmark = pytest.mark.servers


def test_rows_are_written_anew_where_no_projector_runs(service: Service) -> None:
    before = projected(service, 510)

    with service.process("rebuild") as running:
        assert running.process.wait(30) == 0

    assert everything(service) == before
    assert [(line["done"], line["of"]) for line in running.lines("rebuild_progress")] == [(510, 510)]
    assert running.lines("rebuild_finished")
    assert service.position == 510


def test_a_running_projector_puts_the_new_rows_in_place_itself(service: Service) -> None:
    before = projected(service)
    with service.process() as running:
        running.await_line("process_ready")

        assert service.rebuild().run(Event())

        assert everything(service) == before
        assert len(running.lines("rows_exchanged")) == 1
        last = service.name("0", "afterwards")
        until(lambda: service.position == last)
        assert service.names[service.subject("0")] == "afterwards"
        assert running.stop() == 0


@pytest.mark.usefixtures("small_batches")
def test_until_the_new_rows_are_whole_readers_see_the_old_ones(service: Service) -> None:
    projected(service)
    before, seen = everything(service), []

    assert doing(service.rebuild(), lambda _: seen.append(everything(service))).run(Event())

    assert len(seen) == 4
    assert all(rows == before for rows in seen)
    assert service.rows.get("stray") is None
    assert "name_1" in service.client[service.settings.store_database]["things"].index_information()


@pytest.mark.usefixtures("small_batches")
def test_what_happens_meanwhile_is_in_the_old_rows_and_in_the_new_ones(service: Service) -> None:
    projected(service)
    names = iter(f"meanwhile {n}" for n in range(100))

    def meanwhile(events: Sequence[Envelope]) -> None:
        if len(events) == 6:
            service.name("0", next(names))
            assert service.projector().step()

    assert doing(service.rebuild(), meanwhile).run(Event())

    after = everything(service)
    assert service.names[service.subject("0")] == "meanwhile 2"
    assert service.rebuild().run(Event())
    assert everything(service) == after


@pytest.mark.usefixtures("small_batches")
def test_a_rebuild_that_was_stopped_goes_on_where_it_was(service: Service) -> None:
    before, stop, projected_again = projected(service), Event(), list[int]()
    assert not doing(service.rebuild(), lambda events: stop.set() if events[0].position > 6 else None).run(stop)
    assert service.rows.get("stray") is not None

    finishes = doing(service.rebuild(), lambda events: projected_again.extend(event.position for event in events))

    assert finishes.run(Event())
    assert projected_again == list(range(13, 21))
    assert everything(service) == before


@pytest.mark.usefixtures("small_batches")
def test_where_the_code_has_changed_since_a_rebuild_begins_again(service: Service) -> None:
    before, stop, projected_again = projected(service), Event(), list[int]()
    assert not doing(service.rebuild("yesterday"), lambda _: stop.set()).run(stop)

    today = doing(service.rebuild("today"), lambda events: projected_again.extend(event.position for event in events))

    assert today.run(Event())
    assert projected_again == list(range(1, 21))
    assert everything(service) == before
    assert leftovers(service) == []


class Killed(BaseException):
    """What the rebuild's process is told as little of as of a `kill -9`."""


class KilledBeforeExchange(Rows):
    """Rows whose writer is killed when others are to take their place."""

    def exchange(self, run: str) -> None:
        raise Killed(run)


class KilledAfterExchange(Rows):
    """Rows whose writer is killed when others have taken their place."""

    def exchange(self, run: str) -> None:
        super().exchange(run)
        raise Killed


class KilledBeforeReset(Positions):
    """Positions whose writer is killed when the new rows are up to date, and nothing says so yet."""

    def reset(self, name: str, position: int = 0) -> None:
        raise Killed(name, position)


class KilledAfterReset(Positions):
    """Positions whose writer is killed when it has noted that it goes on with the new rows."""

    def reset(self, name: str, position: int = 0) -> None:
        super().reset(name, position)
        raise Killed


def killed_in_the_hand_over(service: Service, by: type[Rows] | type[Positions]) -> Rebuild:
    rebuild, store = service.rebuild(), service.client[service.settings.store_database]
    if issubclass(by, Rows):
        return replace(rebuild, live=replace(rebuild.live, rows=(by(store["things"]),)))
    return replace(rebuild, live=replace(rebuild.live, positions=by(store)))


@pytest.mark.parametrize("taken_over", [False, True])
@pytest.mark.parametrize("by", [KilledBeforeExchange, KilledAfterExchange, KilledBeforeReset, KilledAfterReset])
@pytest.mark.usefixtures("small_batches")
def test_after_a_rebuild_that_was_killed_in_the_hand_over_another_one_writes_all_rows(
    service: Service, by: type[Rows] | type[Positions], taken_over: bool
) -> None:
    before = projected(service)
    with pytest.raises(Killed):
        killed_in_the_hand_over(service, by).run(Event())
    if taken_over:
        service.projector().take_over()
        assert everything(service) == before

    assert service.rebuild().run(Event())

    assert everything(service) == before
    assert service.position == 20
    assert leftovers(service) == []


@pytest.mark.usefixtures("small_batches")
def test_a_failure_of_the_store_is_no_other_rebuild(service: Service) -> None:
    before = projected(service)

    def refused(_: Sequence[Envelope]) -> None:
        raise OperationFailure("not allowed", 13)

    with pytest.raises(OperationFailure, match="not allowed"):
        doing(service.rebuild(), refused).run(Event())

    assert service.rebuild().run(Event())
    assert everything(service) == before


def test_the_code_is_named_by_its_bytes() -> None:
    assert code_of(FACTORY) == code_of(FACTORY)
    assert code_of(FACTORY) != code_of("services.board.bootstrap:projector")

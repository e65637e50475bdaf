"""Of two rebuilds of the same rows the last to begin goes on alone, wherever the other one is."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from threading import Event

import pytest

from infra.messaging.envelope import Envelope
from infra.read_store.beside import RowsBeside
from infra.read_store.rebuild_notes import OvertakenError
from tests.integration.read_store.bootstrap import projector_on
from tests.integration.read_store.rewriting import doing, everything, leftovers, projected
from tests.integration.read_store.service import Service

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("small_batches")]


@pytest.mark.parametrize("code", ["today", "tomorrow"])
@pytest.mark.parametrize("batches", [1, 3, 4])
def test_a_rebuild_that_is_overtaken_by_another_stops_and_harms_nothing(
    service: Service, code: str, batches: int
) -> None:
    before = projected(service)

    def overtaken(events: Sequence[Envelope]) -> None:
        if events[-1].position == min(6 * batches, 20):
            assert service.rebuild(code).run(Event())

    with pytest.raises(OvertakenError):
        doing(service.rebuild(), overtaken).run(Event())

    assert everything(service) == before
    assert leftovers(service) == []


@pytest.mark.parametrize("code", ["today", "tomorrow"])
def test_rows_of_a_rebuild_that_has_overtaken_another_are_whole_though_it_was_stopped_meanwhile(
    service: Service, code: str
) -> None:
    before = projected(service)

    def overtaken(events: Sequence[Envelope]) -> None:
        if events[-1].position == 12:
            stop = Event()
            assert not doing(service.rebuild(code), lambda _: stop.set()).run(stop)

    with pytest.raises(OvertakenError):
        doing(service.rebuild(), overtaken).run(Event())

    assert service.rebuild(code).run(Event())
    assert everything(service) == before
    assert leftovers(service) == []


@pytest.mark.parametrize("code", ["today", "tomorrow"])
def test_a_rebuild_that_is_overtaken_before_its_first_row_deletes_nothing_of_the_others(
    service: Service, code: str
) -> None:
    before = projected(service)

    class Overtaken(RowsBeside):
        def begin(self, run: str, left: Iterable[str] = ()) -> None:
            stop = Event()
            assert not doing(service.rebuild(code), lambda _: stop.set()).run(stop)
            super().begin(run, left)

    with pytest.raises(OvertakenError):
        replace(service.rebuild(), beside=projector_on(service.client, service.settings, Overtaken)).run(Event())

    assert service.rebuild(code).run(Event())
    assert everything(service) == before
    assert leftovers(service) == []


@pytest.mark.parametrize("code", ["today", "tomorrow"])
def test_a_rebuild_can_be_overtaken_when_its_rows_are_whole(service: Service, code: str) -> None:
    before = projected(service)

    class Overtaken(RowsBeside):
        def finish(self) -> None:
            assert service.rebuild(code).run(Event())
            super().finish()

    with pytest.raises(OvertakenError):
        replace(service.rebuild(), beside=projector_on(service.client, service.settings, Overtaken)).run(Event())

    assert everything(service) == before
    assert leftovers(service) == []
    assert "name_1" in service.client[service.settings.store_database]["things"].index_information()

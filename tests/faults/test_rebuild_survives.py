"""Rebuilds that are killed again and again, and rebuilds that are started beside each other, leave the rows whole."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import TimeoutExpired

import pytest

from infra.local.mongod import Mongod
from infra.read_store.rows import Row
from tests.integration.read_store.service import Service

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(180)]

THINGS = 60
KILLS_AFTER_S = (0.6, 0.8, 1.0, 1.2, 1.6, 2.2, 2.6, 2.7, 2.8, 3.0)
"""A rebuild without a projector beside it waits for two seconds before it puts its rows in place."""


@pytest.fixture
def service(mongod: Mongod, tmp_path: Path) -> Iterator[Service]:
    service = Service(mongod.url, tmp_path)
    for n in range(THINGS):
        service.name(str(n), f"name {n}")
    while service.projector().step():
        pass
    yield service
    service.drop()


def everything(service: Service) -> list[Row]:
    return list(service.rows.find().items)


def leftovers(service: Service) -> list[str]:
    names = service.client[service.settings.store_database].list_collection_names()
    return [name for name in names if name.endswith(".anew")]


@pytest.mark.long
def test_a_rebuild_that_is_killed_again_and_again_loses_no_row(service: Service) -> None:
    before = everything(service)

    for seconds in KILLS_AFTER_S:
        with service.process("rebuild") as rebuild, suppress(TimeoutExpired):
            rebuild.process.wait(seconds)
        assert everything(service) == before

    with service.process("rebuild") as rebuild:
        assert rebuild.process.wait(30) == 0
    assert everything(service) == before
    assert leftovers(service) == []
    assert service.projector().rebuilds.offered() is None


@pytest.mark.parametrize("projects", [False, True])
def test_of_rebuilds_that_are_started_together_one_ends_well_and_says_so(service: Service, projects: bool) -> None:
    before = everything(service)
    projector = service.process() if projects else None

    rebuilds = [service.process("rebuild") for _ in range(3)]
    codes = [rebuild.process.wait(60) for rebuild in rebuilds]

    if projector:
        assert projector.stop() == 0
    assert everything(service) == before
    assert leftovers(service) == []
    assert 0 in codes
    for code, rebuild in zip(codes, rebuilds, strict=True):
        assert len(rebuild.lines("rebuild_finished" if code == 0 else "rebuild_overtaken")) == 1

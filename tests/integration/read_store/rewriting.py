"""Rows of a service before, during and after they are written anew."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from infra.messaging.envelope import Envelope
from infra.read_store.rebuild import Rebuild
from infra.read_store.rows import Row
from tests.integration.read_store.service import Service


def everything(service: Service) -> list[Row]:
    return list(service.rows.find().items)


def projected(service: Service, things: int = 20) -> list[Row]:
    """Let things happen, write their rows, and put a stray row among them that no event tells of."""
    for n in range(things):
        service.name(f"{n % 7}", f"name {n}")
    while service.projector().step():
        pass
    before = everything(service)
    service.rows.put("stray", {"name": "from an earlier version"}, 1)
    return before


def leftovers(service: Service) -> list[str]:
    """Names of collections that rebuilds have left."""
    names = service.client[service.settings.store_database].list_collection_names()
    return [name for name in names if name.endswith(".anew")]


def doing(rebuild: Rebuild, then: Callable[[Sequence[Envelope]], Any]) -> Rebuild:
    """The same rebuild; something else happens after each batch."""

    def project(events: Sequence[Envelope]) -> None:
        rebuild.beside.project(events)
        then(events)

    return replace(rebuild, beside=replace(rebuild.beside, project=project))

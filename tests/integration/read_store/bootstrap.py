"""A service with one list of things, as the projector's process finds it."""

from collections.abc import Sequence
from typing import Any

from pymongo import MongoClient

from infra.event_store import EVENTS, LogReader, connect
from infra.messaging.envelope import Envelope
from infra.read_store.positions import Positions
from infra.read_store.projector import Projector
from infra.read_store.rows import MakeRows, Put, Rows
from infra.settings import ServiceSettings

NAME = "things"


def projector(settings: ServiceSettings, made: MakeRows = Rows) -> Projector:
    return projector_on(connect(settings.mongo_url), settings, made)


def projector_on(client: MongoClient[dict[str, Any]], settings: ServiceSettings, made: MakeRows = Rows) -> Projector:
    store = client[settings.store_database]
    things = made(store["things"])
    things.index("name")

    def project(events: Sequence[Envelope]) -> None:
        if any(event.data["name"] == "impossible" for event in events):
            raise ArithmeticError("no row can say this")
        things.apply(Put(event.subject, {"name": event.data["name"]}, event.position) for event in events)

    reader = LogReader(client[settings.log_database][EVENTS])
    return Projector(reader, settings.service, project, Positions(store), NAME, (things,))

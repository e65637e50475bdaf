"""A service with one kind of thing: what happens in it, its rows, and its projector here or as a process."""

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from infra.event_store import ServiceApplication, connect, create_log
from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.clock import system_clock
from infra.kernel.ids import natural_id, new_id
from infra.read_store.beside import RowsBeside
from infra.read_store.positions import Positions
from infra.read_store.projector import Projector
from infra.read_store.rebuild import Rebuild
from infra.read_store.rows import Rows
from infra.settings import ServiceSettings
from tests.builders.processes import Running
from tests.integration.read_store.bootstrap import NAME, projector_on

FACTORY = "tests.integration.read_store.bootstrap:projector"


class Thing(Aggregate):
    """Something with a name."""

    TOPIC = "shelf.thing"
    name: str = ""

    class Begun(FirstEvent):
        """It is there."""

        TOPIC = "shelf.thing.begun"
        name: str

        def apply(self, aggregate: "Thing") -> None:
            aggregate.name = self.name

    class Named(Event):
        """It was named."""

        TOPIC = "shelf.thing.named"
        name: str

        def apply(self, aggregate: "Thing") -> None:
            aggregate.name = self.name


class Service:
    """The service's settings, what happens in it, and its projector."""

    def __init__(self, mongo_url: str, directory: Path) -> None:
        self.settings = ServiceSettings(
            service="read_store", profile=f"test-{secrets.token_hex(4)}", mongo_url=mongo_url, amqp_url="amqp://unused"
        )
        self.client = connect(mongo_url)
        self._directory = directory
        create_log(self.client[self.settings.log_database])
        self._application = ServiceApplication(self.client[self.settings.log_database], Thing)

    def name(self, key: str, name: str) -> int:
        """Name a thing, which begins with its first name; returns the position of that."""
        act = Act(new_id(), "content-team", system_clock(), new_id())
        thing = self._application.find(Thing, self.subject(key))
        if thing is None:
            thing = Thing.begin(Thing.Begun, self.subject(key), act=act, clause="", name=name)
        else:
            thing.record(Thing.Named, act=act, clause="", name=name)
        return self._application.save(thing)[-1].notification.id

    @staticmethod
    def subject(key: str) -> UUID:
        return natural_id("thing", key)

    @property
    def environment(self) -> Mapping[str, str]:
        paths = {"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": str(Path(sys.executable).parent)}
        settings = self.settings
        return {
            "PROFILE": settings.profile,
            "READ_STORE_MONGO_URL": settings.mongo_url,
            "READ_STORE_AMQP_URL": settings.amqp_url,
        } | paths

    @property
    def rows(self) -> Rows:
        return Rows(self.client[self.settings.store_database]["things"])

    @property
    def positions(self) -> Positions:
        return Positions(self.client[self.settings.store_database])

    @property
    def position(self) -> int:
        return self.positions.get(NAME)

    @property
    def names(self) -> dict[UUID, str]:
        return {row["_id"]: row["name"] for row in self.rows.find().items}

    def projector(self) -> Projector:
        return projector_on(self.client, self.settings)

    def rebuild(self, code: str = "today") -> Rebuild:
        return Rebuild(projector_on(self.client, self.settings, RowsBeside), self.projector(), code)

    def process(self, module: str = "projector") -> Running:
        output = self._directory / f"{module}-{secrets.token_hex(2)}.log"
        return Running(f"infra.read_store.{module}", FACTORY, environment=self.environment, output=output)

    def drop(self) -> None:
        for database in (self.settings.log_database, self.settings.store_database):
            self.client.drop_database(database)
        self.client.close()

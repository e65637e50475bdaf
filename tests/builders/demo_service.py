"""A service that hears `demo` and answers calls, for trying the bus door; runs as a process of its own."""

from collections.abc import Sequence
from typing import Any

import eventlet
from pymongo import UpdateOne

from infra.event_store import StoreUnavailable, connect
from infra.messaging.entrypoints import Built, LogPages, consume, rpc
from infra.messaging.envelope import Envelope
from infra.messaging.versions import Versions
from infra.settings import ServiceSettings
from tests.builders.notices import Notices


def store(settings: ServiceSettings) -> Any:
    return connect(settings.mongo_url)[settings.store_database]


def notices(settings: ServiceSettings) -> Notices:
    return Notices(connect(settings.mongo_url)[settings.log_database])


class DemoService(LogPages):
    name = "demo"
    notices = Built(notices)

    @rpc
    def post(self, number: int, text: str) -> str:
        self.notices.post(number, text)
        return text

    @rpc
    def echo(self, value: Any) -> Any:
        return value

    @rpc
    def crash(self) -> None:
        raise KeyError("nothing here")

    @rpc
    def lean(self) -> None:
        raise StoreUnavailable("no majority")

    @rpc
    def slow(self, seconds: float) -> str:
        eventlet.sleep(seconds)
        return "done"


def _counted(envelope: Envelope) -> UpdateOne:
    row = {"topic": envelope.topic, "text": envelope.data["text"], "subject": str(envelope.subject)}
    return UpdateOne({"_id": envelope.position}, {"$set": row, "$inc": {"times": 1}}, upsert=True)


class EarService(LogPages):
    """Keeps what it hears in rows; a text with `poison` in it makes it fail until `cured` is set."""

    name = "ear"
    store = Built(store)

    @consume("demo")
    def hear(self, envelopes: Sequence[Envelope]) -> None:
        cured = self.store["cured"].find_one({}) is not None
        for envelope in envelopes:
            if "poison" in envelope.data["text"] and not cured:
                raise ValueError("poison")
        self.store["heard"].bulk_write([_counted(envelope) for envelope in envelopes])

    @rpc
    def heard(self) -> int:
        return int(self.store["heard"].count_documents({}))


class NewEarService(EarService):
    """The same, of a later day: it understands the second version of what is posted."""

    @consume("demo", versions=Versions({"demo.notice.posted": 2}))
    def hear(self, envelopes: Sequence[Envelope]) -> None:
        EarService.hear(self, envelopes)

"""A service that hears `demo` and keeps a row of each event; runs as a process of its own beside the bench P4."""

from collections.abc import Sequence

from infra.event_store import connect
from infra.messaging.entrypoints import Built, LogPages, consume
from infra.messaging.envelope import Envelope
from infra.read_store.rows import Put, Rows
from infra.settings import ServiceSettings

ROWS = "rows"


def rows(settings: ServiceSettings) -> Rows:
    return Rows(connect(settings.mongo_url)[settings.store_database][ROWS])


class EarService(LogPages):
    """Keeps of each event what a page would show."""

    name = "ear"
    rows = Built(rows)

    @consume("demo")
    def hear(self, envelopes: Sequence[Envelope]) -> None:
        self.rows.apply(_row(envelope) for envelope in envelopes)


def _row(envelope: Envelope) -> Put:
    shown = {"topic": envelope.topic, "subject": str(envelope.subject), "note": envelope.data["note"]}
    return Put(envelope.id, shown, envelope.position)

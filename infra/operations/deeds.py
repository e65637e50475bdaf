"""What was done about parked messages: by whom, to what, and how it was answered; never taken out again."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo import DESCENDING
from pymongo.collection import Collection

RETRIED, RETRIED_ALL, READ_AGAIN, GIVEN_UP = "retried", "retried_all", "read_again", "given_up"


@dataclass(frozen=True, slots=True)
class Deed:
    """One order: `what` was done at `service` to messages of `log`.

    `about` is the aggregate or the message, empty for all of a log; `refused` is the code of a refusal, empty when the
    order was carried out.
    """

    account: UUID
    capacity: str
    at: datetime
    what: str
    service: str
    log: str
    about: str
    refused: str = ""


class Deeds:
    """Keeps them all; ids only, no names."""

    def __init__(self, collection: Collection[dict[str, Any]]) -> None:
        self._collection = collection

    def note(self, deed: Deed) -> None:
        """Keep one more."""
        self._collection.insert_one(asdict(deed))

    def latest(self, limit: int) -> list[Deed]:
        """Return the last ones, newest first."""
        rows = self._collection.find({}, {"_id": 0}).sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [Deed(**row) for row in rows]

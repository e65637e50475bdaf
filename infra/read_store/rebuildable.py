"""How what can be rebuilt from a log is written: without waiting for the disk, since nothing is lost with it."""

from typing import Any

from pymongo.collection import Collection
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern


def rebuildable(collection: Collection[dict[str, Any]]) -> Collection[dict[str, Any]]:
    """Return the collection as rows and positions use it: acknowledged by the primary and read back at once.

    Writes stay in their order also when a crash or a fail-over takes back the last of them, so a position never
    survives the rows that it stands for.
    """
    return collection.with_options(write_concern=WriteConcern(w=1), read_concern=ReadConcern("local"))

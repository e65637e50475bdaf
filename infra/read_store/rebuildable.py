"""How what can be rebuilt from a log is written: without waiting for the disk."""

from typing import Any

from pymongo.collection import Collection
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern


def rebuildable(collection: Collection[dict[str, Any]]) -> Collection[dict[str, Any]]:
    """Return the collection as rows and positions use it: acknowledged by the primary and read back at once.

    A crash or a fail-over may take back the last of them: `infra.read_store.durability` tells what is there for ever.
    """
    return collection.with_options(write_concern=WriteConcern(w=1), read_concern=ReadConcern("local"))

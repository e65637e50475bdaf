"""How a log lies in MongoDB: one collection of commits, and the indexes that hold its promises."""

from contextlib import suppress

from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from infra.event_store.connection import Document

EVENTS = "events"
EVENT_KEY = "event_key"
HANDLED_CHAIN = "handled_chain"


def service_of(database: str) -> str:
    """Return whose log a database holds by its name: `binh_phuoc_content_log` is content's."""
    return database.removesuffix("_log").rpartition("_")[2]


def create_log(database: Database[Document], name: str = EVENTS) -> None:
    """Create the collection of commits and its indexes; safe to repeat.

    Needs the rights of an administrator: services may only find and insert. Indexes are made on the empty
    collection, so that no commit was ever written without them.
    """
    with suppress(CollectionInvalid):  # it is there already
        database.create_collection(name)
    # Sparse, because a document that only records a handled upstream position has no events.
    database[name].create_index([("e.o", 1), ("e.v", 1)], unique=True, sparse=True, name=EVENT_KEY)
    # Each handled position names the one before it: two writers cannot both handle the next.
    database[name].create_index(
        [("k.a", 1), ("k.p", 1)],
        unique=True,
        name=HANDLED_CHAIN,
        partialFilterExpression={"k.a": {"$exists": True}},
    )

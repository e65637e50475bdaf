"""The log's one write operation: a commit goes behind the head that its writer saw, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass

from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError, ServerSelectionTimeoutError
from pymongo.read_concern import ReadConcern

from infra.event_store.commit import COMMITS, GENESIS
from infra.event_store.connection import DURABLE, Document
from infra.event_store.drafting import Draft
from infra.event_store.errors import is_outage
from infra.event_store.saving import EventKey

NOW = ReadConcern("local")
"""Reads what the primary has at this moment, also what is not yet durable."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known after an attempt: all is written, or one of the reasons why it is not, or not for sure.

    `head_moved`: another commit is behind the head that we saw, or that head is not there. `taken`: the version that
    an aggregate has already. `in_doubt`: the commit may or may not be in the log.
    """

    written: bool = False
    head_moved: bool = False
    taken: EventKey | None = None
    in_doubt: bool = False


def append(events: Collection[Document], draft: Draft) -> Outcome:
    """Append the documents of a draft, durably, if the head of the log is still the one before the draft.

    Behind a durable head, whoever has the position first has it. A head that is not durable may vanish in a failover, so
    that it is looked at by the very operation that writes behind it: then both stay, or both vanish. Raises
    `ServerSelectionTimeoutError` when nothing was sent, and the driver's error for what no second attempt can cure.
    """
    try:
        written = _way_to_append(draft)(events, draft)
    except ServerSelectionTimeoutError:
        raise
    except PyMongoError as error:
        return _after(error)
    return Outcome(written=written, head_moved=not written)


def _way_to_append(draft: Draft) -> Callable[[Collection[Document], Draft], bool]:
    if len(draft.documents) > 1:
        return _append_in_transaction
    return _insert if draft.before.durable else _append_behind


def _insert(events: Collection[Document], draft: Draft) -> bool:
    events.insert_one(draft.documents[0])
    return True


def _append_behind(events: Collection[Document], draft: Draft) -> bool:
    """Read the head and insert behind it in one command; insert the head itself, in vain, when it is not what we saw.

    A primary that loses its office for good, so that what it wrote may vanish, interrupts its commands. The log must
    have a head: an empty one would swallow the commit.
    """
    document, is_ours = draft.documents[0], {"$eq": ["$h", draft.before.previous]}
    events.with_options(read_concern=NOW, write_concern=DURABLE).aggregate(
        [
            {"$match": COMMITS},
            {"$sort": {"_id": -1}},
            {"$limit": 1},
            {"$replaceWith": {"$cond": [is_ours, {"$literal": document}, "$$ROOT"]}},
            {"$merge": {"into": events.name, "whenMatched": "fail", "whenNotMatched": "insert"}},
        ]
    )
    return True


def _append_in_transaction(events: Collection[Document], draft: Draft) -> bool:
    with (
        events.database.client.start_session() as session,
        session.start_transaction(read_concern=NOW, write_concern=DURABLE),
    ):
        if _head_hash(events, session) != draft.before.previous:
            return False
        for document in draft.documents:
            events.insert_one(document, session=session)
    return True


def _head_hash(events: Collection[Document], session: ClientSession) -> bytes:
    last = events.find_one(COMMITS, {"h": 1}, sort=[("_id", -1)], session=session)
    return GENESIS if last is None else last["h"]


def _after(error: PyMongoError) -> Outcome:
    if isinstance(error, DuplicateKeyError):
        return _refused(error)
    if is_outage(error):
        return Outcome(in_doubt=True)
    if error.has_error_label("TransientTransactionError"):
        return Outcome(head_moved=True)
    raise error


def _refused(error: DuplicateKeyError) -> Outcome:
    details = error.details or {}
    if "e.o" not in details.get("keyPattern", {}):
        return Outcome(head_moved=True)
    taken = details["keyValue"]
    return Outcome(taken=(taken["e.o"], taken["e.v"]))

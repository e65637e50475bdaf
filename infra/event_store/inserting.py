"""Inserting drafts and reading from the server's answer which of them are in the log."""

from dataclasses import dataclass

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, OperationFailure, ServerSelectionTimeoutError

from infra.event_store.connection import DURABLE, Document
from infra.event_store.drafting import Draft
from infra.event_store.errors import AWAY

DUPLICATE_KEY = 11000


@dataclass(frozen=True, slots=True)
class Insertion:
    """What is known after an attempt: the first `written` drafts are in the log.

    `event_exists`: the next draft holds a version that its aggregate already has. `head_moved`: the next draft met
    another commit at its place. `in_doubt`: the rest may or may not be in the log. None of them: all are in.
    """

    written: int
    event_exists: bool = False
    head_moved: bool = False
    in_doubt: bool = False


def insert(events: Collection[Document], drafts: list[Draft]) -> Insertion:
    """Insert the documents of the drafts in order, durably.

    Raises `ServerSelectionTimeoutError` when nothing was sent, and the driver's error for anything that no second
    attempt can cure.
    """
    try:
        _send(events, drafts)
    except ServerSelectionTimeoutError:
        raise
    except BulkWriteError as error:
        return _read_details(error, drafts)
    except AWAY:
        return Insertion(0, in_doubt=True)
    except OperationFailure as error:
        if error.has_error_label("TransientTransactionError"):
            return Insertion(0, head_moved=True)
        raise
    return Insertion(len(drafts))


def _send(events: Collection[Document], drafts: list[Draft]) -> None:
    if len(drafts[0].documents) == 1:
        events.insert_many([draft.documents[0] for draft in drafts], ordered=True)
        return
    with events.database.client.start_session() as session, session.start_transaction(write_concern=DURABLE):
        events.insert_many(drafts[0].documents, ordered=True, session=session)


def _read_details(error: BulkWriteError, drafts: list[Draft]) -> Insertion:
    if error.details["writeConcernErrors"]:
        return Insertion(0, in_doubt=True)
    failed = error.details["writeErrors"][0]
    if failed["code"] != DUPLICATE_KEY:
        raise error
    event_exists = "e.o" in failed.get("keyPattern", {})
    together = len(drafts[0].documents) > 1  # in a transaction, which has now written nothing
    return Insertion(0 if together else failed["index"], event_exists=event_exists, head_moved=not event_exists)

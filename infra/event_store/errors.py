"""The ways in which the event store says no, and how the driver's errors become them."""

from collections.abc import Iterator
from contextlib import contextmanager

from bson.errors import InvalidDocument
from eventsourcing.persistence import DataError, IntegrityError, OperationalError, PersistenceError
from pymongo.errors import (
    ConnectionFailure,
    DocumentTooLarge,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

AWAY = (ConnectionFailure, WriteConcernError, ExecutionTimeout)
"""What the driver raises when the server, the way to it or its majority is away for now."""
_PASSING = frozenset({134, 211, 262, 11600, 11602, 14031})
"""What a server says that is starting or stopping, or has no room: no majority snapshot yet, no keys yet, too slow,
interrupted, interrupted by an election, disk full."""


class StoreUnavailable(OperationalError):  # noqa: N818 - an outage is a state of the world, not our error
    """The store is away. A save that ends so may or may not have happened: repeat it with the same ids."""


class NotFound(LookupError):  # noqa: N818 - read as a sentence where it is raised
    """No aggregate of this kind has this id."""


class NotStorable(TypeError):  # noqa: N818 - as above
    """A fault in our code: an event carries what JSON cannot give back unchanged."""


def is_outage(error: Exception) -> bool:
    """Tell whether the same may well succeed in a while."""
    return isinstance(error, AWAY) or (isinstance(error, OperationFailure) and error.code in _PASSING)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into the `eventsourcing` library's; an outage becomes `StoreUnavailable`."""
    try:
        yield
    except DuplicateKeyError as error:
        raise IntegrityError(str(error)) from error
    except (InvalidDocument, DocumentTooLarge) as error:
        raise DataError(str(error)) from error
    except PyMongoError as error:
        raise (StoreUnavailable if is_outage(error) else PersistenceError)(str(error)) from error

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
    PyMongoError,
    WriteConcernError,
)

AWAY = (ConnectionFailure, WriteConcernError, ExecutionTimeout)
"""What the driver raises when the server, the way to it or its majority is away for now."""


class StoreUnavailable(OperationalError):  # noqa: N818 - an outage is a state of the world, not our error
    """The store is away. A save that ends so may or may not have happened: repeat it with the same ids."""


class NotFound(LookupError):  # noqa: N818 - read as a sentence where it is raised
    """No aggregate of this kind has this id."""


class NotStorable(TypeError):  # noqa: N818 - as above
    """A fault in our code: an event carries what JSON cannot give back unchanged."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into the `eventsourcing` library's; an outage becomes `StoreUnavailable`."""
    try:
        yield
    except DuplicateKeyError as error:
        raise IntegrityError(str(error)) from error
    except AWAY as error:
        raise StoreUnavailable(str(error)) from error
    except (InvalidDocument, DocumentTooLarge) as error:
        raise DataError(str(error)) from error
    except PyMongoError as error:
        raise PersistenceError(str(error)) from error

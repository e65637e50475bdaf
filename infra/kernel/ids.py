"""Identifiers: random ones are made at the door, natural ones follow from what they name."""

from uuid import UUID, uuid4, uuid5

_NAMESPACE = UUID("6d696e68-2062-4163-a820-766e00000001")


def new_id() -> UUID:
    """Make a random identifier. Called at doors only; everything below receives its ids."""
    return uuid4()


def natural_id(*parts: str) -> UUID:
    """Derive the identifier of something that already has a name, so that naming it twice finds it again.

    >>> natural_id("board.office", "secretary") == natural_id("board.office", "secretary")
    True
    """
    return uuid5(_NAMESPACE, "\x1f".join(parts))

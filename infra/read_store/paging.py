"""Pages of rows with a cursor: stable while rows come and go, and as fast on the last page as on the first."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar
from uuid import UUID

from bson import encode, json_util
from bson.errors import BSONError
from pymongo import ASCENDING, DESCENDING

Item = TypeVar("Item")
View = TypeVar("View")

ALL: Mapping[str, Any] = MappingProxyType({})
"""The filter that every row matches."""

_COMPARABLE = (str, int, float, datetime, UUID)
_IN_STANDARD_FORM = json_util.CANONICAL_JSON_OPTIONS.with_options(tz_aware=True, uuid_representation=4)


class BadCursorError(ValueError):
    """A cursor that no page has given out."""


@dataclass(frozen=True, slots=True)
class Order:
    """By one field, which every row has and which is never None; rows that are equal in it go by their key."""

    field: str = "_id"
    descending: bool = False

    def keys(self) -> Sequence[tuple[str, int]]:
        """Return the order as MongoDB wants it; an index over exactly these serves every page."""
        direction = DESCENDING if self.descending else ASCENDING
        return [(self.field, direction)] if self.field == "_id" else [(self.field, direction), ("_id", direction)]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some of the items, and where the next page begins: None on the last."""

    items: tuple[Item, ...]
    next: str | None = None

    def of(self, view: Callable[[Item], View]) -> "Page[View]":
        """Return the same page with each item seen as something else."""
        return Page(tuple(view(item) for item in self.items), self.next)


def cursor_after(row: Mapping[str, Any], order: Order) -> str:
    """Return the cursor of the page that begins after the row: text that is safe in an address."""
    place = [_reach(row, order.field), row["_id"]]
    return urlsafe_b64encode(json_util.dumps(place, json_options=_IN_STANDARD_FORM).encode()).decode().rstrip("=")


def continuation(where: Mapping[str, Any], order: Order, after: str | None) -> Mapping[str, Any]:
    """Return the filter for what matches `where` and comes after the cursor.

    Raises:
        BadCursorError: the cursor is damaged.

    """
    if after is None:
        return where
    value, key = _place(after)
    beyond = "$lt" if order.descending else "$gt"
    if order.field == "_id":
        return {"$and": [where, {"_id": {beyond: key}}]}
    behind = [{order.field: {beyond: value}}, {order.field: value, "_id": {beyond: key}}]
    # The bound says nothing new, but lets any index over the field begin here and not at the first page.
    return {"$and": [where, {order.field: {f"{beyond}e": value}}, {"$or": behind}]}


def _reach(row: Mapping[str, Any], dotted: str) -> Any:
    value: Any = row
    for name in dotted.split("."):
        value = value[name]
    return value


def _place(cursor: str) -> tuple[Any, Any]:
    try:
        place = json_util.loads(
            urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode(), json_options=_IN_STANDARD_FORM
        )
        encode({"place": place}, codec_options=_IN_STANDARD_FORM)  # what MongoDB cannot be told, no row can have
        value, key = place
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, BSONError) as damage:
        raise BadCursorError(cursor[:100]) from damage
    if not (isinstance(place, list) and isinstance(value, _COMPARABLE) and isinstance(key, _COMPARABLE)):
        raise BadCursorError(cursor[:100])
    return value, key

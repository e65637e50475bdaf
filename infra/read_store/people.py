"""Personal data that can be erased: events hold a key and a salted hash, never the data."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, cast

from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from infra.kernel.canonical import canonical_json

_SALT_BYTES = 16


class People:
    """Records of people by the key of their account or case.

    A record is JSON with a `name`. Its salt is random and kept beside it, so that once both are erased the hash in the
    events says nothing, not even to whoever guesses the record.
    """

    def __init__(self, store: Database[dict[str, Any]]) -> None:
        self._people: Collection[dict[str, Any]] = store["people"]

    def put(self, key: str, record: Mapping[str, Any]) -> str:
        """Keep a record in place of the key's earlier one; returns its hash, which goes into the event.

        The same record put twice has the same hash.
        """
        kept = self._people.find_one_and_update(
            {"_id": key},
            {"$set": {"record": dict(record)}, "$setOnInsert": {"salt": secrets.token_bytes(_SALT_BYTES)}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return salted_hash(cast(dict[str, Any], kept)["salt"], record)

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the record, or None when there is none or it has been erased."""
        kept = self._people.find_one({"_id": key})
        return None if kept is None else dict(kept["record"])

    def swap(self, key: str, before: Mapping[str, Any] | None, record: Mapping[str, Any]) -> bool:
        """Keep a record in place of exactly that earlier one, None for none; returns whether it was still so.

        `before` is what `get` returned: whoever has changed it since is not overwritten.
        """
        if before is not None:
            found = {"_id": key, "record": dict(before)}
            return self._people.update_one(found, {"$set": {"record": dict(record)}}).matched_count == 1
        try:
            self._people.insert_one({"_id": key, "record": dict(record), "salt": secrets.token_bytes(_SALT_BYTES)})
        except DuplicateKeyError:
            return False
        return True

    def name_of(self, key: str) -> str | None:
        """Return the person's name, or None when there is no record (any more)."""
        return self.names_of([key]).get(key)

    def names_of(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the names of those who have a record, by key."""
        found = self._people.find({"_id": {"$in": list(keys)}}, {"record.name": 1})
        return {kept["_id"]: kept["record"]["name"] for kept in found if "name" in kept["record"]}

    def matches(self, key: str, hashed: str) -> bool:
        """Tell whether the record kept now is the one whose hash an event holds."""
        kept = self._people.find_one({"_id": key})
        return kept is not None and secrets.compare_digest(salted_hash(kept["salt"], kept["record"]), hashed)

    def evidence(self, key: str) -> tuple[dict[str, Any], bytes] | None:
        """Return the record with its salt, so that a stranger can compute the hash that events hold; None if erased."""
        kept = self._people.find_one({"_id": key})
        return None if kept is None else (dict(kept["record"]), bytes(kept["salt"]))

    def erase(self, key: str) -> bool:
        """Delete record and salt for ever; returns whether there was one."""
        return self._people.delete_one({"_id": key}).deleted_count == 1


def salted_hash(salt: bytes, record: Mapping[str, Any]) -> str:
    """Return the hash that an event holds of a record, in lower-case hexadecimal."""
    return hashlib.sha256(salt + canonical_json(record)).hexdigest()

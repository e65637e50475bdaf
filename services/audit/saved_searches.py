"""Searches that somebody keeps under a name: each account its own, in the store and not in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from infra.kernel.verdicts import Refusal

MOST = 100
"""So many searches an account keeps at most."""
UNDONE_WITHIN = timedelta(days=1)
"""So long a search that was deleted can be taken back."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search with its name; `texts` are the filters as they stand in an address."""

    id: UUID
    name: str
    texts: Mapping[str, str]


class SavedSearches:
    """What each account has kept. A name stands once; deleting takes a search out of sight first, and away a day later."""

    def __init__(self, store: Database[dict[str, Any]]) -> None:
        self._kept: Collection[dict[str, Any]] = store["saved_searches"]

    def prepare(self) -> None:
        """Make sure that no account has two searches of one name. Repeating it does nothing."""
        shown = {"deleted_at": None}
        self._kept.create_index([("account", 1), ("name", 1)], unique=True, partialFilterExpression=shown)
        self._kept.create_index("deleted_at", expireAfterSeconds=int(UNDONE_WITHIN.total_seconds()))

    def of(self, account: UUID) -> Sequence[SavedSearch]:
        """Return what an account has kept, by name."""
        found = self._kept.find({"account": str(account), "deleted_at": None}).sort("name", 1)
        return [_search(kept) for kept in found]

    def get(self, account: UUID, search: UUID) -> SavedSearch | None:
        """Return one search of an account, a deleted one too."""
        kept = self._kept.find_one({"_id": search, "account": str(account)})
        return None if kept is None else _search(kept)

    def keep(self, account: UUID, search: UUID, name: str, texts: Mapping[str, str]) -> Refusal | None:
        """Keep a search under a name; keeping it twice changes nothing."""
        if self._kept.count_documents({"account": str(account), "deleted_at": None}) >= MOST:
            return Refusal("", "searches_full", "name", {"most": MOST})
        kept = {"_id": search, "account": str(account), "name": name, "texts": dict(texts), "deleted_at": None}
        try:
            self._kept.insert_one(kept)
        except DuplicateKeyError:
            return None if self.get(account, search) else _TAKEN
        return None

    def rename(self, account: UUID, search: UUID, name: str) -> Refusal | None:
        """Give a search another name."""
        return self._change(account, search, {"name": name})

    def delete(self, account: UUID, search: UUID, at: datetime) -> Refusal | None:
        """Take a search out of the list; `restore` brings it back for a day."""
        return self._change(account, search, {"deleted_at": at})

    def restore(self, account: UUID, search: UUID) -> Refusal | None:
        """Bring a deleted search back; refused when another one has its name by now."""
        return self._change(account, search, {"deleted_at": None})

    def forget(self, account: str) -> None:
        """Delete everything that an account has kept: its owner has been erased."""
        self._kept.delete_many({"account": account})

    def _change(self, account: UUID, search: UUID, fields: Mapping[str, Any]) -> Refusal | None:
        try:
            changed = self._kept.update_one({"_id": search, "account": str(account)}, {"$set": fields})
        except DuplicateKeyError:
            return _TAKEN
        return None if changed.matched_count else Refusal("", "search_unknown")


_TAKEN = Refusal("", "search_name_taken", "name")


def _search(kept: Mapping[str, Any]) -> SavedSearch:
    return SavedSearch(kept["_id"], kept["name"], kept["texts"])

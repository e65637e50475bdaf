"""The stored log: one document an entry, its `_id` the place in arrival order; documents are found and inserted, never changed.

A document of the collection `entries`:

    _id         index: 0, 1, 2, … without gaps
    service, position, topic, subject, version, state     the parts of the leaf; `state` is the SHA-256 of the event's bytes
    leaf        leaf hash of RFC 6962
    nodes       hashes of the perfect subtrees that this entry completes, from level 1 upwards: nothing of the tree is
                stored anywhere else, and nothing stored ever changes
    checkpoint  signed note over the tree that ends with this entry; on the last entry of every batch
    heads       last position of each service in that tree; beside the checkpoint
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pymongo.collection import Collection

from infra.event_store.as_stored import as_stored
from infra.event_store.errors import translated
from services.audit.log.leaf import Leaf
from services.audit.log.tree import Frontier, Node, bag, peaks_of

ENTRIES = "entries"
"""Name of the collection, in the database that the audit service's user may find and insert in."""

Document = dict[str, Any]

_WHOLE, _RANGE = {"$type": ["int", "long"]}, {"$gte": 0, "$lt": 1 << 62}
_PLACES: Document = {"_id": {**_RANGE, **_WHOLE}}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is stored; nothing here says that it is what was written."""

    index: int
    leaf: Leaf
    leaf_hash: bytes
    nodes: tuple[bytes, ...]
    checkpoint: str | None

    def as_document(self) -> Document:
        """Return the document that stores it."""
        leaf = self.leaf
        return {
            "_id": self.index,
            "service": leaf.service,
            "position": leaf.position,
            "topic": leaf.topic,
            "subject": leaf.subject,
            "version": leaf.version,
            "state": leaf.state_hash,
            "leaf": self.leaf_hash,
            "nodes": list(self.nodes),
        }

    @classmethod
    def from_document(cls, document: Document) -> "Entry":
        """Return the entry that a document holds."""
        leaf = Leaf(
            document["service"],
            document["position"],
            document["topic"],
            document["subject"],
            document["version"],
            document["state"],
        )
        nodes = tuple(document["nodes"])
        return cls(document["_id"], leaf, document["leaf"], nodes, document.get("checkpoint"))


@dataclass(frozen=True, slots=True)
class Tail:
    """All that is needed to append: the right edge of the tree, and the last position known of each service."""

    frontier: Frontier
    heads: dict[str, int]

    def copy(self) -> "Tail":
        """Return a tail that grows on its own."""
        return Tail(self.frontier.copy(), dict(self.heads))


class EntryLog:
    """Reads the log. Needs the right to find, nothing else."""

    def __init__(self, entries: Collection[Document]) -> None:
        self._entries = entries

    def size(self) -> int:
        """Return how many entries there are; raises `StoreUnavailable`."""
        with translated():
            last = self._entries.find_one(_PLACES, {"_id": 1}, sort=[("_id", -1)])
        return 0 if last is None else int(last["_id"]) + 1

    def entry(self, index: int) -> Entry | None:
        """Return one entry, or None when the log has not so many."""
        document = self._entries.find_one({"_id": index})
        return None if document is None else Entry.from_document(document)

    def sealing(self, index: int) -> Entry | None:
        """Return the first entry from an index on that carries a checkpoint; None when there is none (yet)."""
        sealed = {"_id": {"$gte": index}, "checkpoint": {"$exists": True}}
        document = self._entries.find_one(sealed, sort=[("_id", 1)])
        return None if document is None else Entry.from_document(document)

    def some(self, indexes: Iterable[int]) -> dict[int, Entry]:
        """Return those of the entries that are there, by index, in one round trip."""
        found = self._entries.find({"_id": {"$in": list(indexes)}})
        return {document["_id"]: Entry.from_document(document) for document in found}

    def stored(self, after: Any, limit: int) -> list[Document]:
        """Return at most `limit` entries whose keys follow, damaged ones too: for those who trust nothing.

        Keys are indexes, where nobody has tampered; somebody might have put one in between.

        Raises:
            StoreUnavailable: the store is away.
        """
        with translated():
            return as_stored(self._entries, {"_id": {"$gt": after}}, limit)

    def astray(self) -> bool:
        """Tell whether something stands where no index is, or behind a gap after the end; raises `StoreUnavailable`.

        Entries are inserted in order: whoever has seen one finds all before it, however fast the log grows.
        """
        signed, size = self.signed(), self.size()
        with translated():
            behind = self._entries.count_documents({"_id": {"$gte": signed, "$lt": size, **_WHOLE}})
            elsewhere: list[Document] = [{"$not": _RANGE}, {**_RANGE, "$gte": signed, "$not": _WHOLE}]
            return behind < size - signed or any(self._entries.find_one({"_id": each}) for each in elsewhere)

    def signed(self) -> int:
        """Return the size of the largest tree that was signed; raises `StoreUnavailable`."""
        with translated():
            sealed = self._sealed()
        return 0 if sealed is None else int(sealed["_id"]) + 1

    def each(self, begin: int = 0) -> Iterator[Entry]:
        """Go through the entries from an index on, in order."""
        return map(Entry.from_document, self._entries.find(_from(begin)).sort("_id", 1).batch_size(1_000))

    def sources(self, begin: int, limit: int) -> list[tuple[int, str, int]]:
        """Return which position of which service stands at at most `limit` indexes from `begin` on: (index, service, position)."""
        found = self._entries.find(_from(begin), {"service": 1, "position": 1}, batch_size=limit)
        return [(each["_id"], each["service"], each["position"]) for each in found.sort("_id", 1).limit(limit)]

    def places(self, service: str, first: int, last: int, after: int = -1) -> dict[int, int]:
        """Return the index of each position of a service from `first` to `last`.

        `after` is the index of an earlier position of the service, or -1: the search begins there, and since
        positions arrive in order it reads no further than the last one wanted.
        """
        wanted = {"_id": {"$gt": after}, "service": service, "position": {"$gte": first, "$lte": last}}
        found = self._entries.find(wanted, {"position": 1}).sort("_id", 1).limit(last - first + 1)
        return {document["position"]: document["_id"] for document in found}

    def latest_checkpoint(self) -> tuple[int, str] | None:
        """Return the size of the largest tree that was signed, and the signed note; None for an empty log."""
        sealed = self._sealed()
        return None if sealed is None else (sealed["_id"] + 1, sealed["checkpoint"])

    def hashes(self, nodes: Iterable[Node]) -> dict[Node, bytes]:
        """Return the hashes of perfect subtrees, each from the entry that completed it."""
        wanted = set(nodes)
        found = self._entries.find(
            {"_id": {"$in": sorted({node.last_leaf for node in wanted})}}, {"leaf": 1, "nodes": 1}
        )
        by_index = {document["_id"]: [document["leaf"], *document["nodes"]] for document in found}
        return {node: by_index[node.last_leaf][node.level] for node in wanted}

    def root(self, size: int) -> bytes:
        """Return the root of the tree over the first `size` entries."""
        peaks = peaks_of(size)
        hashes = self.hashes(peaks)
        return bag([hashes[peak] for peak in peaks])

    def tail(self) -> Tail:
        """Return where the log ends, as it is now."""
        sealed = self._sealed()
        size, heads = (0, {}) if sealed is None else (sealed["_id"] + 1, dict(sealed["heads"]))
        for document in self._entries.find(_from(size), {"service": 1, "position": 1}).sort("_id", 1):
            size, heads[document["service"]] = size + 1, document["position"]
        peaks = peaks_of(size)
        hashes = self.hashes(peaks)
        return Tail(Frontier(size, [hashes[peak] for peak in peaks]), heads)

    def _sealed(self) -> Document | None:
        """Return the last entry with a checkpoint; only a batch that was cut off has any after it."""
        signed = {**_PLACES, "checkpoint": {"$exists": True}}
        return self._entries.find_one(signed, sort=[("_id", -1)])


def _from(begin: int) -> Document:
    """Return what all entries from an index on are found by."""
    return {"_id": {"$gte": begin, **_WHOLE}}

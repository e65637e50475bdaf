"""A page of the audit log in columns, for checking many entries at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from services.audit.log.entries import Document, Entry
from services.audit.log.leaf import Parts
from services.audit.log.service_log import DAMAGE

PAGE = 1_000
"""So many entries are read at once."""

_fields = itemgetter("_id", "service", "position", "topic", "subject", "version", "state", "leaf", "nodes")
_TYPES = (int, str, int, None, None, int, bytes, bytes, list)
"""What everything must be, so that it is what it looks like; a hash vouches for the rest."""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries that follow each other without gap, of which everything has at least the right type."""

    begin: int
    parts: list[Parts]
    hashes: list[bytes]
    nodes: list[Sequence[bytes]]
    notes: dict[int, str]
    """The checkpoints by the size of the tree that they sign."""

    @classmethod
    def of(cls, documents: Sequence[Document], begin: int) -> "EntryPage | None":
        """Return the page that begins at an index; None where one document is not the entry that is due there."""
        try:
            columns = tuple(zip(*map(_fields, documents), strict=True))
        except DAMAGE:
            return None
        if any(set(map(type, column)) != {kind} for column, kind in zip(columns, _TYPES, strict=True) if kind):
            return None
        indexes, *parts, hashes, nodes = columns
        if indexes != tuple(range(begin, begin + len(indexes))):
            return None
        notes = {each["_id"] + 1: each["checkpoint"] for each in documents if "checkpoint" in each}
        if {str, *map(type, notes.values())} != {str}:
            return None
        return cls(begin, list(zip(*parts, strict=True)), list(hashes), list(nodes), notes)

    @property
    def end(self) -> int:
        """The size of the tree with all of them."""
        return self.begin + len(self.parts)

    def runs(self) -> list[tuple[str, slice]]:
        """Return which entries that stand together are of one service."""
        runs, begin = [], 0
        for service, run in groupby(self.parts, itemgetter(0)):
            end = begin + sum(1 for _ in run)
            runs.append((service, slice(begin, end)))
            begin = end
        return runs


def readable(document: Document) -> Entry | None:
    """Return the entry that a document holds, or None when it is none: whoever tampers may store anything."""
    try:
        entry = Entry.from_document(document)
        hashes = (entry.leaf.state_hash, entry.leaf_hash, *entry.nodes)
        data = entry.leaf.data
    except DAMAGE:
        return None
    numbers = all(isinstance(each, int) and not isinstance(each, bool) for each in (entry.index, entry.leaf.position))
    listed = isinstance(entry.leaf.service, str) and type(document["nodes"]) is list
    whole = numbers and listed and all(type(each) is bytes for each in hashes)
    return entry if whole and data else None

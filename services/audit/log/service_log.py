"""One service's log as a verifier reads it: once, from its beginning, with the chain of its commits checked on the way."""

import struct
from collections.abc import Sequence
from copy import copy
from itertools import accumulate, chain
from operator import itemgetter
from typing import Any, Protocol

from infra.event_store import GENESIS, chain_breaks
from infra.event_store.commit import from_document, hash_of_document
from services.audit.log.differences import MOST_KEPT, Difference, Kind
from services.audit.log.leaf import Leaf, Leaves, leaf_of, leaves_of
from services.audit.log.shape import astray, misshapen_commits, placed

PAGE = 500
"""So many commits are read at once."""
DAMAGE = (AttributeError, KeyError, TypeError, ValueError, OverflowError, struct.error)
"""What reading a document raises to which somebody has added, or from which somebody has taken, whatever they liked."""

Document = dict[str, Any]
_NONE = Leaves([], [])
_place, _count, _events, _previous, _hash = map(itemgetter, ("_id", "n", "e", "p", "h"))


class CommitSource(Protocol):
    """A service's log to read, as `infra.event_store`'s reader is."""

    def documents(self, after: Any, limit: int) -> list[Document]:
        """Return at most `limit` commits whose keys follow, as they are stored."""

    def astray(self) -> bool:
        """Tell whether events stand where no position is."""


class ServiceLog:
    """Reads one service's log once, from its beginning, and checks the chain of its commits on the way.

    Pages in which all is well are checked as a whole. `plainly` checks every page commit by commit, as is done where
    something is wrong.
    """

    def __init__(self, service: str, source: CommitSource, *, plainly: bool = False) -> None:
        self.service = service
        self._source = source
        self._plainly = plainly
        self._begin: Any = 0
        self._after, self._previous = 0, GENESIS
        self._doubtful = False
        self.broken: list[Difference] = []
        self.commits = self.events = self.head = 0

    def ahead(self) -> "ServiceLog":
        """Return another reader of the same log, which goes on from here without moving this one."""
        ahead = copy(self)
        ahead.broken = list(self.broken)
        return ahead

    def following(self) -> Leaves:
        """Return the next events as the audit log would know them; none where the log ends now."""
        while stored := self._source.documents(self._begin, PAGE):
            self._begin = stored[-1]["_id"]
            documents = placed(stored)
            for place in astray(stored, self._after) if len(documents) < len(stored) else ():
                self._tell(place, Kind.INSERTED)
            self.commits += len(documents)
            for document in misshapen_commits(documents):
                self._tell(document["_id"], Kind.CHANGED)
            leaves = self._together(documents) or self._one_by_one(documents)
            self.events += len(leaves.parts)
            self.head = max(self.head, self._after)
            if leaves.parts:
                return leaves
        return _NONE

    def _together(self, documents: Sequence[Document]) -> Leaves | None:
        """Take commits that follow each other without any fault; None, and nothing is taken, where there is one."""
        if self._plainly or self._doubtful:
            return None
        try:
            counts = list(map(len, map(_events, documents)))
            places = list(accumulate(counts, initial=self._after + 1))
            hashes = list(map(_hash, documents))
            follow = list(map(_previous, documents)) == [self._previous, *hashes[:-1]]
            whole = (
                all(counts) and list(map(_count, documents)) == counts and list(map(_place, documents)) == places[:-1]
            )
            if not (follow and whole) or list(map(hash_of_document, documents)) != hashes:
                return None
            leaves = leaves_of(self.service, places[0], chain.from_iterable(map(_events, documents)))
        except DAMAGE:
            return None
        self._after, self._previous = places[-1] - 1, hashes[-1]
        return leaves

    def _one_by_one(self, documents: Sequence[Document]) -> Leaves:
        return Leaves.of([leaf for document in documents for leaf in self._leaves(document)])

    def _leaves(self, document: Document) -> Sequence[Leaf]:
        """Take one commit; where it cannot be read, what follows it is not expected to fit to it."""
        try:
            commit = from_document(document)
            after, previous = (commit.first - 1, commit.previous) if self._doubtful else (self._after, self._previous)
            breaks = [found.position for found in chain_breaks([commit], after, previous)]
            leaves = [
                leaf_of(self.service, e.position, e.topic, e.originator_id, e.version, e.state) for e in commit.entries
            ]
            Leaves.of(leaves)
        except DAMAGE:
            self._tell(document["_id"], Kind.UNREADABLE)
            self._doubtful = True
            return ()
        if (not breaks and document.get("n") != len(leaves)) or not leaves:
            breaks = [commit.first]
        for position in breaks:
            self._tell(position, Kind.UNCHAINED)
        self._after, self._previous, self._doubtful = commit.last, commit.hash, False
        return leaves

    def _tell(self, position: int, kind: Kind) -> None:
        if len(self.broken) < MOST_KEPT:
            self.broken.append(Difference(self.service, position, kind))

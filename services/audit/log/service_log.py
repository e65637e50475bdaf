"""One service's log as a verifier reads it: once, from its beginning, with the chain of its commits checked on the way."""

import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from infra.event_store import GENESIS, Commit, chain_breaks
from services.audit.log.differences import MOST_KEPT, Difference, Kind
from services.audit.log.leaf import Leaf, leaf_of

PAGE = 500
"""So many commits are read at once."""
_FURTHEST_STEP = 10_000
"""So many positions after a readable commit the next one is looked for, where there are some that cannot be read."""
DAMAGE = (AttributeError, KeyError, TypeError, ValueError, OverflowError, struct.error)
"""What reading a document raises to which somebody has added, or from which somebody has taken, whatever they liked."""


class CommitSource(Protocol):
    """A service's log to read, as `infra.event_store`'s reader is."""

    def commits(self, after: int, limit: int) -> list[Commit]:
        """Return at most `limit` commits that begin after the position."""


class ServiceLog:
    """Reads one service's log once, from its beginning, and checks the chain of its commits on the way."""

    def __init__(self, service: str, source: CommitSource) -> None:
        self.service = service
        self._source = source
        self._after, self._previous = 0, GENESIS
        self.broken: list[Difference] = []
        self.commits = self.events = self.head = 0

    def leaves(self) -> Iterator[Leaf]:
        """Go through the events as the audit log would know them."""
        begin = 0
        while page := self._page(begin):
            for commit in page:
                begin = commit.first
                yield from self._leaves(commit)

    def _leaves(self, commit: Commit) -> Sequence[Leaf]:
        self.commits += 1
        try:
            for found in chain_breaks([commit], self._after, self._previous):
                self._tell(found.position, Kind.UNCHAINED)
            leaves = [
                leaf_of(self.service, e.position, e.topic, e.originator_id, e.version, e.state) for e in commit.entries
            ]
        except DAMAGE:
            self._tell(commit.first, Kind.UNREADABLE)
            leaves = []
        self._after, self._previous = commit.last, commit.hash
        self.events, self.head = self.events + len(leaves), max(self.head, commit.last)
        return leaves

    def _page(self, begin: int) -> list[Commit]:
        """Return the next commits; where one stands among them that cannot be read, one at a time."""
        for limit in (PAGE, 1):
            with suppress(*DAMAGE):
                return self._source.commits(begin, limit)
        return self._step_over(max(begin, self._after) + 1)

    def _step_over(self, due: int) -> list[Commit]:
        """Tell that the commit due at this position cannot be read, and return the next one that can."""
        self._tell(due, Kind.UNREADABLE)
        self._after = due
        for after in range(due, due + _FURTHEST_STEP):
            with suppress(*DAMAGE):
                return self._source.commits(after, 1)
        return []

    def _tell(self, position: int, kind: Kind) -> None:
        if len(self.broken) < MOST_KEPT:
            self.broken.append(Difference(self.service, position, kind))

"""Appending to the log: each event once, in the order of its service, and a signed checkpoint after every batch."""

from collections.abc import Sequence
from threading import Lock
from time import sleep

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.audit.log.checkpoint import Signer, Unproven
from services.audit.log.entries import Document, Entry, EntryLog, Tail
from services.audit.log.leaf import Leaf
from services.audit.log.witness import Witness

_ATTEMPTS = 50
_PAUSE_S = 0.005
_DUPLICATE_KEY = 11000


class PositionGap(Exception):  # noqa: N818 - what happened, as in the messaging errors
    """An event was handed over before the ones that precede it in its service's log."""

    def __init__(self, leaf: Leaf, expected: int) -> None:
        super().__init__(f"{leaf.entry} came where {leaf.service}/{expected} was due")
        self.expected = expected


class Appender:
    """Writes the log. Needs the rights to find and to insert, nothing else.

    The index is the document's key, so of two processes that append at the same time one finds the place taken,
    reads the log's end anew and goes on from there: no place is filled twice, and no event is entered twice.
    """

    def __init__(self, entries: Collection[Document], signer: Signer, witness: Witness) -> None:
        self._entries = entries
        self._signer = signer
        self._witness = witness
        self._log = EntryLog(entries)
        self._tail: Tail | None = None
        self._turn = Lock()

    def append(self, leaves: Sequence[Leaf]) -> int:
        """Enter those of the leaves that the log does not have yet; return how many they were.

        Raises:
            PositionGap: a leaf does not follow the last one known of its service.
            Unproven: the stored log does not begin with what was signed last; signing it would hide that.
        """
        with self._turn:
            for attempt in range(_ATTEMPTS):
                known = self._tail or self._end()
                grown = known.copy()
                entries = self._entered(leaves, grown)
                if not entries or self._insert(entries, grown):
                    self._tail = grown
                    return len(entries)
                self._tail = None
                sleep(attempt * _PAUSE_S)
        raise TimeoutError(f"the end of the log was taken by others {_ATTEMPTS} times")

    def _end(self) -> Tail:
        """Read where the log ends, if it is still the one that the witness knows."""
        seen = self._witness.checkpoint()
        if seen is not None and (self._log.size() < seen.size or self._log.root(seen.size) != seen.root):
            raise Unproven(f"the first {seen.size} entries are not those that were signed")
        return self._log.tail()

    def _entered(self, leaves: Sequence[Leaf], tail: Tail) -> list[Entry]:
        """Return the entries of those leaves that are new to the tail, which grows by them."""
        entries = []
        for leaf in leaves:
            expected = tail.heads.get(leaf.service, 0) + 1
            if leaf.position > expected:
                raise PositionGap(leaf, expected)
            if leaf.position == expected:
                tail.heads[leaf.service] = leaf.position
                leaf_hash = leaf.hash
                nodes = tuple(tail.frontier.append(leaf_hash))
                entries.append(Entry(tail.frontier.size - 1, leaf, leaf_hash, nodes, None))
        return entries

    def _insert(self, entries: Sequence[Entry], grown: Tail) -> bool:
        """Insert a batch, sealed with a checkpoint; False when another writer has taken one of its places."""
        documents = [entry.as_document() for entry in entries]
        with self._signer.turn() as turn:
            checkpoint = turn.sign(grown.frontier.size, grown.frontier.root())
            documents[-1] |= {"checkpoint": checkpoint, "heads": grown.heads}
            if not self._inserted(documents):
                return False
            self._witness.keep(checkpoint)
            turn.done()
        return True

    def _inserted(self, documents: Sequence[Document]) -> bool:
        try:
            self._entries.insert_many(documents, ordered=True)
        except DuplicateKeyError:
            return False
        except BulkWriteError as error:
            if any(failure["code"] != _DUPLICATE_KEY for failure in error.details["writeErrors"]):
                raise
            return False
        return True

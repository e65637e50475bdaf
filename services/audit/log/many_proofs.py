"""Proofs of many entries against one checkpoint, made batch by batch in bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.audit.log.checkpoint import Checkpoint
from services.audit.log.entries import Entry, EntryLog
from services.audit.log.proofs import Span, includes, inclusion
from services.audit.log.tree import Node, bag

_KEPT_FROM_LEVEL = 10
"""Hashes of subtrees with 1,024 leaves and more stand in most proofs, and are few: they are read once."""


class NotProven(Exception):  # noqa: N818 - what was found, as in the messaging errors
    """The stored log does not prove this entry under the checkpoint any more."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.entry = name


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry, and its audit path from the leaf upwards."""

    entry: Entry
    path: tuple[bytes, ...]


class ManyProofs:
    """Makes proofs under one root; what does not lead there is never returned."""

    def __init__(self, log: EntryLog, checkpoint: Checkpoint) -> None:
        self._log = log
        self._size, self._root = checkpoint.size, checkpoint.root
        self._kept: dict[Node, bytes] = {}

    def of(self, indexes: Sequence[int]) -> Iterator[Proven]:
        """Prove one batch of entries, in the order asked for.

        Raises:
            NotProven: an entry is gone, or its path does not lead to the root.
        """
        entries = self._log.some(indexes)
        paths = {index: inclusion(index, self._size) for index in indexes}
        siblings = self._siblings({span for path in paths.values() for span in path})
        for index in indexes:
            if index not in entries:
                raise NotProven(f"number {index}")
            entry, path = entries[index], tuple(siblings[span] for span in paths[index])
            if entry.leaf.hash != entry.leaf_hash or not includes(self._root, self._size, index, entry.leaf_hash, path):
                raise NotProven(entry.leaf.entry)
            yield Proven(entry, path)

    def _siblings(self, spans: set[Span]) -> dict[Span, bytes]:
        """Return the hash of each span once: those high up stand in nearly every path of a batch."""
        nodes = {span: span.nodes for span in spans}
        hashes = self._hashes({node for those in nodes.values() for node in those})
        return {span: bag([hashes[node] for node in those]) for span, those in nodes.items()}

    def _hashes(self, nodes: set[Node]) -> dict[Node, bytes]:
        unknown = nodes - self._kept.keys()
        try:
            found = self._log.hashes(unknown)
        except (KeyError, IndexError) as gap:
            raise NotProven(f"the tree of {self._size} entries") from gap
        self._kept |= {node: value for node, value in found.items() if node.level >= _KEPT_FROM_LEVEL}
        return {**found, **{node: self._kept[node] for node in nodes & self._kept.keys()}}

"""Answers about the log for anybody who doubts: checkpoint and keys, proofs, and the hashes of the tree."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from services.audit.log.checkpoint import Checkpoint, Verifier
from services.audit.log.entries import Entry, EntryLog
from services.audit.log.proofs import Span, consistency, extends, includes, inclusion
from services.audit.log.tiles import tile
from services.audit.messages import ConsistencyProof, InclusionProof, SignedCheckpoint, TileHashes


@dataclass(frozen=True, slots=True)
class Signed:
    """The largest tree that was signed, with the note that says so."""

    checkpoint: Checkpoint
    note: str


class Proving:
    """Reads the log and the public keys; whoever receives its answers needs to trust neither it nor us."""

    def __init__(self, log: EntryLog, verifier: Verifier) -> None:
        self._log = log
        self._verifier = verifier

    def signed(self) -> Signed | None:
        """Return the latest checkpoint; None while nothing was ever logged."""
        latest = self._log.latest_checkpoint()
        return None if latest is None else Signed(self._verifier.checkpoint(latest[1]), latest[1])

    def checkpoint(self) -> SignedCheckpoint:
        """Return the latest checkpoint with the keys that check it."""
        signed, keys = self.signed(), str(self._verifier)
        current = keys.splitlines()[-1].split(" ")[0]
        if signed is None:
            return SignedCheckpoint("", 0, "", current, keys)
        return SignedCheckpoint(signed.note, signed.checkpoint.size, signed.checkpoint.root.hex(), current, keys)

    def consistency(self, old: int, new: int) -> ConsistencyProof | None:
        """Return the proof that one tree is the beginning of another; None unless both are signed and in this order."""
        signed = self.signed()
        if signed is None or not 0 < old <= new <= signed.checkpoint.size:
            return None
        old_root, new_root = (self._log.root(size).hex() for size in (old, new))
        return ConsistencyProof(old, new, old_root, new_root, self._hexes(consistency(old, new)))

    def tile(self, level: int, number: int, width: int) -> TileHashes | None:
        """Return the first hashes of a tile of the signed tree; None when it has not so many."""
        signed = self.signed()
        size = 0 if signed is None else signed.checkpoint.size
        hashes = tile(self._log, size, (level, number), width)
        return None if hashes is None else TileHashes(level, number, width, b64encode(hashes).decode())

    def proof(self, index: int) -> InclusionProof | None:
        """Return the proof of the entry at an index; None when it is not in a signed tree (yet)."""
        signed, entry = self.signed(), self._log.entry(index)
        if signed is None or entry is None or index >= signed.checkpoint.size:
            return None
        return self._proof(entry, signed)

    def _proof(self, entry: Entry, signed: Signed) -> InclusionProof:
        size, root = signed.checkpoint.size, signed.checkpoint.root
        return InclusionProof(
            entry=entry.leaf.entry,
            index=entry.index,
            leaf=entry.leaf.data.decode(),
            leaf_hash=entry.leaf.hash.hex(),
            path=self._hexes(inclusion(entry.index, size)),
            size=size,
            root=root.hex(),
            note=signed.note,
            keys=str(self._verifier),
        )

    def _hexes(self, spans: Sequence[Span]) -> tuple[str, ...]:
        hashes = self._log.hashes(node for span in spans for node in span.nodes)
        return tuple(span.hash(hashes).hex() for span in spans)


def holds(proof: InclusionProof) -> bool:
    """Check a proof as a stranger would, from nothing but itself."""
    path = [bytes.fromhex(sibling) for sibling in proof.path]
    return includes(bytes.fromhex(proof.root), proof.size, proof.index, bytes.fromhex(proof.leaf_hash), path)


def is_beginning(proof: ConsistencyProof) -> bool:
    """Check a proof that one tree is the beginning of another, from nothing but itself."""
    path = [bytes.fromhex(sibling) for sibling in proof.path]
    return extends(bytes.fromhex(proof.old_root), proof.old, bytes.fromhex(proof.new_root), proof.new, path)

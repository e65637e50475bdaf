"""Answers about the log for anybody who doubts: its checkpoint, and the proof that an entry is in it."""

from dataclasses import dataclass

from services.audit.log.checkpoint import Checkpoint, Verifier
from services.audit.log.entries import Entry, EntryLog
from services.audit.log.proofs import includes, inclusion
from services.audit.messages import InclusionProof, SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Signed:
    """The largest tree that was signed, with the note that says so."""

    checkpoint: Checkpoint
    note: str


class Proving:
    """Reads the log and the public key; whoever receives its answers needs to trust neither it nor us."""

    def __init__(self, log: EntryLog, verifier: Verifier) -> None:
        self._log = log
        self._verifier = verifier

    def signed(self) -> Signed | None:
        """Return the latest checkpoint; None while nothing was ever logged."""
        latest = self._log.latest_checkpoint()
        return None if latest is None else Signed(self._verifier.checkpoint(latest[1]), latest[1])

    def checkpoint(self) -> SignedCheckpoint:
        """Return the latest checkpoint with the key that checks it."""
        signed = self.signed()
        if signed is None:
            return SignedCheckpoint("", 0, "", str(self._verifier))
        return SignedCheckpoint(signed.note, signed.checkpoint.size, signed.checkpoint.root.hex(), str(self._verifier))

    def proof(self, index: int) -> InclusionProof | None:
        """Return the proof of the entry at an index; None when it is not in a signed tree (yet)."""
        signed, entry = self.signed(), self._log.entry(index)
        if signed is None or entry is None or index >= signed.checkpoint.size:
            return None
        return self._proof(entry, signed)

    def _proof(self, entry: Entry, signed: Signed) -> InclusionProof:
        size, root = signed.checkpoint.size, signed.checkpoint.root
        spans = inclusion(entry.index, size)
        hashes = self._log.hashes(node for span in spans for node in span.nodes)
        return InclusionProof(
            entry=entry.leaf.entry,
            index=entry.index,
            leaf=entry.leaf.data.decode(),
            leaf_hash=entry.leaf.hash.hex(),
            path=tuple(span.hash(hashes).hex() for span in spans),
            size=size,
            root=root.hex(),
            note=signed.note,
        )


def holds(proof: InclusionProof) -> bool:
    """Check a proof as a stranger would, from nothing but itself."""
    path = [bytes.fromhex(sibling) for sibling in proof.path]
    return includes(bytes.fromhex(proof.root), proof.size, proof.index, bytes.fromhex(proof.leaf_hash), path)

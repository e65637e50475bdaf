"""The bus door of the audit service: hears every service, answers with checkpoints and proofs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from infra.messaging.entrypoints import Built, LogPages, consume, rpc
from infra.messaging.envelope import Envelope
from infra.messaging.versions import EVERY_VERSION, Versions
from services.audit.bootstrap import Hearing, hearing

UNDERSTOOD = Versions()
"""The board's events from which audit learns who may act; into the log goes every event, in whatever version."""


class AuditService(LogPages):
    """One method for each service that is heard; RPC for whoever wants proof."""

    name = "audit"
    here: Hearing = Built(hearing)

    @consume("board", versions=EVERY_VERSION)
    def from_board(self, envelopes: Sequence[Envelope]) -> None:
        """Take in the board's events: into the log first, then into what is known of offices and people."""
        self.here.listening.react(envelopes)
        UNDERSTOOD.expect(envelopes)
        self.here.board.react(envelopes)

    @consume("content", versions=EVERY_VERSION)
    def from_content(self, envelopes: Sequence[Envelope]) -> None:
        """Take in content's events."""
        self.here.listening.react(envelopes)

    @consume("audit", versions=EVERY_VERSION)
    def from_audit(self, envelopes: Sequence[Envelope]) -> None:
        """Take in the audit service's own events: exports, inspections, refused attempts."""
        self.here.listening.react(envelopes)

    @rpc
    def checkpoint(self) -> dict[str, Any]:
        """Return the log's latest checkpoint as `SignedCheckpoint`."""
        return asdict(self.here.proving.checkpoint())

    @rpc
    def proof(self, entry: str) -> dict[str, Any] | None:
        """Return the proof of an entry such as "content/42" as `InclusionProof`; None when it is not in the log (yet)."""
        act = self.here.queries.act(entry)
        proof = None if act is None else self.here.proving.proof(act.index)
        return None if proof is None or proof.entry != entry else asdict(proof)

    @rpc
    def proof_at(self, index: int) -> dict[str, Any] | None:
        """Return the proof of the entry at an index, whatever it is, as `InclusionProof`; None when it is not signed (yet)."""
        proof = self.here.proving.proof(index)
        return None if proof is None else asdict(proof)

    @rpc
    def consistency(self, old: int, new: int) -> dict[str, Any] | None:
        """Return the proof that the first `old` entries are the beginning of the first `new`, as `ConsistencyProof`.

        None unless 0 < old <= new <= the signed size.
        """
        proof = self.here.proving.consistency(old, new)
        return None if proof is None else asdict(proof)

    @rpc
    def tile(self, level: int, number: int, width: int) -> dict[str, Any] | None:
        """Return the first `width` hashes of a tile of the signed tree as `TileHashes`; None when it has not so many."""
        tile = self.here.proving.tile(level, number, width)
        return None if tile is None else asdict(tile)

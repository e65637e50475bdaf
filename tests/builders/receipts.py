"""Receipts and the log that they are of, made without servers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.kernel.canonical import canonical_json
from infra.messaging.envelope import Envelope
from services.audit.log.checkpoint import SigningKey
from services.audit.log.leaf import Leaf, leaf_of
from services.audit.log.proofs import Span, consistency, inclusion
from services.audit.log.tree import Frontier, Node
from tests.builders.published import published

ORIGIN = "binh-phuoc/audit-log"


def a_key(number: int = 1) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


@dataclass
class PaperLog:
    """A log in memory: events with their leaves, and proofs over any beginning of it."""

    events: list[Envelope] = field(default_factory=lambda: [published(n, f"item{n}") for n in range(1, 12)])
    signs: SigningKey = field(default_factory=lambda: SigningKey(ORIGIN, a_key()))
    keys: str = ""

    @property
    def leaves(self) -> list[Leaf]:
        return [leaf_of(e.service, e.position, e.topic, e.subject, e.version, e.state) for e in self.events]

    def note(self, size: int) -> str:
        return self.signs.sign(size, self.root(size))

    def root(self, size: int) -> bytes:
        return Frontier.over(leaf.hash for leaf in self.leaves[:size]).root()

    def path(self, index: int, size: int) -> list[str]:
        return self._hexes(inclusion(index, size), size)

    def consistency(self, old: int, new: int) -> dict[str, Any]:
        return {"old": old, "new": new, "path": self._hexes(consistency(old, new), new)}

    def receipt(self, index: int, size: int) -> dict[str, Any]:
        event, leaf = self.events[index], self.leaves[index]
        return {
            "format": "minhbach-receipt/1",
            "origin": ORIGIN,
            "entry": leaf.entry,
            "index": index,
            "leaf": leaf.data.decode(),
            "path": self.path(index, size),
            "checkpoint": self.note(size),
            "keys": self.keys or f"{self.signs.verifier}\n",
            "state": event.state.decode(),
            "content_hash": event.data.get("content_hash"),
            "item": {"id": str(event.subject)},
        }

    def pack(self, indexes: Sequence[int], size: int, people: Sequence[dict[str, Any]] = ()) -> dict[str, str]:
        """The files of an audit pack, by name."""
        told = {"format": "minhbach-audit-pack/1", "purpose": "Thanh tra", "made_at": "2026-11-21", "origin": ORIGIN}
        events = [self._event(index, size) for index in indexes]
        files = {
            "pack.json": json.dumps({**told, "criteria": {"thing": "x"}}),
            "checkpoint.txt": self.note(size),
            "keys.txt": self.keys or f"{self.signs.verifier}\n",
            "events.jsonl": "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events),
        }
        known = {"people.jsonl": "".join(json.dumps(each) + "\n" for each in people)} if people else {}
        return {**files, **known}

    @property
    def size(self) -> int:
        return len(self.events)

    def answers(self) -> dict[str, Any]:
        """What the audit service would answer, by RPC, as the log is at that moment."""
        return {
            "checkpoint": self._checkpoint,
            "proof": lambda entry: self._proof([leaf.entry for leaf in self.leaves].index(entry)),
            "proof_at": lambda index: self._proof(index) if index < self.size else None,
            "consistency": lambda old, new: self._consistency(old, new) if new <= self.size else None,
        }

    def _checkpoint(self) -> dict[str, Any]:
        key = str(self.signs.verifier)
        root = self.root(self.size).hex()
        return {"note": self.note(self.size), "size": self.size, "root": root, "key": key, "keys": self.keys or key}

    def _proof(self, index: int) -> dict[str, Any]:
        leaf, told = self.leaves[index], self._checkpoint()
        path = self.path(index, self.size)
        own = {"entry": leaf.entry, "index": index, "leaf": leaf.data.decode(), "leaf_hash": leaf.hash.hex()}
        return {**own, "path": path, **{name: told[name] for name in ("size", "root", "note", "keys")}}

    def _consistency(self, old: int, new: int) -> dict[str, Any]:
        roots = {"old_root": self.root(old).hex(), "new_root": self.root(new).hex()}
        return {**self.consistency(old, new), **roots}

    def _event(self, index: int, size: int) -> dict[str, Any]:
        receipt = self.receipt(index, size)
        at = self.events[index].data["timestamp"]
        return {"at": at, **{name: receipt[name] for name in ("entry", "index", "leaf", "path", "state")}}

    def _hexes(self, spans: Sequence[Span], size: int) -> list[str]:
        nodes, frontier = {}, Frontier()
        for index, leaf in enumerate(self.leaves[:size]):
            for level, completed in enumerate([leaf.hash, *frontier.append(leaf.hash)]):
                nodes[Node(level, index >> level)] = completed
        return [span.hash(nodes).hex() for span in spans]


def as_data(event: Envelope) -> bytes:
    """The item of an event as the API answers it, as far as it is compared."""
    told = {"log_entry": event.id, "content": event.data["content"]}
    return canonical_json({"content": event.data["content"], "history": [told], "article": str(UUID(int=1))})

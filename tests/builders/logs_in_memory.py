"""Logs of services and the audit log over them as documents in memory, read in pages as from a database."""

from bisect import bisect_right
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.event_store import GENESIS, LogEntry
from infra.event_store.commit import as_document, sealed
from services.audit.log.checkpoint import SigningKey
from services.audit.log.entries import Entry
from services.audit.log.leaf import leaf_of
from services.audit.log.pledges import Kept, Pledge
from services.audit.log.tree import Frontier
from services.audit.log.verification import Outcome, Stored, Verification

Document = dict[str, Any]
KEY = SigningKey("memory/audit-log", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01"))


class Pages:
    """Documents that are given out at most `portion` at once, in the order of their keys."""

    def __init__(self, documents: Sequence[Document], portion: int = 1_000_000) -> None:
        self.all = sorted(documents, key=lambda document: document["_id"])
        self._keys = [document["_id"] for document in self.all]
        self._portion = portion

    def documents(self, after: float, limit: int) -> list[Document]:
        """As a service's log gives its commits."""
        begin = bisect_right(self._keys, after)
        return list(self.all[begin : begin + min(limit, self._portion)])

    def stored(self, after: float, limit: int) -> list[Document]:
        """As the audit log gives its entries."""
        return self.documents(after, limit)

    def astray(self) -> bool:
        """Nothing stands at no place."""
        return False

    def size(self) -> int:
        """As the audit log tells how many entries there are."""
        return int(self._keys[-1]) + 1 if self._keys else 0

    def signed(self) -> int:
        """As the audit log tells the size of the largest signed tree."""
        sizes = [int(document["_id"]) + 1 for document in self.all if "checkpoint" in document]
        return sizes[-1] if sizes else 0


@dataclass
class MemoryLogs:
    """Commits by service, entries, and every checkpoint that was signed."""

    commits: dict[str, list[Document]]
    entries: list[Document]
    notes: list[tuple[int, str]]

    @classmethod
    def of(cls, batches: Sequence[tuple[str, Sequence[int]]]) -> "MemoryLogs":
        """Write commits of so many events each, service by service; every batch ends with a checkpoint."""
        logs, tree, previous = cls({}, [], []), Frontier(), dict[str, bytes]()
        for service, sizes in batches:
            commits = logs.commits.setdefault(service, [])
            first = commits[-1]["_id"] + commits[-1]["n"] if commits else 1
            for size in sizes:
                events = [_event(service, position) for position in range(first, first + size)]
                commit = sealed(first, events, None, previous.get(service, GENESIS))
                commits.append(as_document(commit, b"token", None))
                previous[service], first = commit.hash, first + size
                for each in events:
                    leaf = leaf_of(service, each.position, each.topic, each.originator_id, each.version, each.state)
                    nodes = tuple(tree.append(leaf.hash))
                    logs.entries.append(Entry(tree.size - 1, leaf, leaf.hash, nodes, None).as_document())
            note = KEY.sign(tree.size, tree.root())
            heads = {service: commits[-1]["_id"] + commits[-1]["n"] - 1 for service, commits in logs.commits.items()}
            logs.entries[-1] |= {"checkpoint": note, "heads": heads}
            logs.notes.append((tree.size, note))
        return logs

    def copy(self) -> "MemoryLogs":
        """Return logs that may be tampered with."""
        return deepcopy(self)

    def kept(self) -> Kept:
        """Return what witnesses keep of these logs: the last checkpoint, and a journal of all."""
        pledges = [Pledge("journal", size, note) for size, note in self.notes]
        latest = [Pledge("checkpoint", *self.notes[-1])]
        return Kept(latest, pledges, range(self.notes[0][0], self.notes[-1][0] + 1))

    def verify(self, kept: Kept, portion: int, *, plainly: bool) -> Outcome:
        """Verify them, read in portions."""
        services = {service: Pages(commits, portion) for service, commits in self.commits.items()}
        stored = Stored(Pages(self.entries, portion), services, KEY.verifier)
        return Verification(stored).run(kept, lambda *_: None, plainly=plainly)


def _event(service: str, position: int) -> LogEntry:
    state = f'{{"words":"{service} {position}"}}'.encode()
    return LogEntry(position, UUID(int=position % 7), position, f"{service}.matter.continued", state)

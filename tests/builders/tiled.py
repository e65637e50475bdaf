"""A log that answers with tiles, computed by brute force, for tests of what is made of them."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from services.audit.log.checkpoint import SigningKey
from services.audit.log.tree import Frontier
from services.audit.messages import SignedCheckpoint
from tests.builders.receipts import ORIGIN, a_key


def leaves_of(count: int, kind: str = "leaf") -> list[bytes]:
    return [hashlib.sha256(f"{kind} {number}".encode()).digest() for number in range(count)]


def files_of(folder: Path) -> dict[str, bytes]:
    """All that was published below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in (folder / "log").rglob("*") if p.is_file()}


@dataclass
class BruteLog:
    """Every level of 256 counted anew for each tile; `asked` remembers which tiles were wanted.

    `keys` are all there ever were, where there was more than the one that signs.
    """

    leaves: list[bytes]
    signs: SigningKey = field(default_factory=lambda: SigningKey(ORIGIN, a_key()))
    asked: list[tuple[int, int, int]] = field(default_factory=list)
    keys: str = ""

    def checkpoint(self) -> SignedCheckpoint:
        if not self.leaves:
            return SignedCheckpoint("", 0, "", str(self.signs.verifier), str(self.signs.verifier))
        root = Frontier.over(self.leaves).root()
        note, key = self.signs.sign(len(self.leaves), root), str(self.signs.verifier)
        return SignedCheckpoint(note, len(self.leaves), root.hex(), key, self.keys or key)

    def tile(self, level: int, number: int, width: int) -> bytes:
        self.asked.append((level, number, width))
        row = self.leaves
        for _ in range(level):
            row = [Frontier.over(row[at : at + 256]).root() for at in range(0, len(row) // 256 * 256, 256)]
        return b"".join(row[number * 256 : number * 256 + width])

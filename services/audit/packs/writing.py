"""Writes a pack: everything in it, each event proved under one checkpoint, in memory that does not grow with it."""

import json
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from infra.kernel.canonical import canonical_json
from services.audit.domain.pack import Contents, Order
from services.audit.log.checkpoint import Checkpoint, Verifier
from services.audit.log.entries import Entry, EntryLog
from services.audit.log.leaf import Leaf
from services.audit.log.many_proofs import ManyProofs, NotProven, Proven
from services.audit.packs.archive import Archive, digest
from services.audit.packs.disclosure import disclosed, instant_of
from services.audit.packs.readme import readme
from services.audit.packs.selection import Selection, merged
from services.audit.packs.states import States
from services.audit.policy.purposes import PURPOSES, Named
from services.audit.queries.criteria import Criteria
from services.board.messages import PersonRecord

FORMAT = "minhbach-audit-pack/1"
VERIFIER = Path(__file__).parents[1] / "verifier" / "verify_minhbach.py"
_BATCH = 100

RecordsOf = Callable[[Sequence[UUID]], Sequence[PersonRecord]]
"""Asks the board for records of people with their salts; raises `RpcError` when it cannot answer."""
Progress = Callable[[int, int], None]
"""Hears how many events of how many are written."""


@dataclass(frozen=True, slots=True)
class Task:
    """A pack to be made: what was ordered and when, and at which `place` of the log that stands."""

    order: Order
    ordered_at: datetime
    place: int


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that a pack is made of."""

    log: EntryLog
    states: States
    selection: Selection
    verifier: Verifier
    records_of: RecordsOf


class PackWriter:
    """Makes one pack after another."""

    def __init__(self, sources: Sources) -> None:
        self._from = sources

    def place_of(self, pack_id: UUID) -> int | None:
        """Return where the order of a pack stands in the signed log; None as long as it does not."""
        place = self._from.selection.order_of(pack_id)
        return None if place is None or self._from.log.sealing(place) is None else place

    def concerned(self, task: Task, progress: Progress) -> list[str]:
        """Return the accounts whose records the pack may show: none, the one it is about, or all that acted."""
        names = PURPOSES[task.order.ground].names if task.order.named else Named.NOBODY
        if names is Named.ONESELF:
            return [task.order.criteria["account"]]
        return sorted(self._acting(task, progress)) if names is Named.STAFF else []

    def write(self, task: Task, people: Sequence[str], path: Path, progress: Progress) -> Contents:
        """Write the pack to a file, with the records of these people as far as they still are.

        Raises:
            NotProven: something that belongs in it is not what the log has signed.
            RpcError: the board could not be asked for people.
        """
        records = self._from.records_of([UUID(key) for key in people]) if people else ()
        issuings = self._from.selection.issuings([record.key for record in records], task.order.entries)
        indexes, checkpoint = merged(self._selected(task, progress), issuings, [task.place]), self._checkpoint(task)
        with Archive(path, task.ordered_at) as archive:
            for name, content in self._small(task, records, len(indexes)).items():
                archive.add(name, [content])
            archive.add("events.jsonl", self._lines(task, indexes, progress))
        counted = {"events": len(indexes), "people": len(records), "size": path.stat().st_size}
        return Contents(**counted, sha256=digest(path), entries=checkpoint.size, root=checkpoint.root.hex())

    def _small(self, task: Task, records: Sequence[PersonRecord], events: int) -> dict[str, bytes]:
        """Return the files besides the events."""
        sealing = self._sealing(task)
        about = {
            "format": FORMAT,
            "purpose": f"{task.order.ground}: {task.order.purpose}",
            "made_at": task.ordered_at.isoformat(timespec="seconds"),
            "origin": self._from.verifier.name,
        }
        files = {
            "README.txt": readme({**about, "size": sealing.index + 1, "events": events}, named=bool(records)),
            "verify_minhbach.py": VERIFIER.read_bytes(),
            "pack.json": _json({**about, "criteria": task.order.criteria, "order": self._ordered(task)}),
            "checkpoint.txt": (sealing.checkpoint or "").encode(),
            "keys.txt": f"{self._from.verifier}\n".encode(),
        }
        if records:
            files["people.jsonl"] = b"".join(canonical_json(asdict(record)) + b"\n" for record in records)
        return files

    def _lines(self, task: Task, indexes: "array[int]", progress: Progress) -> Iterator[bytes]:
        for begin, batch in self._proven(task, indexes):
            states = self._from.states.of(proven.entry for proven in batch)
            for proven in batch:
                state = states[proven.entry.leaf.entry]
                shown = task.order.named or proven.entry.index == task.place
                yield _json(_line(proven, state, named=shown))
            progress(begin + len(batch), len(indexes))

    def _proven(self, task: Task, indexes: "array[int]") -> Iterator[tuple[int, list[Proven]]]:
        proofs = ManyProofs(self._from.log, self._checkpoint(task))
        for begin in range(0, len(indexes), _BATCH):
            yield begin, list(proofs.of(indexes[begin : begin + _BATCH]))

    def _checkpoint(self, task: Task) -> Checkpoint:
        """Return the first checkpoint over the order itself, of which the tree known when it was given is the beginning."""
        checkpoint = self._from.verifier.checkpoint(self._sealing(task).checkpoint or "")
        if self._from.log.root(task.order.entries).hex() != task.order.root:
            raise NotProven("checkpoint")
        return checkpoint

    def _sealing(self, task: Task) -> Entry:
        sealing = self._from.log.sealing(task.place)
        if sealing is None:
            raise NotProven("checkpoint")
        return sealing

    def _ordered(self, task: Task) -> str:
        entry = self._from.log.entry(task.place)
        if entry is None:
            raise NotProven("order")
        return entry.leaf.entry

    def _acting(self, task: Task, progress: Progress) -> set[str]:
        found: set[str] = set()
        for _, batch in self._proven(task, self._selected(task, progress)):
            for state in self._from.states.of(proven.entry for proven in batch).values():
                found |= _accounts(json.loads(state))
            progress(0, 0)
        return found

    def _selected(self, task: Task, progress: Progress) -> "array[int]":
        criteria = Criteria.read(task.order.criteria)
        return self._from.selection.of(criteria, task.order.entries, lambda: progress(0, 0))


def _accounts(data: Mapping[str, Any]) -> set[str]:
    """Return who acted, and whom it was done to."""
    act = data.get("act")
    named = [data.get("account"), act.get("account") if isinstance(act, dict) else None]
    return {account for account in named if isinstance(account, str)}


def _line(proven: Proven, state: bytes, *, named: bool) -> dict[str, Any]:
    leaf: Leaf = proven.entry.leaf
    return {
        "entry": leaf.entry,
        "index": proven.entry.index,
        "leaf": leaf.data.decode(),
        "path": [sibling.hex() for sibling in proven.path],
        "state": disclosed(leaf.topic, state, named=named),
        "at": instant_of(state),
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"

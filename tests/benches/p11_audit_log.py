"""P11: the audit log: verification of everything in memory, beside raw SHA-256 of the same bytes; and appending to it.

Verification must hash four things for each event: its stored bytes, its commit, its leaf, and a node of the tree. The
control hashes exactly these byte strings, made beforehand. Both are measured in processor time, so that other work on the
machine changes little.
"""

import gc
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from pymongo import MongoClient

from infra.event_store import EVENTS, LogReader, create_log
from infra.event_store.commit import canonical_bytes, from_document
from services.audit.log.appender import Appender
from services.audit.log.entries import ENTRIES, Entry, EntryLog
from services.audit.log.key import signer, verifier
from services.audit.log.pledges import Kept, Pledge
from services.audit.log.verification import Answer, Stored, Verification
from services.audit.log.witness import Witness
from services.audit.reactions import stored
from tests.benches.frame import Bar, Case
from tests.benches.mongodb import mongodb
from tests.builders.logs_in_memory import Pages
from tests.builders.long_log import write_long_log

TITLE = "audit log"
EVENTS_WRITTEN = 60_000
BATCH = 200
APPENDED = 20_000
FLOOR = 3_000
NAME = "bench/audit-log"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A service's log and the audit log over it, all in memory."""

    events: Pages
    entries: Pages
    keys: Any
    witness: Pledge

    def verify(self) -> float:
        """Return entries a second."""
        begun = process_time()
        stored_logs = Stored(self.entries, {"content": self.events}, self.keys)
        outcome = Verification(stored_logs).run(Kept([self.witness]), lambda *_: None)
        seconds = process_time() - begun
        if outcome.answer is not Answer.INTACT:
            raise AssertionError(outcome)
        return outcome.size / seconds

    def hashed(self) -> list[bytes]:
        """Return every byte string that verification hashes."""
        states = [event["s"] for commit in self.events.all for event in commit["e"]]
        commits = [
            commit.previous + canonical_bytes(commit.first, commit.entries, commit.handled)
            for commit in map(from_document, self.events.all)
        ]
        entries = [Entry.from_document(document) for document in self.entries.all]
        return [*states, *commits, *(b"\x00" + entry.leaf.data for entry in entries), *_nodes(entries)]


def _nodes(entries: Sequence[Entry]) -> list[bytes]:
    """Return the bytes of every inner node."""
    rows, node_bytes = [[entry.leaf_hash for entry in entries]], []
    while len(rows[-1]) > 1:
        row = rows[-1]
        pairs = [b"\x01" + left + right for left, right in zip(row[::2], row[1::2], strict=False)]
        node_bytes += pairs
        rows.append([hashlib.sha256(each).digest() for each in pairs])
    return node_bytes


def _raw(texts: Sequence[bytes], entries: int) -> float:
    """Return how many entries a second nothing but SHA-256 over all bytes allows."""
    sha256 = hashlib.sha256
    begun = process_time()
    for text in texts:
        sha256(text).digest()
    return entries / (process_time() - begun)


def written(client: MongoClient[Document], folder: Path) -> Written:
    """Write a long log, enter all of it, and take everything into memory."""
    database = client["bench_verified_log"]
    create_log(database)
    write_long_log(database[EVENTS], EVENTS_WRITTEN)
    witness = Witness(folder / "checkpoint", verifier(NAME, folder))
    append(Appender(database[ENTRIES], signer(NAME, folder), witness), leaves(LogReader(database[EVENTS])))
    reader, log = LogReader(database[EVENTS]), EntryLog(database[ENTRIES])
    note = witness.note() or ""
    everything = 10 * EVENTS_WRITTEN
    return Written(
        Pages(reader.documents(0, everything)),
        Pages(log.stored(-1, everything)),
        verifier(NAME, folder),
        Pledge.of("checkpoint", note),
    )


def leaves(reader: LogReader) -> list[Any]:
    """Return the leaves of a service's whole log."""
    found, after = [], 0
    while page := reader.page(after, 5_000):
        found += [stored("content", entry) for entry in page]
        after = page[-1].position
    return found


def append(appender: Appender, events: Sequence[Any]) -> float:
    """Append in batches as the bus delivers them; return entries a second."""
    begun = perf_counter()
    for first in range(0, len(events), BATCH):
        appender.append(events[first : first + BATCH])
    return len(events) / (perf_counter() - begun)


@contextmanager
def cases() -> Iterator[list[Case]]:
    """Verification beside raw hashing, and appending beside the pace of the whole path from log to read model."""
    with mongodb() as client, TemporaryDirectory(prefix="bench-audit-") as name:
        folder = Path(name)
        log = written(client, folder)
        texts = log.hashed()
        again = leaves(LogReader(client["bench_verified_log"][EVENTS]))[:APPENDED]
        rounds = iter(range(1_000))
        gc.freeze()  # a monitor does not hold the whole log in memory: the collector need not go through it either

        def appended() -> float:
            database = client[f"bench_appended_{next(rounds)}"]
            witness = Witness(folder / database.name, verifier(NAME, folder))
            rate = append(Appender(database[ENTRIES], signer(NAME, folder), witness), again)
            client.drop_database(database.name)
            return rate

        yield [
            Case(
                name="full verification",
                unit="entries/s",
                ours=log.verify,
                control=partial(_raw, texts, log.entries.size()),
                bar=Bar(">=", 0.3),
            ),
            Case(
                name=f"append in batches of {BATCH}",
                unit="events/s",
                ours=appended,
                control=None,
                bar=Bar(">=", FLOOR),
            ),
        ]

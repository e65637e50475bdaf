"""A province that a monitor watches, with its own rights, and everything that somebody with all rights may do to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymongo import MongoClient

from infra.event_store import LogReader, connect
from infra.event_store.commit import from_document, sealed
from infra.read_store.seal import MONITOR_SECRET, Seal
from services.audit.bootstrap import Logs
from services.audit.log.checkpoint import SigningKey
from services.audit.log.entries import ENTRIES, Entry, EntryLog
from services.audit.log.leaf import leaf_of
from services.audit.log.tree import Frontier
from services.audit.log.verification import Answer
from services.audit.monitor import watch_over
from services.audit.watch.memory import Finding, Memory
from services.audit.watch.pace import Pace
from services.audit.watch.standing import Standing
from tests.builders.waiting import until
from tests.integration.audit.own_province import Province

QUICK = Pace(shortest=0.1, aim=0.5, share=1.0, most=1.0, beat=0.05)
A_MINUTE = 60.0


@dataclass
class Watched:
    """A monitor over the logs of a province."""

    province: Province
    monitor_url: str
    folder: Path
    pace: Pace = QUICK
    stop: Event = field(default_factory=Event)
    thread: Thread | None = None
    client: MongoClient[dict[str, Any]] | None = None

    def begin(self) -> None:
        """Begin to watch, as a process that starts does."""
        self.stop = Event()
        self.client = client = connect(self.monitor_url)
        logs = {name: client[f"{self.province.prefix}_{name}_log"] for name in self.province.services}
        watched = Logs(
            services={name: LogReader(log.events) for name, log in logs.items()},
            entries=EntryLog(logs["audit"][ENTRIES]),
            verifier=self.province.signs.verifier,
            witnesses=self.province.witnesses,
            seal=self.seal,
        )
        watch = watch_over(watched, logs["audit"], client[f"{self.province.prefix}_audit"], self.stop, self.pace)
        self.thread = Thread(target=watch.run, args=(self.stop,))
        self.thread.start()

    def end(self) -> None:
        """Stop watching."""
        self.stop.set()
        if self.thread is not None:
            self.thread.join(timeout=20)
            assert not self.thread.is_alive()
        if self.client is not None:
            self.client.close()
        self.thread = self.client = None

    @property
    def memory(self) -> Memory:
        """What the monitor remembers, as pages read it."""
        return Memory(self.province.admin[f"{self.province.prefix}_audit"], self.seal)

    @property
    def seal(self) -> Seal:
        """What tells the monitor's word from any other."""
        return Seal(self.folder / MONITOR_SECRET)

    @property
    def standing(self) -> Standing:
        """The monitor's last word."""
        said = self.memory.said()
        assert said is not None
        return said

    def says(self, answer: Answer) -> bool:
        """Tell whether this is the monitor's word now."""
        said = self.memory.said()
        return said is not None and said.state is answer

    def all_is_read_again(self) -> None:
        """Wait until everything has been read once more by readings that were begun after this."""
        for _ in range(2):
            before = self.standing.checked_at
            until(lambda before=before: self.standing.checked_at != before, A_MINUTE)  # type: ignore[misc]

    def found(self) -> set[str]:
        """Return what is there now that should not be: "content/4 changed"."""
        return {finding.name for finding in self.memory.findings(1_000) if finding.there}

    def history(self) -> list[Finding]:
        """Return everything that was ever found."""
        return self.memory.findings(1_000)

    def names_within_a_minute(self, deed: "Deed", expected: set[str]) -> None:
        """Let somebody do it: exactly this is found, and stays so; "{elsewhere}" stands for the folder elsewhere."""
        named = {each.replace("{elsewhere}", str(self.folder / "elsewhere")) for each in expected}
        deed(self)
        if named:
            until(lambda: self.found() >= named, A_MINUTE)
        self.all_is_read_again()
        assert self.found() == named

    # What somebody does who has all rights.

    def set_state(self, commit: int, place: int, old: bytes, new: bytes) -> None:
        """Change bytes of an event of content."""
        events = self.province.events("content")
        state = events.find_one({"_id": commit})["e"][place]["s"]  # type: ignore[index]
        assert old in state
        events.update_one({"_id": commit}, {"$set": {f"e.{place}.s": state.replace(old, new, 1)}})

    def rechain(self, service: str = "content") -> None:
        """Give every commit the hash that it would have had."""
        previous = bytes(32)
        events = self.province.events(service)
        for document in list(events.find().sort("_id", 1)):
            commit = from_document(document)
            anew = sealed(commit.first, commit.entries, commit.handled, previous)
            events.update_one({"_id": commit.first}, {"$set": {"p": anew.previous, "h": anew.hash}})
            previous = anew.hash

    def rewrite_store(self) -> None:
        """Write all of content's events anew in other words, with a chain that fits."""
        events = self.province.events("content")
        for document in list(events.find()):
            told = [{**event, "s": event["s"].replace(b"words", b"WORDS")} for event in document["e"]]
            events.update_one({"_id": document["_id"]}, {"$set": {"e": told}})
        self.rechain()

    def forge_entry(self, index: int, state: bytes) -> None:
        """Make an entry fit to other bytes of its event, its leaf hash included."""
        entries = self.province.entries()
        stored = entries.find_one({"_id": index})
        assert stored is not None
        leaf = Entry.from_document(stored).leaf
        forged = leaf_of(leaf.service, leaf.position, leaf.topic, leaf.subject, leaf.version, state)
        entries.update_one({"_id": index}, {"$set": {"state": forged.state_hash, "leaf": forged.hash}})

    def regrow(self) -> None:
        """Recompute every hash of the tree."""
        tree = Frontier()
        for stored in list(self.province.entries().find().sort("_id", 1)):
            nodes = tree.append(stored["leaf"])
            self.province.entries().update_one({"_id": stored["_id"]}, {"$set": {"nodes": nodes}})

    def resign(self, key: SigningKey) -> list[str]:
        """Sign every checkpoint anew; return the notes."""
        tree, notes = Frontier(), []
        for stored in list(self.province.entries().find().sort("_id", 1)):
            tree.append(stored["leaf"])
            if "checkpoint" in stored:
                notes.append(key.sign(tree.size, tree.root()))
                self.province.entries().update_one({"_id": stored["_id"]}, {"$set": {"checkpoint": notes[-1]}})
        return notes

    def rewrite_everything(self, key: SigningKey) -> list[str]:
        """Change an old event, and make chain, entry, tree and signatures fit; return the checkpoints."""
        self.set_state(3, 1, b"sent", b"Sent")
        self.rechain()
        state = self.province.events("content").find_one({"_id": 3})["e"][1]["s"]  # type: ignore[index]
        self.forge_entry(4, state)
        self.regrow()
        return self.resign(key)

    def cut(self, entries: int, **heads: int) -> None:
        """Cut off the audit log and services' logs behind these sizes."""
        self.province.entries().delete_many({"_id": {"$gte": entries}})
        for service, head in heads.items():
            self.province.events(service).delete_many({"_id": {"$gt": head}})

    @property
    def stolen_key(self) -> SigningKey:
        """The log's own key."""
        raw = (self.folder / "secrets" / "audit-log.key").read_bytes()
        return SigningKey(self.province.signs.verifier.name, Ed25519PrivateKey.from_private_bytes(raw))

    @property
    def other_key(self) -> SigningKey:
        """A key that somebody has made for himself, under the log's name."""
        return SigningKey(self.province.signs.verifier.name, Ed25519PrivateKey.from_private_bytes(bytes(32)))

    @property
    def witness_file(self) -> Path:
        """The file with the last checkpoint."""
        return self.folder / "audit" / "checkpoint"

    @property
    def journal_file(self) -> Path:
        """The file with every checkpoint."""
        return self.folder / "audit" / "checkpoints"

    @property
    def far_file(self) -> Path:
        """The file with every checkpoint, elsewhere."""
        return self.folder / "elsewhere" / "portal.example-audit.checkpoints"

    def write_journal(self, file: Path, lines: Iterable[bytes]) -> None:
        """Replace a journal."""
        file.write_bytes(b"".join(lines))


Deed = Callable[[Watched], Any]
"""Something that somebody does who has all rights."""


def enlarged(note: str) -> str:
    """Return a checkpoint that claims more entries than a number has digits for."""
    name, size, *rest = note.split("\n")
    return "\n".join([name, size + "0" * 5_000, *rest])

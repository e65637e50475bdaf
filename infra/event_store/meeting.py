"""Where processes of one machine and user leave saves for whoever of them commits next: a hint, as turns are."""

import os
import socket
import stat
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import bson
from bson.errors import BSONError
from eventsourcing.persistence import DataError, IntegrityError, StoredEvent

from infra.event_store.connection import CODEC, Document
from infra.event_store.saving import TOKEN_BYTES, EventKey, Save, VersionTaken, keys_of
from infra.event_store.turns import shared_place

OFFERED_S = 0.1
"""How long a process waits for others to write what it offers."""
TOGETHER_BYTES, TOGETHER_SAVES = 8 * 1024 * 1024, 256
"""What whoever has the turn takes from the others."""
GATHER_S = 0.002
"""How long whoever has the turn waits for as many as there were last time."""
_GLANCE_S = 0.0001
_LARGEST_MESSAGE = 64 * 1024
_DOTS = (1, 3)
"""In the names `ear.ear` and `server.ear.token.offer`."""
_DAMAGE = (BSONError, KeyError, TypeError, ValueError, IntegrityError, DataError)


@dataclass(frozen=True, slots=True)
class Offer:
    """Saves that another process may write, and the file they lie in, called `server.ear.token.offer`."""

    path: Path
    saves: list[Save]

    @property
    def server(self) -> str:
        """Which server process its owner writes to."""
        return self.path.name.split(".")[0]

    @property
    def keys(self) -> set[EventKey]:
        """Which version of which aggregate its events are."""
        return keys_of(self.saves)

    @property
    def settled(self) -> bool:
        """Tell whether all outcomes are known."""
        return all(save.settled for save in self.saves)

    @property
    def in_doubt(self) -> bool:
        """Tell whether its owner has tried to write it, and does not know whether it is written."""
        return any(save.in_doubt for save in self.saves)

    def withdraw(self) -> None:
        """Leave it to nobody else any more."""
        self.path.unlink(missing_ok=True)


class Meeting:
    """The folder in which the writers of one log meet, and the ear, a socket, at which this one listens."""

    def __init__(self, folder: Path) -> None:
        """Enter a folder that only this user may enter; raises `OSError` where there can be none."""
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        if found.st_mode != stat.S_IFDIR | stat.S_IRWXU or found.st_uid != os.geteuid():
            raise PermissionError(folder)
        self._folder = folder
        self._name = os.urandom(8).hex()
        self._ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        weakref.finalize(self, _close, self._ear, self._ear_of(self._name))
        self._ear.bind(str(self._ear_of(self._name)))
        self._usual = 1
        self._sweep()

    @classmethod
    def on(cls, log: str) -> "Meeting | None":
        """Return the meeting of a log's writers, in memory where there is a place for it, None where there is none."""
        try:
            return cls(shared_place() / f"{log}.{os.geteuid()}.meeting")
        except OSError:
            return None

    @contextmanager
    def offered(self, server: str, saves: list[Save]) -> Iterator[Offer | None]:
        """Let those who write to the same server process write these saves, until the block ends; None if it cannot be."""
        token = os.urandom(TOKEN_BYTES)
        offer = Offer(self._folder / f"{server}.{self._name}.{token.hex()}.offer", saves)
        try:
            yield offer if self._put(offer, token) else None
        finally:
            offer.withdraw()

    def others(self, own: Offer) -> list[Offer]:
        """Return what others offer, after a moment for those who were there last time; only for who has the turn.

        An offer is taken whole, into one commit, or left: so a commit that names an offer and has a version that this
        one asks for, has it of this one.
        """
        deadline = monotonic() + GATHER_S
        while len(paths := self._offers(own.server)) < self._usual and monotonic() < deadline:
            sleep(_GLANCE_S)
        self._usual = len(paths)
        offers, keys, count, size = list[Offer](), own.keys, 0, 0
        for offer in filter(None, (_read(path) for path in paths if path != own.path)):
            count, size = count + len(offer.saves), size + sum(save.size for save in offer.saves)
            if count > TOGETHER_SAVES or size > TOGETHER_BYTES:
                break
            if keys.isdisjoint(offer.keys):
                offers.append(offer)
                keys |= offer.keys
        return offers

    def answer(self, offers: Sequence[Offer]) -> None:
        """Tell their owners what became of offers; what is unsettled stays offered."""
        for offer in offers:
            if offer.settled:
                offer.withdraw()
                firsts = [save.positions[0] if save.positions else None for save in offer.saves]
                self._send(offer.path, {"offer": offer.path.name, "firsts": firsts, "met": self._usual})

    def ring(self, server: str) -> None:
        """Wake one of those who still wait: the turn is free."""
        waiting = [path for path in self._offers(server) if path.name.split(".")[1] != self._name]
        if waiting:
            self._send(waiting[0], {})

    def listen(self, own: Offer, timeout_s: float) -> bool:
        """Wait for a word; when the saves are answered, settle them; tell whether they are."""
        while not own.settled:
            self._ear.settimeout(timeout_s)
            try:
                self._take(own, self._ear.recv(_LARGEST_MESSAGE))
            except (TimeoutError, BlockingIOError):
                return False
            timeout_s = 0.0  # somebody rang, now or earlier: an answer may come behind
        return True

    def _take(self, own: Offer, message: bytes) -> None:
        """Take a message for what it is: the answer to our offer, to one of old, or somebody's ring."""
        with suppress(*_DAMAGE):
            answer = bson.decode(message)
            if answer.get("offer") == own.path.name:
                self._usual = answer["met"]
                _settle(own.saves, answer["firsts"])

    def _put(self, offer: Offer, token: bytes) -> bool:
        """Write the file of an offer, whole or not at all."""
        saves = [[(e.originator_id, e.originator_version, e.topic, e.state) for e in s.events] for s in offer.saves]
        content = bson.encode({"until": monotonic() + OFFERED_S, "saves": saves}, codec_options=CODEC)
        new = offer.path.with_suffix(".new")
        for save in offer.saves:
            save.offer = token
        try:
            file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                complete = os.write(file, content) == len(content)
            finally:
                os.close(file)
            new.rename(offer.path)
        except OSError:
            complete = False  # such as where memory is full
            new.unlink(missing_ok=True)
        return complete

    def _offers(self, server: str) -> list[Path]:
        """Return the files of all offers to one server process."""
        return [self._folder / name for name in self._names() if name.startswith(server) and name.endswith(".offer")]

    def _names(self) -> list[str]:
        try:
            found = os.listdir(self._folder)  # noqa: PTH208 - a path for each costs more than the look
        except OSError:
            return []  # such as where the user's memory was tidied up
        return sorted(name for name in found if name.count(".") in _DOTS)

    def _ear_of(self, name: str) -> Path:
        return self._folder / f"ear.{name}"

    def _send(self, offer: Path, message: Document) -> None:
        """Send without waiting: who does not hear looks by itself. What belongs to an ear that is gone is removed."""
        ear = offer.name.split(".")[1]
        try:
            self._ear.sendto(bson.encode(message), socket.MSG_DONTWAIT, str(self._ear_of(ear)))
        except (ConnectionRefusedError, FileNotFoundError):
            self._remove(ear)
        except OSError:
            return

    def _sweep(self) -> None:
        """Remove what processes have left that were killed."""
        for ear in {name.split(".")[1] for name in self._names()}:
            self._send(Path(f".{ear}"), {})

    def _remove(self, ear: str) -> None:
        for name in self._names():
            if name.split(".")[1] == ear:
                (self._folder / name).unlink(missing_ok=True)


def _read(path: Path) -> Offer | None:
    """Read an offer, None when it was withdrawn or speaks another language; remove it when nobody waits any more."""
    try:
        token, content = bytes.fromhex(path.name.split(".")[2]), bson.decode(path.read_bytes(), CODEC)
        saves = [Save([StoredEvent(*event) for event in events], None) for events in content["saves"]]
        is_waiting = 0 <= content["until"] - monotonic() <= OFFERED_S
    except (OSError, *_DAMAGE):
        return None
    if not is_waiting:
        path.unlink(missing_ok=True)
        return None
    for save in saves:
        save.offer = token
    return Offer(path, saves)


def _settle(saves: list[Save], firsts: list[int | None]) -> None:
    for save, first in zip(saves, firsts, strict=True):
        if first is None:
            save.error = VersionTaken()
        else:
            save.succeed(first)


def _close(ear: socket.socket, path: Path) -> None:
    ear.close()
    path.unlink(missing_ok=True)
    with suppress(OSError):  # others are there
        path.parent.rmdir()

"""Files are kept once, refused while they are read, and leave nothing behind."""

import hashlib
import io
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo.database import Database

from infra.kernel.clock import system_clock
from infra.kernel.verdicts import Refusal
from infra.read_store.files import CHUNK_BYTES, Files, NoSuchFileError, StoredFile

pytestmark = pytest.mark.servers
Store = Database[dict[str, Any]]
MB = 1024 * 1024
PDF = "application/pdf"


@pytest.fixture
def files(store_database: Store) -> Files:
    files = Files(store_database)
    files.prepare()
    return files


def some_bytes(size: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 - bytes to be counted, not secrets


class Counted(io.BytesIO):
    """A stream that remembers how much of it was asked for at once and in all."""

    most_at_once = 0
    in_all = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.most_at_once = max(self.most_at_once, len(piece))
        self.in_all += len(piece)
        return piece


class Breaking(io.BytesIO):
    """A stream that ends in the middle with an error, as an upload does when the browser goes away."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > MB:
            raise ConnectionResetError
        return super().read(size)


class Dripping(io.BytesIO):
    """A stream that gives less than it is asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 1, 1000))


def put(files: Files, content: bytes, limit_bytes: int = 50 * MB) -> StoredFile | Refusal:
    return files.put(io.BytesIO(content), name="tờ trình.pdf", media_type=PDF, limit_bytes=limit_bytes)


def leftovers(store: Store) -> tuple[int, int]:
    return store["files.files"].count_documents({}), store["files.chunks"].count_documents({})


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_a_file_comes_back_as_it_went_in(files: Files, size: int) -> None:
    content = some_bytes(size)

    stored = put(files, content)

    digest = hashlib.sha256(content).hexdigest()
    assert stored == StoredFile(digest, size, PDF, "tờ trình.pdf")
    assert files.exists(digest)
    with files.open(digest) as stream:
        assert stream.read() == content


def test_any_stretch_of_a_file_can_be_had(files: Files) -> None:
    content = some_bytes(2 * CHUNK_BYTES + 100)
    stored = put(files, content)
    assert isinstance(stored, StoredFile)

    assert files.chunk(stored.id, 0, 10) == content[:10]
    assert files.chunk(stored.id, CHUNK_BYTES - 5, 10) == content[CHUNK_BYTES - 5 : CHUNK_BYTES + 5]
    assert files.chunk(stored.id, len(content) - 3, 10) == content[-3:]
    assert files.chunk(stored.id, len(content), 10) == b""


def test_the_same_bytes_are_stored_once_whatever_they_are_called(files: Files, store_database: Store) -> None:
    content = some_bytes(2 * MB)
    first = put(files, content)
    kept = leftovers(store_database)

    second = files.put(io.BytesIO(content), name="other.pdf", media_type=PDF, limit_bytes=MB * 3)

    assert isinstance(first, StoredFile)
    assert isinstance(second, StoredFile)
    assert (second.id, second.name) == (first.id, "other.pdf")
    assert leftovers(store_database) == kept


def test_the_same_bytes_sent_by_many_at_once_are_stored_once(files: Files, store_database: Store) -> None:
    content = some_bytes(MB)

    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda _: put(files, content), range(8)))

    assert len({each.id for each in stored if isinstance(each, StoredFile)}) == 1
    assert leftovers(store_database) == (1, 5)


@pytest.mark.parametrize("over", [0, 1])
def test_the_limit_is_the_last_size_kept(files: Files, store_database: Store, over: int) -> None:
    stored = put(files, some_bytes(MB + over), limit_bytes=MB)

    if over:
        assert stored == Refusal("", "file_too_large", facts={"limit_bytes": MB})
        assert leftovers(store_database) == (0, 0)
    else:
        assert isinstance(stored, StoredFile)


def test_a_file_over_the_limit_is_refused_while_it_is_read(files: Files) -> None:
    stream = Counted(bytes(20 * MB))

    files.put(stream, name="", media_type=PDF, limit_bytes=MB)

    assert stream.in_all <= MB + CHUNK_BYTES
    assert stream.most_at_once <= CHUNK_BYTES


def test_an_interrupted_upload_leaves_nothing_behind(files: Files, store_database: Store) -> None:
    with pytest.raises(ConnectionResetError):
        files.put(Breaking(bytes(3 * MB)), name="", media_type=PDF, limit_bytes=9 * MB)

    assert leftovers(store_database) == (0, 0)


def test_a_stream_may_give_less_than_it_is_asked_for(files: Files) -> None:
    content = some_bytes(CHUNK_BYTES + 500)

    stored = files.put(Dripping(content), name="", media_type=PDF, limit_bytes=MB)

    assert isinstance(stored, StoredFile)
    assert files.chunk(stored.id, 0, MB) == content


@pytest.mark.parametrize("ask", [lambda f: f.open("0" * 64), lambda f: f.chunk("../etc/passwd", 0, 1)])
def test_a_file_that_is_not_there_is_named_as_such(files: Files, ask: Callable[[Files], object]) -> None:
    assert not files.exists("0" * 64)
    with pytest.raises(NoSuchFileError):
        ask(files)


def test_what_a_killed_process_left_is_swept_and_nothing_else(files: Files, store_database: Store) -> None:
    stored = put(files, some_bytes(MB))
    assert isinstance(stored, StoredFile)
    kept, now = leftovers(store_database), system_clock()
    stray = {"files_id": ObjectId.from_datetime(now - timedelta(days=1)), "n": 0, "data": b"half of a file"}
    store_database["files.chunks"].insert_one(stray)

    swept = files.sweep(before=now - timedelta(hours=1))

    assert swept == 1
    assert leftovers(store_database) == kept

"""Bytes that have the right hash and cannot be decoded are called damage, by the name of their file."""

import gzip
import struct
from pathlib import Path

import bson
import pytest

from infra.backup.archive import Archive
from infra.backup.erasing import erase_again
from infra.backup.manifest import DamagedBackupError
from infra.backup.restoring import restore
from infra.backup.stores import Stores
from infra.backup.taking import Taking
from infra.event_store import EVENTS
from tests.integration.backup.forging import forge
from tests.integration.backup.test_taking_and_restoring import Service, silent

pytestmark = pytest.mark.servers

THINGS = "content/things.bson.gz"
WHOLE = bson.encode({"_id": "a", "position": 1})
PACKED = gzip.compress(WHOLE)


@pytest.mark.parametrize(
    "content",
    [
        b"no archive",
        PACKED[:-9],
        PACKED[:12] + b"\xff\xff\xff\xff" + PACKED[16:],
        gzip.compress(WHOLE[:-3]),
        gzip.compress(struct.pack("<i", -7) + WHOLE),
        gzip.compress(b"\x05\x00"),
        gzip.compress(WHOLE + bson.encode({"_id": "b"})),
    ],
    ids=["no gzip", "cut off", "not deflated", "half a document", "negative length", "half a length", "one too many"],
)
def test_a_part_that_cannot_be_decoded_is_named(
    province: Stores, empty: Stores, taking: Taking, tmp_path: Path, content: bytes
) -> None:
    Service(province).act()
    taking.into(tmp_path / "copy")
    forge(tmp_path / "copy", THINGS, content)
    Archive(tmp_path / "copy").check()

    with pytest.raises(DamagedBackupError, match=r"content/things\.bson\.gz holds"):
        restore(Archive(tmp_path / "copy"), empty, tmp_path / "new", silent)


def test_a_file_that_cannot_be_decoded_is_named_before_anything_is_written(
    province: Stores, empty: Stores, taking: Taking, tmp_path: Path
) -> None:
    Service(province).act()
    taking.into(tmp_path / "copy")
    forge(tmp_path / "copy", "var/secrets/audit-log.key.gz", b"no archive")

    with pytest.raises(DamagedBackupError, match=r"var/secrets/audit-log\.key\.gz holds what nobody can read"):
        restore(Archive(tmp_path / "copy"), empty, tmp_path / "new", silent)


def test_a_commit_that_is_none_is_named_when_people_are_erased_again(province: Stores) -> None:
    province.collection("content_log", EVENTS).insert_one({"_id": 3, "n": 1, "e": [{"t": "somebody.erased"}]})

    with pytest.raises(DamagedBackupError, match="content_log/events holds no commit at 3"):
        erase_again(province, {"somebody.erased": ["{subject}"]})

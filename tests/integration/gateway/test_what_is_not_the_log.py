"""The press is the log's first witness: it publishes nothing that does not fit what is published, itself, and the log's keys."""

import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.press.tiles import Tiles
from services.audit.log.checkpoint import SigningKey
from services.audit.log.keys import KeyChange
from tests.builders.receipts import ORIGIN, a_key
from tests.builders.tiled import BruteLog, files_of, leaves_of
from tests.integration.gateway.flushes import recorded_flushes

UNREADABLE = [b"", b"\0" * 300, b"\xff\xfe", b"one line"]
"""What a power cut, or a disk, may leave of a checkpoint."""


def refused(tiles: Tiles) -> list[str]:
    """Let it catch up; return why it published nothing."""
    with capture_logs() as told:
        tiles.catch_up()
    return [each["reason"] for each in told if each["event"] == "checkpoint_not_published"]


def with_an_unreadable_checkpoint(folder: Path, leaves: list[bytes], left: bytes = b"") -> dict[str, bytes]:
    """Publish a tree, damage its checkpoint, and return all that is there then."""
    Tiles(folder, BruteLog(leaves)).catch_up()
    (folder / "log" / "checkpoint").write_bytes(left)
    return files_of(folder)


def test_a_checkpoint_that_does_not_fit_tiles_that_are_full_already_is_not_published(tmp_path: Path) -> None:
    leaves, log = leaves_of(310), BruteLog([])
    tiles = Tiles(tmp_path, log)
    log.leaves = leaves[:300]
    tiles.catch_up()
    before = files_of(tmp_path)

    log.leaves = [*leaves[:5], *leaves_of(1, "another"), *leaves[6:]]
    assert refused(tiles) == ["the checkpoint of 310 entries does not fit the tiles"]
    assert refused(Tiles(tmp_path, log)) == ["tile/1/000.p/1 does not begin as it did"]
    assert files_of(tmp_path) == before

    log.leaves = leaves
    assert refused(tiles) == []
    assert files_of(tmp_path)["log/checkpoint"] == log.checkpoint().note.encode()


def test_a_tree_that_does_not_begin_with_the_published_one_is_not_published_whatever_a_power_cut_took(
    tmp_path: Path,
) -> None:
    leaves = leaves_of(310)
    Tiles(tmp_path, BruteLog(leaves[:300])).catch_up()
    (tmp_path / "log" / "tile" / "1" / "000.p" / "1").write_bytes(b"")
    before = files_of(tmp_path)

    rewritten = BruteLog([*leaves[:5], *leaves_of(1, "another"), *leaves[6:]])
    assert refused(Tiles(tmp_path, rewritten)) == [
        "the tree of 310 entries does not begin with the published one of 300"
    ]
    assert files_of(tmp_path) == before

    assert refused(Tiles(tmp_path, BruteLog(leaves))) == []


def test_a_full_tile_that_does_not_fit_the_one_above_it_is_not_published(tmp_path: Path) -> None:
    leaves, log, wrong = leaves_of(600), BruteLog([]), BruteLog([])
    log.leaves = leaves[:300]
    Tiles(tmp_path, log).catch_up()
    before = files_of(tmp_path)

    wrong.leaves, log.leaves = [*leaves[:400], *leaves_of(1, "another"), *leaves[401:]], leaves
    honest, log.tile = log.tile, lambda *tile: (wrong if tile[:2] == (0, 1) else BruteLog(leaves)).tile(*tile)  # type: ignore[method-assign]
    assert refused(Tiles(tmp_path, log)) == ["tile/0/001 does not fit the tile above it"]
    assert files_of(tmp_path) == before

    log.tile = honest  # type: ignore[method-assign]
    assert refused(Tiles(tmp_path, log)) == []


def test_a_checkpoint_is_published_only_with_the_signature_of_the_key_for_its_size(tmp_path: Path) -> None:
    old, new, stranger = (SigningKey(ORIGIN, a_key(number)) for number in (1, 2, 3))
    leaves, log = leaves_of(310), BruteLog([], old)
    tiles = Tiles(tmp_path, log)
    log.leaves = leaves[:300]
    tiles.catch_up()
    before = files_of(tmp_path)
    log.leaves = leaves

    log.signs = stranger
    assert refused(tiles) == ["the log offers other keys than are published"]
    log.keys = str(old.verifier)
    assert refused(tiles) == ["the checkpoint of 310 entries is not signed by the key for that size"]
    log.signs, log.keys = old, f"{old.verifier}\n{KeyChange.made(old, new, 300)}"
    assert refused(Tiles(tmp_path, log)) == ["the checkpoint of 310 entries is not signed by the key for that size"]
    log.signs, log.keys = stranger, f"{old.verifier}\n{KeyChange.made(stranger, stranger, 300)}"
    assert refused(Tiles(tmp_path, log)) == ["the checkpoint of 310 entries is not signed by the key for that size"]
    assert files_of(tmp_path) == before

    log.signs, log.keys = new, f"{old.verifier}\n{KeyChange.made(old, new, 300)}"
    assert refused(tiles) == []
    assert files_of(tmp_path)["log/keys"].decode() == f"{log.keys}\n"


@pytest.mark.parametrize("left", UNREADABLE)
@pytest.mark.parametrize("size", [300, 310])
def test_a_checkpoint_that_cannot_be_read_is_told_and_written_anew(tmp_path: Path, left: bytes, size: int) -> None:
    leaves = leaves_of(310)
    with_an_unreadable_checkpoint(tmp_path, leaves[:300], left)
    log = BruteLog(leaves[:size])

    with capture_logs() as told:
        Tiles(tmp_path, log).catch_up()

    assert files_of(tmp_path)["log/checkpoint"] == log.checkpoint().note.encode()
    assert [(each["log_level"], each["tiles_of"]) for each in told if "unreadable" in each["event"]] == [
        ("critical", 300)
    ]


def test_a_checkpoint_that_becomes_unreadable_under_the_press_is_written_anew(tmp_path: Path) -> None:
    log = BruteLog(leaves_of(300))
    tiles = Tiles(tmp_path, log)
    tiles.catch_up()
    before = files_of(tmp_path)
    (tmp_path / "log" / "checkpoint").write_bytes(b"")

    assert refused(tiles) == []
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("changed", [5, 290])
@pytest.mark.parametrize("size", [300, 310, 600])
def test_without_a_readable_checkpoint_the_tiles_that_are_there_still_count(
    tmp_path: Path, changed: int, size: int
) -> None:
    leaves = leaves_of(600)
    before = with_an_unreadable_checkpoint(tmp_path, leaves[:300])

    rewritten = [*leaves[:changed], *leaves_of(1, "another"), *leaves[changed + 1 : size]]
    assert len(refused(Tiles(tmp_path, BruteLog(rewritten)))) == 1
    kept = files_of(tmp_path)
    assert {name: kept[name] for name in before} == before

    assert refused(Tiles(tmp_path, BruteLog(leaves[:size]))) == []


def test_without_a_readable_checkpoint_a_shorter_log_is_not_published(tmp_path: Path) -> None:
    leaves = leaves_of(600)
    before = with_an_unreadable_checkpoint(tmp_path, leaves)

    tiles = Tiles(tmp_path, BruteLog(leaves[:599]))

    assert refused(tiles) == ["the log offers another tree of 599 entries, 600 are published"]
    assert refused(tiles) == []
    assert files_of(tmp_path) == before


def test_without_a_readable_checkpoint_full_tiles_count_where_a_power_cut_took_the_partial_ones(tmp_path: Path) -> None:
    leaves = leaves_of(600)
    with_an_unreadable_checkpoint(tmp_path, leaves)
    for path in (tmp_path / "log" / "tile").rglob("*.p/*"):
        path.write_bytes(b"")

    assert refused(Tiles(tmp_path, BruteLog([*leaves[:300], *leaves_of(1, "another"), *leaves[301:]]))) == [
        "tile/0/001 does not begin as it did"
    ]
    assert refused(Tiles(tmp_path, BruteLog(leaves))) == []
    fresh = tmp_path / "fresh"
    Tiles(fresh, BruteLog(leaves)).catch_up()
    assert files_of(fresh) == files_of(tmp_path)


def test_keys_that_cannot_be_read_are_not_taken_for_those_that_are_offered(tmp_path: Path) -> None:
    leaves = leaves_of(310)
    Tiles(tmp_path, BruteLog(leaves[:300])).catch_up()
    (tmp_path / "log" / "keys").write_bytes(b"\xff\xfe")

    assert refused(Tiles(tmp_path, BruteLog(leaves))) == ["the log offers other keys than are published"]


def test_a_checkpoint_and_the_keys_are_on_the_disk_before_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, flushed = BruteLog(leaves_of(300)), recorded_flushes(monkeypatch)

    Tiles(tmp_path, log).catch_up()

    checkpoint = log.checkpoint()
    folder = tmp_path / "log"
    assert flushed[-4:] == [f"{checkpoint.keys}\n".encode(), folder, checkpoint.note.encode(), folder]


def test_a_log_whose_files_are_taken_away_under_the_press_is_published_whole_again(tmp_path: Path) -> None:
    leaves, log = leaves_of(600), BruteLog([])
    tiles = Tiles(tmp_path, log)
    log.leaves = leaves[:500]
    tiles.catch_up()
    shutil.rmtree(tmp_path / "log")

    log.leaves = leaves
    tiles.catch_up()

    fresh = tmp_path / "fresh"
    Tiles(fresh, BruteLog(leaves)).catch_up()
    assert files_of(fresh) == {name: data for name, data in files_of(tmp_path).items() if name.startswith("log/")}

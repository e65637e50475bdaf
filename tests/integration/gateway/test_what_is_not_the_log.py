"""The press is the log's first witness: it publishes nothing that does not fit what is published, itself, and the log's keys."""

from pathlib import Path

from structlog.testing import capture_logs

from gateway.press.tiles import Tiles
from services.audit.log.checkpoint import SigningKey
from services.audit.log.keys import KeyChange
from tests.builders.receipts import ORIGIN, a_key
from tests.builders.tiled import BruteLog, files_of, leaves_of


def refused(tiles: Tiles) -> list[str]:
    """Let it catch up; return why it published nothing."""
    with capture_logs() as told:
        tiles.catch_up()
    return [each["reason"] for each in told if each["event"] == "checkpoint_not_published"]


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

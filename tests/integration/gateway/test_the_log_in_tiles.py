"""The log's tree as static files: a reader who knows only the published specifications finds everything over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from gateway.baked import BakedPages
from gateway.press.tiles import Tile, Tiles, edge_of, tiles_between
from gateway.press.tree import root_of
from services.audit.log.proofs import extends, includes
from services.audit.log.tree import Frontier
from tests.builders.newsroom.serving import served
from tests.builders.tile_reader import TileReader, path_of
from tests.builders.tiled import BruteLog, files_of, leaves_of

SIZES = (1, 2, 255, 256, 257, 511, 512, 600)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    with (
        served(lambda _: BakedPages(PlainTextResponse("live"), tmp_path)) as address,
        httpx.Client(base_url=f"{address}/log/") as client,
    ):
        yield client


@pytest.fixture
def reader(client: httpx.Client) -> TileReader:
    return TileReader(lambda path: client.get(path).raise_for_status().content)


def test_a_tile_is_named_as_the_specification_says() -> None:
    assert Tile(0, 1234067, 256).name == "tile/0/x001/x234/067"
    assert Tile(2, 0, 1).name == "tile/2/000.p/1"
    assert all(
        Tile(0, number, width).name == path_of("0", number, width)
        for number in (0, 9, 999, 1000, 999_999, 1_000_000)
        for width in (3, 256)
    )


def test_a_tree_of_70_000_has_the_tiles_that_the_specification_counts() -> None:
    tiles = [tile for tile, _ in tiles_between(0, 70_000)]

    assert len([tile for tile in tiles if tile.level == 0 and tile.width == 256]) == 273
    assert [tile for tile in tiles if tile.level or tile.width < 256] == [
        Tile(0, 273, 112),
        Tile(1, 0, 256),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert list(tiles_between(0, 256)) == [(Tile(0, 0, 256), 0), (Tile(1, 0, 1), 0)]
    assert list(tiles_between(300, 301)) == [(Tile(0, 1, 45), 44)]


@pytest.mark.parametrize("size", [1, 3, 255, 256, 257, 65_535, 65_536, 65_537, 66_047])
def test_the_root_of_a_tree_follows_from_the_partial_tiles_alone(size: int) -> None:
    log = BruteLog(leaves_of(size))

    edge = [log.tile(*tile) for tile in edge_of(size)]

    assert root_of(edge) == Frontier.over(log.leaves).root()
    assert len(edge) <= 3


def test_a_reader_computes_every_root_and_every_proof_from_the_tiles(tmp_path: Path, reader: TileReader) -> None:
    leaves, log = leaves_of(SIZES[-1]), BruteLog([])
    tiles, heads = Tiles(tmp_path, log), []
    for size in SIZES:
        log.leaves = leaves[:size]
        tiles.catch_up()
        head = reader.head()
        assert (head.size, head.root) == (size, reader.root(size)) == (size, Frontier.over(log.leaves).root())
        for index in {0, size // 2, size - 1}:
            path = reader.inclusion(index, 0, size, size)
            assert includes(head.root, size, index, leaves[index], path)
        heads.append(head)

    newest = heads[-1]
    for head in heads:
        proof = reader.consistency(head.size, 0, newest.size, newest.size)
        assert extends(head.root, head.size, newest.root, newest.size, proof)


def test_every_tree_at_the_right_edge_can_be_read_whether_or_not_its_checkpoint_was_published(
    tmp_path: Path, reader: TileReader
) -> None:
    leaves, log = leaves_of(300), BruteLog([])
    tiles = Tiles(tmp_path, log)
    for size in (260, 300):
        log.leaves = leaves[:size]
        tiles.catch_up()

    assert [reader.root(size) for size in range(257, 301)] == [
        Frontier.over(leaves[:size]).root() for size in range(257, 301)
    ]


def test_tiles_are_bytes_for_ever_and_the_checkpoint_is_text_of_this_moment(
    tmp_path: Path, client: httpx.Client
) -> None:
    Tiles(tmp_path, BruteLog(leaves_of(300))).catch_up()

    checkpoint, keys, full, partial = (client.get(p) for p in ("checkpoint", "keys", "tile/0/000", "tile/0/001.p/44"))

    assert [a.headers["content-type"] for a in (checkpoint, keys)] == ["text/plain; charset=utf-8"] * 2
    assert [a.headers["cache-control"] for a in (checkpoint, keys)] == ["no-cache"] * 2
    assert [a.headers["content-type"] for a in (full, partial)] == ["application/octet-stream"] * 2
    assert {a.headers["cache-control"] for a in (full, partial)} == {"public, max-age=31536000, immutable"}
    assert (len(full.content), len(partial.content)) == (8192, 44 * 32)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/002",
        "tile/0/001.p/45",
        "tile/0/001.p/0",
        "tile/64/000",
        "tile/0/1",
        "tile/00/000",
        "tile/entries/000",
        "tile/0/000.p",
        "tile/1/x000",
        "tile",
    ],
)
def test_there_is_nothing_else(tmp_path: Path, client: httpx.Client, path: str) -> None:
    Tiles(tmp_path, BruteLog(leaves_of(300))).catch_up()

    assert client.get(path).status_code in (404, 503)


def test_only_what_is_new_is_asked_for_and_what_is_full_has_no_narrower_files_of(tmp_path: Path) -> None:
    leaves, log = leaves_of(600), BruteLog([])
    tiles = Tiles(tmp_path, log)
    log.leaves = leaves[:500]
    tiles.catch_up()
    log.asked.clear()

    for size in (500, 501, 600):
        log.leaves = leaves[:size]
        tiles.catch_up()

    assert log.asked == [(0, 1, 245), (0, 2, 88), (1, 0, 2), (0, 1, 256)]
    assert sorted(path.name for path in (tmp_path / "log" / "tile" / "0").iterdir()) == ["000", "001", "002.p"]


class CutOffError(Exception):
    """The process dies here."""


def cut_off(log: BruteLog, after: int) -> Callable[[int, int, int], bytes]:
    honest, left = log.tile, iter(range(after))

    def tile(level: int, number: int, width: int) -> bytes:
        if next(left, None) is None:
            raise CutOffError
        return honest(level, number, width)

    return tile


@pytest.mark.parametrize("after", range(5))
def test_a_press_that_dies_in_between_leaves_the_old_checkpoint_whole_and_the_next_one_goes_on(
    tmp_path: Path, reader: TileReader, after: int
) -> None:
    leaves = leaves_of(1100)
    Tiles(tmp_path, BruteLog(leaves[:500])).catch_up()
    dying = BruteLog(leaves)
    dying.tile = cut_off(dying, after)  # type: ignore[method-assign]

    with pytest.raises(CutOffError):
        Tiles(tmp_path, dying).catch_up()
    assert reader.head().root == reader.root(500)

    Tiles(tmp_path, BruteLog(leaves)).catch_up()
    assert reader.head().root == reader.root(1100)
    fresh = tmp_path / "fresh"
    Tiles(fresh, BruteLog(leaves)).catch_up()
    assert files_of(tmp_path)["log/checkpoint"] == files_of(fresh)["log/checkpoint"]
    assert files_of(fresh).items() <= files_of(tmp_path).items()


def test_what_a_power_cut_took_is_written_anew_at_the_next_start(tmp_path: Path, reader: TileReader) -> None:
    log = BruteLog(leaves_of(600))
    Tiles(tmp_path, log).catch_up()
    (tmp_path / "log" / "tile" / "0" / "000").write_bytes(b"")
    (tmp_path / "log" / "tile" / "0" / "002.p" / "88").write_bytes(b"")

    Tiles(tmp_path, log).catch_up()

    assert reader.root(600) == reader.head().root


@pytest.mark.parametrize("size", [599, 600, 650])
def test_a_log_that_was_cut_off_or_rewritten_is_not_published(tmp_path: Path, reader: TileReader, size: int) -> None:
    tiles, log = Tiles(tmp_path, BruteLog([])), BruteLog(leaves_of(600))
    tiles = Tiles(tmp_path, log)
    tiles.catch_up()
    head = reader.head()

    log.leaves = leaves_of(size, "another")
    tiles.catch_up()
    Tiles(tmp_path, log).catch_up()

    assert reader.head() == head
    assert reader.root(600) == head.root


def test_a_full_tile_that_no_checkpoint_was_published_with_stays_only_if_it_fits(
    tmp_path: Path, reader: TileReader
) -> None:
    leaves = leaves_of(600)
    Tiles(tmp_path, BruteLog(leaves[:300])).catch_up()
    (tmp_path / "log" / "tile" / "0" / "001").write_bytes(b"".join(leaves_of(256, "another")))

    Tiles(tmp_path, BruteLog(leaves)).catch_up()

    assert [reader.root(size) for size in (512, 600)] == [Frontier.over(leaves[:size]).root() for size in (512, 600)]
    assert (tmp_path / "log" / "tile" / "0" / "001").read_bytes() == b"".join(leaves[256:512])


def test_a_partial_tile_that_was_lost_meanwhile_is_written_anew(tmp_path: Path, reader: TileReader) -> None:
    leaves, log = leaves_of(310), BruteLog([])
    tiles = Tiles(tmp_path, log)
    log.leaves = leaves[:300]
    tiles.catch_up()
    (tmp_path / "log" / "tile" / "1" / "000.p" / "1").unlink()

    log.leaves = leaves
    tiles.catch_up()

    assert reader.root(310) == reader.head().root


def test_an_empty_log_has_no_checkpoint(tmp_path: Path, client: httpx.Client) -> None:
    Tiles(tmp_path, BruteLog([])).catch_up()

    assert client.get("checkpoint").status_code in (404, 503)

"""kill -9 of the press and of a projector in mid-batch: pages and rows equal those of a full rebuild, byte for byte."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from gateway.baked import CURRENT
from gateway.queries import Queries
from infra.event_store import EVENTS, LogReader, connect
from infra.read_store.positions import Positions
from infra.read_store.rebuildable import rebuildable
from tests.builders.portal import Newsroom, PublicSide
from tests.builders.processes import Running
from tests.builders.province import Province
from tests.builders.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(300)]

ITEMS = 40
MANY_ITEMS = 600
"""So many that their events come in several batches."""
KILLS = 4


@pytest.fixture
def newsroom(province: Province) -> Iterator[Newsroom]:
    working = Newsroom(province)
    yield working
    working.close()


@pytest.fixture
def public_side(province: Province, tmp_path: Path) -> PublicSide:
    return PublicSide(province, tmp_path)


def killed_again_and_again(start: Callable[[], Running], done: Callable[[], int], total: int) -> None:
    """Kill what works each time when it has done a further share, and let the last one finish."""

    def works_until(share: int) -> None:
        with start():
            until(lambda: done() >= share, 60)

    for kill in range(1, KILLS + 2):
        works_until(total * kill // (KILLS + 1))


def pages(site: Path) -> dict[str, bytes]:
    """Return every file that readers can fetch, by its path."""
    current = site / CURRENT
    found = (path for path in sorted(current.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(current)): path.read_bytes() for path in found}


def number_listed(site: Path) -> int:
    """Return up to which change the lists are baked."""
    return int((site / CURRENT / ".listed").read_text())


def last_change(province: Province) -> int:
    """Return the number of the last change that lists have to follow."""
    settings = province.service("gateway")
    with connect(settings.mongo_url) as client:
        return Queries(client[settings.store_database]).last_turn()


def rows(store: Database[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return every row by its collection, as pages read them."""
    names = [name for name in store.list_collection_names() if not name.startswith(("positions", "fs.", "rebuild"))]
    return {name: list(rebuildable(store[name]).find().sort("_id")) for name in sorted(names)}


def test_pages_of_a_press_that_was_killed_again_and_again_equal_those_of_a_rebuild(
    newsroom: Newsroom, public_side: PublicSide, province: Province
) -> None:
    current = public_side.site_dir / CURRENT

    def baked() -> int:
        return len(list(current.glob("vi/tin-tuc/tin-so-*.html")))

    with public_side.relay(), public_side.listening_press():
        pass  # from now on the broker keeps for the press what it misses
    with public_side.relay():
        slugs = [newsroom.publish(f"Tin số {number}") for number in range(ITEMS)]
        killed_again_and_again(public_side.press, baked, ITEMS)
        with public_side.press():
            until(lambda: public_side.heard_up_to() == newsroom.head, 30)
            until(lambda: number_listed(public_side.site_dir) == last_change(province), 30)
    left = pages(public_side.site_dir)

    public_side.rebuild()

    assert all(any(slug in path for path in left) for slug in slugs)
    assert pages(public_side.site_dir) == left


def test_a_press_whose_pages_are_taken_away_ends_and_the_next_one_bakes_them_again(
    newsroom: Newsroom, public_side: PublicSide, province: Province
) -> None:
    with public_side.relay(), public_side.listening_press() as press:
        slug = newsroom.publish("Tin trước")
        until(lambda: public_side.heard_up_to() == newsroom.head)
        until(lambda: number_listed(public_side.site_dir) == last_change(province))
        before = pages(public_side.site_dir)

        shutil.rmtree(public_side.site_dir)
        until(lambda: press.process.poll() is not None)
        assert not (public_side.site_dir / CURRENT).exists()

    with public_side.press():
        assert pages(public_side.site_dir) == before
        assert public_side.heard_up_to() == 0  # pictures come with what is heard again
    assert any(slug in path for path in before)
    assert len(list((public_side.site_dir / "editions").iterdir())) == 1


def test_rows_of_a_projector_that_was_killed_again_and_again_equal_those_of_a_rebuild(
    newsroom: Newsroom, public_side: PublicSide, province: Province, tmp_path: Path
) -> None:
    settings = province.service("content")
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(newsroom.publish, (f"Tin số {number}" for number in range(MANY_ITEMS))))
    with connect(settings.mongo_url) as client:
        head = LogReader(client[settings.log_database][EVENTS]).head()
        store = client[settings.store_database]

        def projector() -> Running:
            arguments = ("infra.read_store.projector", "services.content.bootstrap:projector")
            return Running(*arguments, environment=public_side.environment, output=tmp_path / "projector.log")

        killed_again_and_again(projector, store["articles"].estimated_document_count, MANY_ITEMS)
        with projector():
            until(lambda: Positions(store).get("content") == head, 30)
        left = rows(store)
        rebuilding = ("infra.read_store.rebuild", "content")
        with Running(*rebuilding, environment=public_side.environment, output=tmp_path / "rebuild.log") as rebuild:
            assert rebuild.process.wait(60) == 0

        assert any(len(each) == MANY_ITEMS for each in left.values())
        assert rows(store) == left

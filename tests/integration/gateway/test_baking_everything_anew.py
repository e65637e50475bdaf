"""While everything is baked anew, readers find what was there, what is published meanwhile, and nothing by half."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest

from gateway.items import Item
from gateway.press.folder import SiteFolder
from gateway.press.indexing import Indexing
from gateway.queries import Queries
from gateway.search_index import IndexReader, index_folder
from tests.builders.published import an_item, published
from tests.integration.gateway.conftest import WholePress, Works, baked_bytes

pytestmark = pytest.mark.servers


def test_a_rebuild_that_is_stopped_leaves_readers_what_they_had(works: Works, press: WholePress) -> None:
    before, stop = baked_bytes(works.site_dir), Event()
    stop.set()

    assert not press.listing.rebuild(stop)
    assert baked_bytes(works.site_dir) == before

    assert press.listing.rebuild()
    assert baked_bytes(works.site_dir) == before
    assert len(list((works.site_dir / "editions").iterdir())) == 1


def test_what_is_published_meanwhile_is_listed_at_once_and_in_the_new_pages(
    works: Works, press: WholePress, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile, seen, items = published(20, "meanwhile"), list[bool](), Queries.items
    address = an_item(meanwhile).address("vi")

    def busy(queries: Queries, articles: Sequence[str]) -> Iterator[Item]:
        seen.append(address.encode() in baked_bytes(works.site_dir)["vi/tin-tuc/index.html"])
        if len(seen) == 1:
            press.press.react([meanwhile])
        return items(queries, articles)

    with monkeypatch.context() as patched:
        patched.setattr(Queries, "items", busy)
        assert press.listing.rebuild()

    assert seen[:2] == [False, True]
    rebuilt = baked_bytes(works.site_dir)
    assert address.encode() in rebuilt["vi/tin-tuc/index.html"]
    assert f"{address[1:]}.html" in rebuilt
    press.listing.rebuild()
    assert baked_bytes(works.site_dir) == rebuilt


def test_whoever_asked_for_it_sees_how_far_it_is(works: Works, press: WholePress) -> None:
    folder = SiteFolder(works.site_dir)
    folder.ask_rebuild()
    assert folder.rebuilt() == (0, 0)

    press.listing.catch_up()

    assert not folder.rebuild_asked()
    assert folder.rebuilt() == (10, 10)


@pytest.mark.usefixtures("press")
def test_an_index_begun_anew_finds_everything_after_one_commit(works: Works, tmp_path: Path) -> None:
    Indexing(Queries(works.store), tmp_path).catch_up()

    found = IndexReader(index_folder(tmp_path)).find("khoi cong", "vi", None, (0, 20))

    assert found.total == 10

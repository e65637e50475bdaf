"""The folder of the pages may be taken away, and a machine may lose its power: the press makes whole again what is lost."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pymongo.errors import AutoReconnect

from gateway.items import Item
from gateway.press.folder import SiteFolder, SiteLostError
from gateway.queries import Queries
from tests.builders.published import published
from tests.integration.gateway.conftest import WholePress, Works, baked_bytes
from tests.integration.gateway.flushes import recorded_flushes

pytestmark = pytest.mark.servers


def editions(site_dir: Path) -> list[str]:
    return sorted(path.name for path in (site_dir / "editions").iterdir())


def test_pages_that_are_taken_away_under_the_press_are_baked_anew_by_the_next_one(
    works: Works, press: WholePress
) -> None:
    shutil.rmtree(works.site_dir)

    press.press.react([published(20, "meanwhile")])
    with pytest.raises(SiteLostError):
        press.listing.catch_up()

    assert SiteFolder(works.site_dir).edition() is None
    assert not works.site_dir.joinpath("current").exists()
    again = works.press()
    healed = baked_bytes(works.site_dir)
    again.rebuild()
    assert baked_bytes(works.site_dir) == healed
    assert any("meanwhile" in name for name in healed)


@pytest.mark.usefixtures("press")
def test_a_folder_that_stands_where_the_link_should_gives_way(works: Works) -> None:
    current, before = works.site_dir / "current", baked_bytes(works.site_dir)
    pages = current.resolve()
    current.unlink()
    shutil.copytree(pages, current)
    shutil.rmtree(works.site_dir / "editions")

    works.press()

    assert current.is_symlink()
    assert baked_bytes(works.site_dir) == before
    assert len(editions(works.site_dir)) == 1


@pytest.mark.usefixtures("press")
def test_a_link_that_leads_nowhere_leads_to_whole_pages_again(works: Works) -> None:
    before = baked_bytes(works.site_dir)
    shutil.rmtree(works.site_dir / "editions")

    works.press()

    assert baked_bytes(works.site_dir) == before


def test_pages_that_are_taken_away_while_they_are_baked_are_not_offered_to_readers(
    works: Works, press: WholePress, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, items = baked_bytes(works.site_dir), Queries.items

    def taken_away(queries: Queries, positions: Mapping[str, int]) -> Iterator[Item]:
        shutil.rmtree(works.site_dir / "editions" / "2", ignore_errors=True)
        return items(queries, positions)

    with monkeypatch.context() as patched:
        patched.setattr(Queries, "items", taken_away)
        with pytest.raises(SiteLostError):
            press.listing.rebuild()

    assert baked_bytes(works.site_dir) == before
    assert press.listing.rebuild()
    assert baked_bytes(works.site_dir) == before


def test_a_rebuild_that_is_cut_short_again_and_again_leaves_one_half_baked_set_at_most(
    works: Works, press: WholePress, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, asked, items = baked_bytes(works.site_dir), list[int](), Queries.items

    def cut_short(queries: Queries, positions: Mapping[str, int]) -> Iterator[Item]:
        asked.append(len(positions))
        if len(asked) % 2 == 0:
            raise AutoReconnect("the store is away")
        return items(queries, positions)

    with monkeypatch.context() as patched:
        patched.setattr(Queries, "items", cut_short)
        for _ in range(3):
            with pytest.raises(AutoReconnect):
                press.listing.rebuild()
            assert len(editions(works.site_dir)) == 2
    assert baked_bytes(works.site_dir) == before

    assert press.listing.rebuild()
    assert len(editions(works.site_dir)) == 1


def test_the_mark_of_a_press_at_work_is_on_the_disk_before_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = recorded_flushes(monkeypatch)

    SiteFolder(tmp_path, "this boot").begin_work()

    assert (tmp_path / ".at-work").read_text() == "this boot"
    assert flushed == [(tmp_path / ".at-work").read_bytes(), tmp_path]


@pytest.mark.usefixtures("press")
def test_a_mark_that_a_power_cut_left_empty_tells_of_that_power_cut(works: Works) -> None:
    folder, design = SiteFolder(works.site_dir, works.boot), works.renderer.site.design
    assert folder.is_whole(design)

    (works.site_dir / ".at-work").write_bytes(b"")
    assert not folder.is_whole(design)

    (works.site_dir / ".at-work").unlink()
    assert folder.is_whole(design)


@pytest.mark.parametrize("left", [b"", b"\0\0", b"\xff\xfe"])
def test_a_note_of_what_is_listed_that_cannot_be_read_lists_everything_again(
    works: Works, press: WholePress, left: bytes
) -> None:
    before = baked_bytes(works.site_dir)
    (works.site_dir / "current" / ".listed").write_bytes(left)

    works.press().listing.catch_up()

    assert baked_bytes(works.site_dir) == before
    assert press.listing.rebuild()

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.press.files import DamagedFileError
from gateway.press.folder import SiteFolder
from infra.messaging.envelope import Envelope
from infra.messaging.errors import RpcUnavailable
from tests.builders.published import a_picture, a_text, an_item, published, withdrawn
from tests.integration.gateway.conftest import Drawer, Works, baked_bytes, cut_off_after

pytestmark = pytest.mark.servers
BOTH = {"vi": a_text("Khởi công"), "en": a_text("Work begins")}


def a_history() -> list[Envelope]:
    """A busy newsroom: three pages of one section, corrections, a late translation, a move, withdrawals."""
    told = [published(2 * n, f"row-{n}", texts=BOTH if n % 3 else {"vi": a_text()}) for n in range(1, 46)]
    told += [
        published(101, "row-3", edition=2, texts=BOTH),
        published(103, "row-7", edition=2, section="thong-bao"),
        withdrawn(105, "row-20"),
        published(107, "law", kind="legal-document", section="van-ban-phap-luat"),
        published(109, "row-20", edition=2),
        withdrawn(111, "row-21"),
    ]
    return told


def in_batches(events: Sequence[Envelope], chance: random.Random) -> list[list[Envelope]]:
    batches, rest = [], list(events)
    while rest:
        size = chance.randint(1, 12)
        batches.append(rest[:size])
        rest = rest[size:]
    return batches


@pytest.mark.parametrize("seed", [1, 2])
def test_baking_bit_by_bit_gives_the_same_bytes_as_baking_everything_anew(works: Works, seed: int) -> None:
    chance, press = random.Random(seed), works.press()  # noqa: S311 - no secret
    batches = in_batches(a_history(), chance)
    for number, batch in enumerate(batches):
        press.react(batch)
        if number % 3 == 0:
            press.react(chance.choice(batches[: number + 1]))  # heard twice
    bit_by_bit = baked_bytes(works.site_dir)

    press.rebuild()

    assert baked_bytes(works.site_dir) == bit_by_bit


@pytest.mark.parametrize("survived", [0, 1, 5, 23, 60])
def test_a_press_killed_in_the_middle_leaves_nothing_that_the_next_one_does_not_mend(
    works: Works, survived: int
) -> None:
    told, press = a_history(), works.press()
    press.react(told[:40])

    with cut_off_after(survived):
        press.react(told[40:])

    after = works.press()
    after.react(told[40:])
    mended = {name: data for name, data in baked_bytes(works.site_dir).items() if not name.endswith(".unfinished")}
    after.rebuild()

    assert baked_bytes(works.site_dir) == mended


def test_another_design_bakes_everything_anew_when_the_press_starts(works: Works) -> None:
    press = works.press()
    press.react(a_history()[:3])
    before = SiteFolder(works.site_dir).current.resolve()

    newer = replace(works, renderer=type(works.renderer)(replace(works.renderer.site, design="newer")))
    newer.press()

    assert SiteFolder(works.site_dir).current.resolve() != before
    assert not before.exists()
    assert SiteFolder(works.site_dir, works.boot).is_whole("newer")


def test_after_a_power_cut_everything_is_baked_anew_and_after_an_orderly_end_nothing(works: Works) -> None:
    works.press().react(a_history()[:3])
    folder = SiteFolder(works.site_dir)
    killed = folder.current.resolve()
    works.press()
    assert folder.current.resolve() == killed

    replace(works, boot="next boot").press()
    cut = folder.current.resolve()
    assert cut != killed

    SiteFolder(works.site_dir).end_work()
    replace(works, boot="boot after that").press()
    assert folder.current.resolve() == cut


def test_a_message_that_was_parked_and_comes_late_is_listed_all_the_same(works: Works) -> None:
    press = works.press()
    press.react([published(12, "early")])

    press.react([published(9, "late")])
    bit_by_bit = baked_bytes(works.site_dir)
    press.rebuild()

    assert an_item(published(9, "late")).address("vi") in bit_by_bit["vi/tin-tuc/index.html"].decode()
    assert baked_bytes(works.site_dir) == bit_by_bit


def test_a_page_appears_only_after_its_files_are_there(works: Works, drawer: Drawer) -> None:
    cover, small, paper = drawer.put(b"a large picture"), drawer.put(b"small"), drawer.put(b"%PDF of many pages")
    picture = {**a_picture(cover), "variants": [{"width": 320, "file": small}]}
    attached = {"file": paper, "name": "Quyết định số 1/QĐ.pdf", "media_type": "application/pdf", "size": 18}
    told = published(1, cover=cover, pictures={cover: picture}, attachments=[attached])
    page = works.site_dir / "current" / f"{an_item(told).address('vi')[1:]}.html"
    press, drawer.away = works.press(), True

    with pytest.raises(RpcUnavailable):
        press.react([told])
    assert not page.exists()

    drawer.away = False
    press.react([told])

    assert page.exists()
    files = works.site_dir / "files"
    assert (files / cover / "picture.webp").read_bytes() == b"a large picture"
    assert (files / small / "picture.webp").read_bytes() == b"small"
    assert (files / paper / "download" / "Quyết định số 1 QĐ.pdf").read_bytes() == b"%PDF of many pages"


def test_a_file_is_fetched_once(works: Works, drawer: Drawer) -> None:
    cover = drawer.put(b"a large picture")
    told = published(1, cover=cover, pictures={cover: {**a_picture(cover), "variants": []}})
    press = works.press()
    press.react([told])
    asked = len(drawer.asked)

    press.react([told])
    press.rebuild()

    assert len(drawer.asked) == asked == 3


def test_bytes_that_were_not_approved_are_not_shown(works: Works, drawer: Drawer) -> None:
    cover = drawer.put(b"a picture")
    drawer.files[cover] = b"another picture"
    press = works.press()

    with pytest.raises(DamagedFileError):
        press.react([published(1, cover=cover, pictures={cover: {**a_picture(cover), "variants": []}})])

    assert not list((works.site_dir / "files").rglob("*.webp"))
    assert not list((works.site_dir / "files").rglob("*.unfinished"))


def test_what_is_not_public_changes_nothing(works: Works) -> None:
    press = works.press()
    before = baked_bytes(works.site_dir)

    press.react([replace(published(1), topic="content.article.cleared")])

    assert baked_bytes(works.site_dir) == before
    assert works.store["public_events"].count_documents({}) == 0

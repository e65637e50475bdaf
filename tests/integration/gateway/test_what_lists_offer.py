"""Whoever follows the cards, lists and search, passes over nothing and offers nothing that is not there."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

import pytest
from pymongo import MongoClient
from pymongo.errors import AutoReconnect
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from gateway.items import Item
from gateway.press import listing
from gateway.press.indexing import Indexing
from gateway.queries import ARTICLES, Queries
from gateway.search_index import IndexReader, index_folder
from infra.local.mongod import Mongod
from infra.messaging.envelope import Envelope
from infra.messaging.errors import RpcUnavailable
from infra.read_store.rows import Change, Rows
from tests.builders.published import a_picture, a_text, an_item, published, withdrawn
from tests.integration.gateway.conftest import Drawer, KilledError, WholePress, Works, baked_bytes, cut_off_after
from tests.integration.gateway.flushes import recorded_flushes

pytestmark = pytest.mark.servers
BOTH = {"vi": a_text("Khởi công"), "en": a_text("Work begins")}


@dataclass
class AfterEachWrite(CommandListener):
    """Does something whenever the store has carried out a command that writes, as another thread may at that moment."""

    do: Callable[[], object] = lambda: None
    failures: list[Exception] = field(default_factory=list)

    def started(self, event: CommandStartedEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass

    def succeeded(self, event: CommandSucceededEvent) -> None:
        if event.command_name in ("insert", "update"):
            try:
                self.do()
            except Exception as failure:  # noqa: BLE001 - the client would swallow it
                self.failures.append(failure)


def much_at_once() -> list[Envelope]:
    """Ten old items change, and forty new ones come after them."""
    changes = [withdrawn(100 + n, f"row-{n}") for n in range(1, 11)]
    return [*changes, *(published(200 + n, f"new-{n}") for n in range(40))]


def some_items(count: int) -> list[Envelope]:
    return [published(10 * n, f"row-{n}", texts=BOTH) for n in range(1, count + 1)]


def as_a_rebuild_bakes_it(works: Works, press: WholePress) -> bool:
    left = {name: data for name, data in baked_bytes(works.site_dir).items() if not name.endswith(".unfinished")}
    press.rebuild()
    return baked_bytes(works.site_dir) == left


@pytest.fixture
def watched(works: Works, mongod: Mongod) -> Iterator[tuple[WholePress, AfterEachWrite]]:
    """A press with ten items, and what is told of each of its writes."""
    works.press().react([published(n, f"row-{n}") for n in range(1, 11)])
    telling = AfterEachWrite()
    with MongoClient(mongod.url, tz_aware=True, uuidRepresentation="standard", event_listeners=[telling]) as client:
        yield replace(works, store=client[works.store.name]).press(), telling


def test_lists_that_follow_while_much_changes_at_once_pass_over_nothing(
    works: Works, watched: tuple[WholePress, AfterEachWrite]
) -> None:
    (press, telling), following = watched, works.press()
    telling.do = following.listing.catch_up

    press.press.react(much_at_once())
    telling.do = lambda: None
    following.listing.catch_up()

    assert telling.failures == []
    assert as_a_rebuild_bakes_it(works, following)


def test_a_page_is_there_before_anything_can_offer_it(works: Works, watched: tuple[WholePress, AfterEachWrite]) -> None:
    (press, telling), missing = watched, set[str]()

    def look() -> None:
        pages = {card.address("vi") for card in Queries(works.store).all_cards()}
        missing.update(page for page in pages if not (works.site_dir / "current" / f"{page[1:]}.html").exists())

    telling.do = look
    press.press.react(much_at_once())

    assert telling.failures == []
    assert missing == set()


@pytest.mark.parametrize("survived", [0, 1, 2])
def test_a_press_killed_between_two_portions_of_cards_leaves_nothing_that_lists_pass_over(
    works: Works, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    press, apply, applied = works.press(), Rows.apply, list[str]()
    press.react([published(n, f"row-{n}") for n in range(1, 11)])

    def killed(rows: Rows, changes: Iterable[Change]) -> None:
        if rows.name == ARTICLES:
            if len(applied) == survived:
                raise KilledError
            applied.append(rows.name)
        apply(rows, changes)

    with monkeypatch.context() as patched:
        patched.setattr(Rows, "apply", killed)
        with pytest.raises(KilledError):
            press.press.react(much_at_once())
    press.listing.catch_up()

    after = works.press()
    after.react(much_at_once())
    assert as_a_rebuild_bakes_it(works, after)


def test_an_item_whose_files_are_on_their_way_is_offered_nowhere(works: Works, drawer: Drawer, tmp_path: Path) -> None:
    press, cover = works.press(), drawer.put(b"a large picture")
    pictured = {"cover": cover, "pictures": {cover: {**a_picture(cover), "variants": []}}}
    told = [
        published(2, "new", texts={"vi": a_text("Tin mới")}, **pictured),
        published(3, "old", edition=2, texts={"vi": a_text("Tin sửa")}, **pictured),
    ]
    press.react([published(1, "old")])
    before, drawer.away = baked_bytes(works.site_dir), True

    def found(words: str) -> int:
        Indexing(Queries(works.store), tmp_path).catch_up()
        return IndexReader(index_folder(tmp_path)).find(words, "vi", None, (0, 10)).total

    for event in told:
        with pytest.raises(RpcUnavailable):
            press.press.react([event])
    press.listing.catch_up()
    assert baked_bytes(works.site_dir) == before
    assert (found("tin moi"), found("tin sua"), found("khoi cong")) == (0, 0, 1)
    press.rebuild()
    assert baked_bytes(works.site_dir) == before

    drawer.away = False
    press.react(told)
    assert an_item(told[0]).address("vi").encode() in baked_bytes(works.site_dir)["vi/tin-tuc/index.html"]
    assert (found("tin moi"), found("tin sua"), found("khoi cong")) == (1, 1, 0)
    assert as_a_rebuild_bakes_it(works, press)


@pytest.mark.parametrize("items", [19, 20, 39, 40, 45])
def test_an_item_that_comes_late_moves_those_after_it_on_every_page(works: Works, items: int) -> None:
    press = works.press()
    press.react(some_items(items))

    press.react([published(15, "late", texts=BOTH)])

    assert as_a_rebuild_bakes_it(works, press)


@pytest.mark.parametrize("survived", [0, 2, 9, 20])
@pytest.mark.parametrize("failure", [KilledError, AutoReconnect])
def test_lists_cut_off_while_an_item_moves_others_are_baked_to_the_end_later(
    works: Works, failure: type[Exception], survived: int
) -> None:
    press = works.press()
    press.react(some_items(45))
    press.press.react([published(15, "late", texts=BOTH)])

    with cut_off_after(survived, failure):
        press.listing.catch_up()

    after = works.press() if failure is KilledError else press
    after.listing.catch_up()
    assert as_a_rebuild_bakes_it(works, after)


def test_an_item_that_comes_late_while_everything_is_baked_anew_moves_the_others_in_both(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    press, late, items = works.press(), published(15, "late", texts=BOTH), Queries.items
    press.react(some_items(45))
    monkeypatch.setattr(listing, "_ITEMS_AT_ONCE", 10)
    stop, heard = Event(), list[Envelope]()

    def busy(queries: Queries, positions: Mapping[str, int]) -> Iterator[Item]:
        if not heard:
            heard.append(late)
            press.press.react([late])
        elif late not in heard[1:]:
            heard.append(late)
            stop.set()
        return items(queries, positions)

    with monkeypatch.context() as patched:
        patched.setattr(Queries, "items", busy)
        assert not press.listing.rebuild(stop)
        readers = baked_bytes(works.site_dir)
        heard[:] = []
        assert press.listing.rebuild()

    assert baked_bytes(works.site_dir) == readers
    assert as_a_rebuild_bakes_it(works, press)


@pytest.mark.parametrize("left", [b"", b"\0\0", b"\xff\xfe"])
def test_a_note_of_what_is_indexed_that_cannot_be_read_indexes_everything_again(
    works: Works, tmp_path: Path, left: bytes
) -> None:
    works.press().react(some_items(3))
    queries = Queries(works.store)
    Indexing(queries, tmp_path).catch_up()
    index_folder(tmp_path).with_suffix(".turn").write_bytes(left)

    Indexing(queries, tmp_path).catch_up()

    assert IndexReader(index_folder(tmp_path)).find("khoi cong", "vi", None, (0, 10)).total == 3
    assert index_folder(tmp_path).with_suffix(".turn").read_text() == "3"


def test_the_note_of_what_is_indexed_is_on_the_disk(
    works: Works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.press().react(some_items(3))
    indexing, flushed = Indexing(Queries(works.store), tmp_path), recorded_flushes(monkeypatch)

    indexing.catch_up()

    assert flushed[-2:] == [b"3", index_folder(tmp_path).parent]

"""A backup taken while people publish comes back on an empty machine: what was acknowledged before it is all there, once."""

import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import httpx
import pytest
from pymongo import MongoClient

from infra.backup.archive import Archive
from infra.event_store import EVENTS, LogReader, connect
from infra.local.places import ROOT
from infra.local.stack import Stack
from infra.settings import ServiceSettings
from tests.builders.portal import Newsroom
from tests.builders.staff import ATTESTED, Staff, done
from tests.builders.waiting import until
from tests.integration.backup.forging import forge

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.long, pytest.mark.timeout(600)]

WRITERS = 4
SERVICES = ("board", "content", "audit")
FAR = "binh-phuoc-audit-log.checkpoints"


class Load:
    """Several people who publish one item after another; remembers what was acknowledged."""

    def __init__(self, stack: Stack) -> None:
        self.published: list[str] = []
        self._stack = stack
        self._stop = Event()
        self._threads = [Thread(target=self._publish, args=(number,)) for number in range(WRITERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def service(self, name: str) -> ServiceSettings:
        """Return the settings of a service of the stack, as a province does for the newsroom."""
        urls = {kind: self._stack.addresses[f"{name.upper()}_{kind.upper()}_URL"] for kind in ("mongo", "amqp")}
        return ServiceSettings(service=name, mongo_url=urls["mongo"], amqp_url=urls["amqp"])

    def _publish(self, number: int) -> None:
        room, count = Newsroom(self), 0  # type: ignore[arg-type]
        while not self._stop.is_set():
            count += 1
            self.published.append(room.publish(f"Tin của người thứ {number}, bài {count}"))
        room.close()


def attempt(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the runner's commands on the folder of a stack."""
    command = (sys.executable, "-m", "infra.local", *arguments)
    own = stack._environment()
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=300)


def run(stack: Stack, *arguments: str) -> str:
    """Run one of the runner's commands, and return what it says; it must succeed."""
    said = attempt(stack, *arguments)
    assert said.returncode == 0, said.stdout[-3000:] + said.stderr[-3000:]
    return said.stdout


def page_of(stack: Stack, slug: str) -> Path:
    return next(iter((stack.places.site / "current" / "vi").glob(f"*/{slug}.html")), Path("/nowhere"))


def heads(stack: Stack) -> dict[str, int]:
    found = {}
    for service in SERVICES:
        with connect(stack.addresses[f"{service.upper()}_MONGO_URL"]) as client:
            found[service] = LogReader(client[f"binh_phuoc_{service}_log"][EVENTS]).head()
    return found


@contextmanager
def store_of(stack: Stack, service: str) -> Iterator[Any]:
    with MongoClient[dict[str, Any]](stack.addresses[f"{service.upper()}_MONGO_URL"]) as client:
        yield client[f"binh_phuoc_{service}"]


def is_intact(stack: Stack) -> bool:
    said = run(stack, "run", "audit", "services.audit.verify")
    return "not yet arrived" not in said and said.rstrip().endswith("intact")


def publish_one_more(stack: Stack, title: str) -> str:
    """Carry an item through the three steps at the staff pages; returns its id."""
    with Staff(stack, "editor1") as editor, Staff(stack, "secretary") as secretary:
        item = editor.write(title)
        done(editor.act(item, "send", **ATTESTED))
        done(secretary.act(item, "clear"))
    with Staff(stack, "standing-deputy") as deputy:
        done(deputy.act(item, "publish"))
    return item


def times_listed(stack: Stack, item: str) -> int:
    query = {"section": "tin-tuc", "lang": "vi"}
    return httpx.get(f"{stack.public_url}/api/v1/articles", params=query).text.count(f'"id":"{item}"')


def is_ahead(far: Path, copy: Path) -> bool:
    """Tell whether a witness elsewhere remembers more than a backup holds."""
    lines = far.read_text(encoding="utf-8").splitlines()
    return json.loads(lines[-1])["size"] > Archive(copy).manifest.audit_size


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stack, Path, dict[str, int], Mapping[str, bytes]]:
    """A portal that has ended, the backup taken while it ran, its heads before, and the pages published before."""
    folder = tmp_path_factory.mktemp("round-trip")
    with Stack(folder / "first", demo=True, settings={"WITNESS_DIRS": str(folder / "far")}) as stack:
        with Load(stack) as load:
            until(lambda: len(load.published) > 5 * WRITERS, 60)
            before, slugs = heads(stack), list(load.published)
            run(stack, "run", "backup", "infra.backup", "take", "--to", str(folder / "copy"))
            until(lambda: len(load.published) > len(slugs) + WRITERS, 60)
        until(lambda: all(page_of(stack, slug).is_file() for slug in slugs), 60)
        pages = {slug: page_of(stack, slug).read_bytes() for slug in slugs}
        until(lambda: is_ahead(folder / "far" / FAR, folder / "copy"), 60)
    return stack, folder / "copy", before, pages


def test_what_was_acknowledged_before_a_backup_comes_back_on_an_empty_machine_once(
    taken: tuple[Stack, Path, dict[str, int], Mapping[str, bytes]],
) -> None:
    first, copy, before, pages = taken
    far = first.places.var.parent / "far"
    restored = Stack(far.with_name("second"), first.ports, demo=True, settings={"WITNESS_DIRS": str(far)})

    said = run(restored, "restore", str(copy))

    assert "Restored and intact" in said
    assert f"The witness {far / FAR} remembers" in said
    shutil.copy(restored.places.var / "audit" / "checkpoints", far / FAR)
    kept = dict(Archive(copy).manifest.heads)
    assert all(kept[service] >= before[service] for service in SERVICES)
    with restored as stack:
        assert all(now >= kept[service] for service, now in heads(stack).items())
        until(lambda: all(page_of(stack, slug).is_file() for slug in pages), 90)
        assert {slug: page_of(stack, slug).read_bytes() for slug in pages} == pages
        goes_on(stack)
        the_site_comes_again(stack)


def test_a_backup_that_was_altered_with_care_is_brought_back_by_nobody(
    taken: tuple[Stack, Path, dict[str, int], Mapping[str, bytes]],
) -> None:
    first, copy, _, _ = taken
    forged = copy.with_name("forged")
    shutil.copytree(copy, forged)
    alter_an_event(forged)
    third = Stack(first.places.var.parent / "third", first.ports)

    said = attempt(third, "restore", str(forged))

    assert said.returncode == 1
    assert re.search(r"content \d+ was changed", said.stdout), said.stdout[-3000:]
    assert "NOT RESTORED" in said.stdout
    started = attempt(third, "up")
    assert started.returncode == 1
    assert "did not come to its end" in started.stderr


def test_a_portal_over_which_a_backup_cannot_be_restored_goes_on_as_it_was(
    taken: tuple[Stack, Path, dict[str, int], Mapping[str, bytes]],
) -> None:
    first, copy, _, pages = taken
    here = Stack(first.places.var, first.ports, demo=True)
    forged = copy.with_name("forged-over")
    shutil.copytree(copy, forged)
    alter_an_event(forged)
    accounts = here.passwords

    said = attempt(here, "restore", str(forged), "--over")

    assert said.returncode == 1
    assert "NOT RESTORED" in said.stdout
    assert said.stdout.rstrip().endswith("Nothing was restored; the portal that was here is as it was.")
    with here as stack:
        assert stack.passwords == accounts
        assert heads(stack)["content"] > Archive(copy).manifest.heads["content"]
        assert {slug: page_of(stack, slug).read_bytes() for slug in pages} == pages
        until(lambda: is_intact(stack), 60)


def alter_an_event(copy: Path) -> None:
    """Change one letter of a published text, and every hash that the backup itself holds of it."""
    path = "content_log/events.bson.gz"
    events = gzip.decompress((copy / path).read_bytes())
    forge(copy, path, gzip.compress(events.replace("Nội dung".encode(), "Nội dunG".encode(), 1)))


def goes_on(stack: Stack) -> None:
    """A new item is published, everything is told and heard, each item is there once, and every log is intact."""
    item = publish_one_more(stack, "Bản tin sau khi khôi phục")
    until(lambda: times_listed(stack, item) == 1, 60)
    until(lambda: is_intact(stack), 60)
    now = heads(stack)
    with store_of(stack, "content") as store:
        until(lambda: store["relay"].find_one({"_id": "checkpoint"})["position"] == now["content"])
    with store_of(stack, "audit") as store:
        until(lambda: store["positions"].find_one({"_id": "from.content"})["position"] == now["content"])
        assert store["parked"].count_documents({}) == 0
        until(lambda: monitor_says(store) == "intact", 90)
    with store_of(stack, "gateway") as store:
        published = store["public_events"].count_documents({})
        until(lambda: store["positions"].find_one({"_id": "from.content"})["position"] == now["content"])
    with connect(stack.addresses["CONTENT_MONGO_URL"]) as client:
        told = client["binh_phuoc_content_log"][EVENTS].aggregate(
            [{"$unwind": "$e"}, {"$match": {"e.t": {"$regex": "published$|withdrawn$"}}}, {"$count": "n"}]
        )
        assert next(told)["n"] == published


def monitor_says(store: Any) -> str:
    """Return what the monitor says now, of which it may still be reading."""
    said = store["monitor"].find_one({"_id": "state"}) or {}
    return str(said.get("state"))


def the_site_comes_again(stack: Stack) -> None:
    """A press that finds no site bakes everything, and fetches pictures and attachments again."""
    site = stack.places.site
    until(lambda: len(files_in(site)) > 20, 60)
    before = files_in(site)
    site.rename(site.with_name("gone"))  # the press may be writing there

    stack.await_restart(stack.kill("press"))

    until(lambda: files_in(site) >= before, 90)


def files_in(site: Path) -> set[str]:
    found = (path for folder in (site / "current" / "vi", site / "files") for path in folder.rglob("*"))
    return {path.relative_to(site).as_posix() for path in found if path.is_file() and not path.name.startswith(".")}

"""From publication to proof on running processes: reviewers follow the README, tiles are read, and the key changes meanwhile."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from infra.local.mongod import Mongod
from infra.local.provision import MongoProvision
from infra.local.rabbitmq import RabbitMq
from services.audit.log.keys import Keys
from services.audit.log.proofs import extends
from tests.builders.portal import Newsroom, PublicSide
from tests.builders.processes import Running
from tests.builders.province import Province
from tests.builders.tile_reader import Head, TileReader
from tests.builders.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.faults]

SECTION = re.search(r"## For reviewers\n(.*?)\n## ", Path("README.md").read_text(encoding="utf-8"), re.DOTALL)
assert SECTION
BLOCKS = re.findall(r"```sh\n(.*?)```", SECTION[1], re.DOTALL)


@dataclass
class Portal:
    """A newsroom, the audit service and the public side of a province, running."""

    newsroom: Newsroom
    side: PublicSide
    province: Province
    admin: MongoClient[dict[str, Any]]
    folder: Path
    press: Running

    def publish(self, title: str) -> str:
        """Publish an item; return its entry once its receipt is to be had and its tree is on the disk."""
        self.newsroom.publish(title)
        until(lambda: self._entry(title) is not None)
        entry = self._entry(title)
        assert entry is not None
        until(lambda: self.get(f"/api/v1/log/receipt?entry={entry}").status_code == 200)
        size = self.get(f"/api/v1/log/receipt?entry={entry}").json()["index"] + 1
        until(lambda: self.get("/log/checkpoint").status_code == 200 and self.reader.head().size >= size)
        return entry

    @property
    def reader(self) -> TileReader:
        return TileReader(lambda path: self.get(f"/log/{path}").raise_for_status().content)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.side.address + path, timeout=10)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = self.side.environment
        return subprocess.run(
            command, cwd=Path.cwd(), env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    def follow(self, commands: str, entry: str) -> str:
        """Type commands of the README into a shell, in a folder of one's own; return what they print."""
        own = commands.replace("http://127.0.0.1:8000", self.side.address).replace("content/42", entry)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", own],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{own}\n{done.stdout}{done.stderr}"
        return done.stdout

    def notes(self) -> list[str]:
        """Every checkpoint that was ever signed, oldest first."""
        entries = self.admin[self.province.service("audit").log_database]["entries"]
        return [found["checkpoint"] for found in entries.find({"checkpoint": {"$exists": True}}).sort("_id", 1)]

    def _entry(self, title: str) -> str | None:
        events = self.get("/api/v1/events?limit=200").json()["events"]
        found = [event["id"] for event in events if event["data"]["content"]["texts"]["vi"]["title"] == title]
        return found[0] if found else None


@pytest.fixture
def portal(mongod: Mongod, rabbitmq: RabbitMq, mongo_admin: Any, tmp_path: Path) -> Iterator[Portal]:
    with ExitStack() as open_:
        province = Province(mongod, rabbitmq)
        open_.callback(province.close)
        for service in ("board", "audit"):
            province.service(service)
        side, newsroom = PublicSide(province, tmp_path), Newsroom(province)
        open_.callback(newsroom.close)
        provision = MongoProvision(mongod.url, province.profile.replace("-", "_"))
        side.environment["AUDIT_VERIFIER_MONGO_URL"] = provision.verifier(["board", "content", "audit"], "secret")
        for name, *command in (
            ("bus", "infra.messaging.bus", "services.audit.service:AuditService"),
            ("relay-audit", "infra.messaging.relay", "audit"),
        ):
            running = Running(*command, environment=side.environment, output=tmp_path / f"{name}.log")
            open_.enter_context(running).await_line("process_ready", timeout_s=60)
        _, press, _ = (open_.enter_context(each()) for each in (side.relay, side.listening_press, side.gateway))
        reviewer = tmp_path / "reviewer"
        reviewer.mkdir()
        yield Portal(newsroom, side, province, mongo_admin, reviewer, press)


def test_somebody_who_has_only_a_receipt_and_python_can_follow_the_readme(portal: Portal) -> None:
    entry = portal.publish("Khởi công cầu Đồng Xoài")
    first = portal.follow("".join(BLOCKS[:3]), entry)
    portal.publish("Thông báo khác")
    again = portal.follow("\n".join([*BLOCKS[0].splitlines()[:2], BLOCKS[3]]), entry)

    assert len(BLOCKS) == 4
    assert first.count("RESULT: everything that was checked is genuine.") == 3
    assert "the item in item.json has exactly this content" in first
    assert first.splitlines()[-5].endswith("/audit-log")
    assert "WRONG" not in first + again
    assert re.search(r"older receipt's tree of \d+ entries is the beginning", again)

    receipt = portal.folder / "receipt.json"
    receipt.write_text(receipt.read_text().replace("cầu Đồng Xoài", "cầu Đồng Phú"))
    checked = portal.run(sys.executable, str(portal.folder / "verify_minhbach.py"), str(receipt), "--lang", "vi")
    assert checked.returncode == 1
    assert "KHÔNG ĐÚNG" in checked.stdout


def test_the_key_changes_while_everything_runs_and_nothing_is_lost(portal: Portal) -> None:
    entry = portal.publish("Trước khi đổi khóa")
    portal.follow(BLOCKS[0], entry)
    old = portal.reader.head()

    rotated = portal.run(sys.executable, "-m", "services.audit.rotate_key")
    assert rotated.returncode == 0, rotated.stderr
    until(lambda: portal.reader.head().size > old.size)
    later = portal.publish("Sau khi đổi khóa")

    keys = Keys.parse(portal.get("/log/keys").text)
    assert str(keys.current) == rotated.stdout.strip()
    assert [keys.checkpoint(note).size for note in portal.notes()]
    assert [note.count("\n— ") for note in portal.notes() if keys.checkpoint(note).size > old.size][:2] == [2, 1]
    for each in (entry, later):
        for key in (keys.first, keys.current):
            portal.follow(f"{BLOCKS[0]}python3 verify_minhbach.py receipt.json --key '{key}'", each)
    the_tree_continues(portal.reader, old)
    verified = portal.run(sys.executable, "-m", "services.audit.verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    entries = portal.admin[portal.province.service("audit").log_database]["entries"]
    assert entries.count_documents({"topic": "audit.key.rotated"}) == 1


def the_tree_continues(reader: TileReader, old: Head) -> None:
    """Read the tree of now from its tiles alone, and show that the old one is its beginning."""
    new = reader.head()
    assert reader.root(new.size) == new.root
    assert extends(old.root, old.size, new.root, new.size, reader.consistency(old.size, 0, new.size, new.size))


def test_a_press_that_was_killed_and_lost_its_tiles_publishes_the_whole_tree_again(portal: Portal) -> None:
    portal.publish("Một")
    head = portal.reader.head()
    portal.press.kill()
    shutil.rmtree(portal.side.site_dir / "log")

    with portal.side.press():
        portal.publish("Hai")

        the_tree_continues(portal.reader, head)

"""kill -9 of any one process at any step from writing to proof: nothing is lost, nothing happens twice, readers read on."""

import os
import signal
import subprocess
import sys
from contextlib import nullcontext
from threading import Event
from typing import Any, Self

import httpx
import pytest
from httpx import HTTPError, Response

from infra.local.places import ROOT
from infra.local.stack import Stack
from infra.settings import environment
from tests.builders.reading import reading
from tests.builders.staff import ATTESTED, ITEM, Staff
from tests.builders.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(600)]

EVERY_STEP = ("mongod", "rabbitmq", "relay content", "bus content", "press")
"""Killed at each of the four steps."""
ONCE = ("bus audit", "bus board", "relay board", "projector content", "projector board", "staff", "gateway")
"""Killed while the item is being published."""
DEEDS = ("Tạo tin bài", "Xác nhận và chuyển Thư ký", "Duyệt, chuyển Phó Trưởng ban thường trực", "Xuất bản")


class Newsroom:
    """Three people who go on sending the same form until it is answered, while processes die."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.editor, self.secretary, self.deputy = (
            Staff(stack, login) for login in ("editor1", "secretary", "standing-deputy")
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for person in (self.editor, self.secretary, self.deputy):
            person.client.close()

    def step(self, person: Staff, address: str, values: dict[str, Any], victim: str | None) -> Response:
        """Open a form, kill the victim, send the form until it is answered, and wait for the victim to be back."""
        form = person.form(self.insist(lambda: person.get(address), 200), address)
        killed = self.stack.kill(victim) if victim else None
        answer = self.insist(lambda: person.send(form, values), 303)
        if killed is not None:
            self.stack.await_restart(killed)
        return answer

    @staticmethod
    def insist(ask: Any, status: int) -> Response:
        answers: list[Response] = []

        def answered() -> bool:
            try:
                answers.append(ask())
            except HTTPError:
                return False
            return answers[-1].status_code == status

        until(answered, 90)
        return answers[-1]


def published_while_dying(room: Newsroom, title: str, victims: tuple[str | None, ...]) -> str:
    """Carry an item from writing to publication; the n-th victim dies at the n-th step. Returns the item's id."""
    new = {"title_vi": title, "body_vi": "<p>Nội dung.</p>", "kind": "news", "section": "tin-tuc", "author": "Minh Anh"}
    at_writing, at_sending, at_clearing, at_publishing = victims
    written = room.step(room.editor, "/content/articles/new", new, at_writing)
    found = ITEM.search(written.headers["location"])
    assert found
    item = f"/content/articles/{found.group(1)}"
    room.step(room.editor, f"{item}/send", ATTESTED, at_sending)
    room.step(room.secretary, f"{item}/clear", {}, at_clearing)
    room.step(room.deputy, f"{item}/publish", {}, at_publishing)
    return found.group(1)


def is_published_once(stack: Stack, title: str, item: str) -> None:
    def public() -> bool:
        try:
            listed = httpx.get(f"{stack.public_url}/vi/tin-tuc/")
        except HTTPError:
            return False
        return listed.status_code == 200 and title in listed.text

    until(public, 60)
    lists = httpx.get(f"{stack.public_url}/vi/tin-tuc/").text
    address = next(part.split('"')[0] for part in lists.split('href="') if part.split('"')[0].endswith(item[:8]))
    assert httpx.get(stack.public_url + address).status_code == 200
    until(lambda: _found_in_api(stack, item) == 1, 30)


def _found_in_api(stack: Stack, item: str) -> int:
    answer = httpx.get(f"{stack.public_url}/api/v1/articles", params={"section": "tin-tuc", "lang": "vi"})
    return answer.text.count(f'"id":"{item}"')


def happened_once(room: Newsroom, item: str) -> None:
    page = room.insist(lambda: room.editor.get(f"/content/articles/{item}"), 200).text.partition('class="timeline"')[2]
    assert {deed: page.count(f"<strong>{deed}</strong>") for deed in DEEDS} == dict.fromkeys(DEEDS, 1)


def is_intact(stack: Stack) -> bool:
    """Run `make verify` against the stack: every log intact, and nothing still on its way to the audit log."""
    command = (sys.executable, "-m", "infra.local", "run", "audit", "services.audit.verify")
    own = {**environment(), "VAR_DIR": str(stack.places.var)}
    said = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=120)
    return said.returncode == 0 and "not yet arrived" not in said.stdout


@pytest.mark.parametrize("victim", EVERY_STEP)
def test_a_process_killed_at_every_step_loses_and_doubles_nothing(portal: Stack, victim: str) -> None:
    title = f"Giữa chừng {victim}"
    with Newsroom(portal) as room:
        with reading(portal.public_url):
            item = published_while_dying(room, title, (victim, victim, victim, victim))

        is_published_once(portal, title, item)
        happened_once(room, item)
    until(lambda: is_intact(portal), 60)


@pytest.mark.parametrize("victim", ONCE)
def test_a_process_killed_while_publishing_loses_and_doubles_nothing(portal: Stack, victim: str) -> None:
    title = f"Lúc xuất bản {victim}"
    with Newsroom(portal) as room:
        with reading(portal.public_url) if victim != "gateway" else nullcontext():
            item = published_while_dying(room, title, (None, None, None, victim))

        is_published_once(portal, title, item)
        happened_once(room, item)
    until(lambda: is_intact(portal), 60)


def test_pages_are_served_while_the_store_stands_still(portal: Stack) -> None:
    mongod = portal.pid("mongod")
    os.kill(mongod, signal.SIGSTOP)
    try:
        with reading(portal.public_url):
            Event().wait(3)  # the fault itself is a length of time
    finally:
        os.kill(mongod, signal.SIGCONT)

"""SIGTERM to any process while the newsroom works: it ends by itself within fifteen seconds, and nothing is lost or doubled."""

import os
import signal
from collections.abc import Iterator
from threading import Event, Thread
from time import monotonic
from typing import Self

import psutil
import pytest
from httpx import HTTPError

from infra.local.processes import PROCESSES
from infra.local.stack import Stack
from tests.builders.staff import ITEM, Staff
from tests.builders.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(300)]

WITHIN_S = 15.0
"""What a process may take to finish what it has in hand."""


class Typist:
    """Goes on beginning items, each with a form that is sent again until it is answered."""

    def __init__(self, stack: Stack) -> None:
        self._editor = Staff(stack, "editor1")
        self._done = Event()
        self._thread = Thread(target=self._type)
        self.items: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._editor.client.close()

    def _type(self) -> None:
        while not self._done.is_set():
            form = None
            while form is None:
                form = self._opened()
            self.items.append(self._sent(form))

    def _opened(self) -> object:
        try:
            page = self._editor.get("/content/articles/new")
            return self._editor.form(page, "/content/articles/new") if page.status_code == 200 else None
        except HTTPError:
            return None

    def _sent(self, form: object) -> str:
        title = f"Dưới tải {len(self.items)}"
        values = {"title_vi": title, "body_vi": "<p>Nội dung.</p>", "kind": "news", "section": "tin-tuc", "author": "A"}
        while True:
            try:
                answer = self._editor.send(form, values)
            except HTTPError:
                continue
            found = ITEM.search(answer.headers.get("location", ""))
            if found:
                return found.group(1)


@pytest.fixture
def typist(portal: Stack) -> Iterator[Typist]:
    with Typist(portal) as working:
        until(lambda: len(working.items) >= 2, 30)
        yield working


QUICKLY = {"bus content", "relay content", "press", "staff"}
"""Tried with every run of the tests; the others with the long faults."""
VICTIMS = [
    pytest.param(process.name, marks=() if process.name in QUICKLY else pytest.mark.long) for process in PROCESSES
]


@pytest.mark.parametrize("name", VICTIMS)
def test_a_process_ends_in_time_under_load_and_is_started_again(portal: Stack, typist: Typist, name: str) -> None:
    before = portal.member(name)
    victim = psutil.Process(portal.pid(name))
    begun = monotonic()

    os.kill(victim.pid, signal.SIGTERM)
    victim.wait(WITHIN_S)

    assert monotonic() - begun < WITHIN_S
    portal.await_restart(before)
    typed = len(typist.items)
    until(lambda: len(typist.items) > typed + 1, 60)
    assert len(set(typist.items)) == len(typist.items)

"""Three people who carry an item from writing to publication, and send each form until it is answered, whatever happens."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Self

import httpx
from httpx import HTTPError, Response

from infra.local.places import ROOT
from infra.local.stack import Stack
from infra.settings import environment
from tests.builders.staff import ATTESTED, ITEM, Staff
from tests.builders.waiting import until

DEEDS = ("Tạo tin bài", "Xác nhận và chuyển Thư ký", "Duyệt, chuyển Phó Trưởng ban thường trực", "Xuất bản")
PATIENCE_S = 90

Fault = AbstractContextManager[Any]
"""Begins when a form is open, lasts until it is answered, and ends once what was damaged is there again."""


class StubbornNewsroom:
    """An editor, a secretary and a standing deputy of the running portal."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._signed_in = ExitStack()
        self.editor, self.secretary, self.deputy = (
            self._signed_in.enter_context(Staff(stack, login)) for login in ("editor1", "secretary", "standing-deputy")
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._signed_in.close()

    def publishes_during(self, faults: tuple[Fault, Fault, Fault, Fault], title: str) -> str:
        """Carry an item from writing to publication; the n-th fault is there at the n-th step. Returns the item's id."""
        new = {"title_vi": title, "body_vi": "<p>Nội dung.</p>", "kind": "news", "section": "tin-tuc"}
        at_writing, at_sending, at_clearing, at_publishing = faults
        written = self._step(self.editor, "/content/articles/new", {**new, "author": "Minh Anh"}, at_writing)
        found = ITEM.search(written.headers["location"])
        assert found
        item = f"/content/articles/{found.group(1)}"
        self._step(self.editor, f"{item}/send", ATTESTED, at_sending)
        self._step(self.secretary, f"{item}/clear", {}, at_clearing)
        self._step(self.deputy, f"{item}/publish", {}, at_publishing)
        return found.group(1)

    def assert_published_once(self, item: str, title: str) -> None:
        """Readers and other systems find it once, staff find each deed once, and every log is intact."""
        until(lambda: title in self._public("/vi/tin-tuc/"), 60)
        links = [part.split('"')[0] for part in self._public("/vi/tin-tuc/").split('href="')]
        assert self._public(next(link for link in links if link.endswith(item[:8])))
        until(lambda: self._public("/api/v1/articles?section=tin-tuc&lang=vi").count(f'"id":"{item}"') == 1, 30)
        page = insist(lambda: self.editor.get(f"/content/articles/{item}"), 200).text.partition('class="timeline"')[2]
        assert {deed: page.count(f"<strong>{deed}</strong>") for deed in DEEDS} == dict.fromkeys(DEEDS, 1)
        until(lambda: is_intact(self.stack), 60)

    def _step(self, person: Staff, address: str, values: dict[str, Any], fault: Fault) -> Response:
        form = person.form(insist(lambda: person.get(address), 200), address)
        with fault:
            return insist(lambda: person.send(form, values), 303)

    def _public(self, address: str) -> str:
        """Return a public page, empty when there is none now."""
        try:
            answer = httpx.get(self.stack.public_url + address)
        except HTTPError:
            return ""
        return answer.text if answer.status_code == 200 else ""


def insist(ask: Callable[[], Response], status: int) -> Response:
    """Ask until the answer has this status."""
    answers: list[Response] = []

    def answered() -> bool:
        try:
            answers.append(ask())
        except HTTPError:
            return False
        return answers[-1].status_code == status

    until(answered, PATIENCE_S)
    return answers[-1]


def is_intact(stack: Stack) -> bool:
    """Run `make verify` against the stack: every log intact, and nothing still on its way to the audit log."""
    command = (sys.executable, "-m", "infra.local", "run", "audit", "services.audit.verify")
    own = {**environment(), "VAR_DIR": str(stack.places.var)}
    said = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=120)
    return said.returncode == 0 and "not yet arrived" not in said.stdout

"""What people are told when a session could not be ended, because others use the account at the same moment."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from infra.event_store.application import CHANGED_MEANWHILE
from infra.kernel.verdicts import Verdict
from infra.web.app import staff_site
from infra.web.house import House
from services.board.ui.app import part
from tests.builders.newsroom.reader import Reader, forms_of
from tests.builders.newsroom.serving import served
from tests.web.board.conftest import PASSWORDS, Office, knock


class Overtaken:
    """The door, which somebody else always overtakes when a session shall end."""

    def __init__(self, door: Any) -> None:
        self.sign_in = door.sign_in

    def sign_out(self, *_: Any, **__: Any) -> Verdict:
        return CHANGED_MEANWHILE

    def end_sessions(self, **_: Any) -> Verdict:
        return CHANGED_MEANWHILE


@pytest.fixture
def editor(office: Office) -> Iterator[Reader]:
    commands: Any = replace(office.desk.commands, door=Overtaken(office.desk.commands.door))  # type: ignore[arg-type]
    desk = replace(office.desk, commands=commands)

    def site(address: str) -> Any:
        return staff_site({"/board": part(desk)}, House(session_key="a key", staff_url=address, clock=office.clock))

    with served(site) as address:
        here, elsewhere = Reader(address), Reader(address)
        for each in (elsewhere, here):
            assert knock(each, "editor1", PASSWORDS["editor1"]).status_code == 303
        yield here
        for each in (elsewhere, here):
            each.client.close()


@pytest.mark.parametrize("which", [0, -1])
def test_sessions_that_were_not_ended_are_not_said_to_be(editor: Reader, which: int) -> None:
    page = editor.get("/account")
    ending = [form for form in forms_of(page) if form.action.startswith("/account/sessions")][which]

    assert editor.send(ending).headers["location"] == "/account"

    told = editor.get("/account")
    assert "Chưa kết thúc được phiên nào" in told.text
    assert "Phiên làm việc đã kết thúc." not in told.text


def test_whoever_signs_out_is_out_in_this_browser_and_told_that_a_copy_might_not_be(editor: Reader) -> None:
    (out,) = (form for form in forms_of(editor.get("/account")) if form.action == "/sign-out")

    assert editor.send(out).headers["location"] == "/sign-in"

    assert "chưa ghi nhận được việc phiên làm việc kết thúc" in editor.get("/sign-in").text
    assert editor.get("/account").status_code == 303

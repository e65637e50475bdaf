"""What people are told when a session could not be ended, because others use the account at the same moment."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from infra.event_store.application import CHANGED_MEANWHILE
from infra.kernel.act import Act
from infra.kernel.ids import new_id
from infra.kernel.verdicts import Refusal, Verdict
from infra.web.app import staff_site
from infra.web.house import House
from services.board.ui.app import part
from tests.builders.newsroom.reader import Reader, forms_of
from tests.builders.newsroom.serving import served
from tests.web.board.conftest import PASSWORDS, Office, knock

NEW = "Another-Long-One-1!"
A_MOMENT = timedelta(milliseconds=80)


class Guessed:
    """The accounts, at whose door somebody guesses while a password is chosen."""

    def __init__(self, office: Office) -> None:
        self._office, self._accounts = office, office.desk.commands.accounts

    def choose_password(self, *given: Any, act: Act) -> Verdict:
        clock = self._office.clock
        clock.pass_by(A_MOMENT)
        guess = replace(act, at=clock(), correlation=new_id())
        assert isinstance(self._office.desk.commands.door.sign_in("a guess", new_id(), act=guess), Refusal)
        clock.pass_by(A_MOMENT)
        return self._accounts.choose_password(*given, act=act)


class Overtaken:
    """The door, which somebody else always overtakes when a session shall end."""

    def __init__(self, door: Any) -> None:
        self.sign_in = door.sign_in

    def sign_out(self, *_: Any, **__: Any) -> Verdict:
        return CHANGED_MEANWHILE

    def end_sessions(self, **_: Any) -> Verdict:
        return CHANGED_MEANWHILE


def site_with(office: Office, **changed: Any) -> Callable[[str], FastAPI]:
    """Return the board's site with some of its commands changed."""
    desk = replace(office.desk, commands=replace(office.desk.commands, **changed))

    def site(address: str) -> FastAPI:
        return staff_site({"/board": part(desk)}, House(session_key="a key", staff_url=address, clock=office.clock))

    return site


@pytest.fixture
def editor(office: Office) -> Iterator[Reader]:
    with served(site_with(office, door=Overtaken(office.desk.commands.door))) as address:
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


def test_whoever_is_overtaken_by_a_guess_stays_signed_in_with_the_new_password(office: Office) -> None:
    with served(site_with(office, accounts=Guessed(office))) as address:
        here = Reader(address)
        assert knock(here, "editor1", PASSWORDS["editor1"]).status_code == 303
        values = {"current": PASSWORDS["editor1"], "password": NEW, "again": NEW}
        assert here.send(here.form(here.get("/account/password"), "/password"), values).status_code == 303

        assert "Mật khẩu mới có hiệu lực" in here.get("/account").text
        here.client.close()

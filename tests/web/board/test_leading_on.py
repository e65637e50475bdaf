"""Whoever is signed in already is led on from the sign-in page, and not sent to and fro."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.web.app import staff_site
from infra.web.house import House
from services.board.ui.app import part
from tests.builders.board import account_of
from tests.builders.newsroom.identities import Identities, Known
from tests.builders.newsroom.part import Notes, newsroom
from tests.builders.newsroom.reader import Reader
from tests.builders.newsroom.serving import served
from tests.web.board.conftest import PASSWORDS, Office, knock

NOTES = "/newsroom/notes"


@dataclass
class Beside:
    """An editor signed in to the board, beside which stands a newsroom that has not heard of the account yet."""

    editor: Reader
    identities: Identities = field(default_factory=Identities)

    def follow(self, address: str) -> Any:
        return self.editor.client.get(address, follow_redirects=True)


@pytest.fixture
def beside(office: Office) -> Iterator[Beside]:
    identities = Identities()

    def site(address: str) -> Any:
        house = House(session_key="a key for tests", staff_url=address, clock=office.clock)
        other = newsroom(office.desk.store, Notes(), identities, office.clock)
        return staff_site({"/board": part(office.desk), "/newsroom": other}, house)

    with served(site) as address:
        reader = Reader(address)
        assert knock(reader, "editor1", PASSWORDS["editor1"]).status_code == 303
        yield Beside(reader, identities)
        reader.client.close()


@pytest.mark.parametrize(
    ("language", "said"), [("vi", "chưa nhận được thông tin đó"), ("en", "has not heard of it yet")]
)
def test_a_part_that_does_not_know_the_account_yet_is_named_instead_of_being_asked_for_ever(
    beside: Beside, language: str, said: str
) -> None:
    beside.editor.client.cookies.set("language", language)

    told = beside.follow(NOTES)

    assert told.status_code == 503
    assert int(told.headers["retry-after"]) > 0
    assert said in told.text
    assert f'href="{NOTES}"' in told.text


def test_trying_again_opens_the_page_once_the_part_has_heard_of_the_account(beside: Beside) -> None:
    assert beside.follow(NOTES).status_code == 503

    assert beside.follow(NOTES).status_code == 503
    beside.identities.known[account_of("editor1")] = Known()

    assert beside.follow(NOTES).status_code == 200
    assert beside.follow(f"/sign-in?next={NOTES}").status_code == 200


def test_whoever_is_signed_in_and_follows_a_link_to_the_sign_in_page_is_led_on_at_once(beside: Beside) -> None:
    for address in ("/board/delegations", "/account"):
        answer = beside.editor.get(f"/sign-in?next={address}")

        assert (answer.status_code, answer.headers["location"]) == (303, address)

"""The board's pages as people use them."""

import pytest

from tests.web.board.conftest import SignIn

PAGES = (
    "/board/",
    "/board/?at=2021-05-01T09:00",
    "/board/?at=2000-01-01T00:00",
    "/board/?at=nonsense",
    "/board/?at=0001-01-01T00:00",
    "/board/?at=9999-12-31T23:59Z",
    "/board/seats/deputy",
    "/board/seats/member-culture",
    "/board/teams/content-team",
    "/board/teams/reviewer",
    "/board/delegations",
    "/board/collaborators",
    "/board/accounts",
    "/account",
    "/account/password",
)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_opens_in_both_languages(signed_in: SignIn, language: str) -> None:
    head = signed_in("head")
    head.client.cookies.set("language", language)

    for address in PAGES:
        page = head.get(address)
        assert page.status_code == 200, address
        assert f'<html lang="{language}">' in page.text

"""A member of staff of the running portal, at a browser without JavaScript: signs in, fills in forms, orders acts."""

import re
from typing import Any, Self

from httpx import Response

from infra.local.stack import Stack
from tests.builders.newsroom.reader import Files, Reader

ITEM = re.compile(r"/content/articles/([0-9a-f-]{36})")
SUBMISSION = re.compile(r"/content/submissions/([0-9a-f-]{36})")


class Staff(Reader):
    """Signed in with a demo account of the stack."""

    def __init__(self, stack: Stack, login: str) -> None:
        super().__init__(stack.staff_url)
        self.login = login
        self._password = stack.passwords[login]
        self.enter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def enter(self) -> Response:
        page = self.get("/sign-in")
        answer = self.send(self.form(page), {"login": self.login, "password": self._password})
        assert answer.status_code == 303, (answer.status_code, answer.text[-2000:])
        return answer

    def fill(self, address: str, values: dict[str, Any], files: Files | None = None, name: str = "") -> Response:
        """Open a page, fill in its form (the one that goes to `name`, or to the page itself) and send it."""
        page = self.get(address)
        assert page.status_code == 200, (address, page.status_code, page.text[-1500:])
        return self.send(self.form(page, name or address), values, files)

    def act(self, item: str, name: str, **values: Any) -> Response:
        """Order an act on an item."""
        return self.fill(f"/content/articles/{item}/{name}", values)

    def write(self, title: str, body: str = "<p>Nội dung.</p>", **values: Any) -> str:
        """Begin an item; returns its id."""
        given = {"title_vi": title, "body_vi": body, "kind": "news", "section": "tin-tuc", "author": "Minh Anh"}
        answer = self.fill("/content/articles/new", {**given, **values})
        found = ITEM.search(answer.headers.get("location", ""))
        assert found, (answer.status_code, answer.text[-2000:])
        return found.group(1)


ATTESTED = {"attest_accuracy": "yes", "attest_lawfulness": "yes", "attest_no_state_secret": "yes"}


def done(answer: Response) -> Response:
    """Check that an order was carried out."""
    assert answer.status_code == 303, (answer.status_code, answer.text[-3000:])
    return answer

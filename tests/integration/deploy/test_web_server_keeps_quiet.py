"""Whatever readers and staff meet at nginx, it writes down neither who asked nor for what; its own troubles it does write."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree

import httpx
import pytest

from tests.builders.waiting import until
from tests.builders.web_server import WebServer, web_server

pytestmark = pytest.mark.servers

SEARCHED = "a-word-that-somebody-looked-for"
NOBODY = "127.0.0.1:9"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where nginx writes; there is a site without a page."""
    (tmp_path / "site" / "current").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def front(folder: Path) -> Iterator[WebServer]:
    """The web server, while whatever it passes on to is away."""
    with web_server(folder, folder / "site", NOBODY) as server:
        yield server


def ask_while_the_gateway_is_away(front: WebServer, _folder: Path) -> int:
    return httpx.get(f"{front.public_url}/vi/search?q={SEARCHED}").status_code


def ask_while_the_staff_pages_are_away(front: WebServer, _folder: Path) -> int:
    return httpx.get(f"{front.staff_url}/content/desk?q={SEARCHED}").status_code


def ask_for_a_file_that_is_not_there(front: WebServer, _folder: Path) -> int:
    return httpx.get(f"{front.public_url}/log/keys?q={SEARCHED}").status_code


def ask_too_often(front: WebServer, _folder: Path) -> int:
    with httpx.Client() as client:
        return min(client.get(f"{front.public_url}/vi/search?q={SEARCHED}").status_code for _ in range(120))


def send_what_cannot_be_put_aside(front: WebServer, folder: Path) -> int:
    """A trouble of the level `crit`: the folder for large bodies is gone."""
    rmtree(folder / "temporary")
    (folder / "temporary").write_bytes(b"")
    return httpx.post(f"{front.public_url}/api/v1/search?q={SEARCHED}", content=b"x" * 60_000).status_code


def send_too_much(front: WebServer, _folder: Path) -> int:
    return httpx.post(f"{front.public_url}/api/v1/search?q={SEARCHED}", content=b"x" * 70_000).status_code


@pytest.mark.parametrize(
    ("meet", "answered"),
    [
        (ask_while_the_gateway_is_away, 503),
        (ask_while_the_staff_pages_are_away, 503),
        (ask_for_a_file_that_is_not_there, 404),
        (ask_too_often, 429),
        (send_what_cannot_be_put_aside, 500),
        (send_too_much, 413),
    ],
    ids=lambda given: getattr(given, "__name__", None),
)
def test_nobodys_address_and_nobodys_words_are_written_down(
    front: WebServer, folder: Path, meet: Callable[[WebServer, Path], int], answered: int
) -> None:
    assert meet(front, folder) == answered

    written = (folder / "nginx.log").read_text(encoding="utf-8")
    assert not re.search(rf"{SEARCHED}|client:|request:|127\.0\.0\.1", written), written


def test_a_configuration_that_is_broken_is_still_told(folder: Path) -> None:
    with web_server(folder, folder / "site", NOBODY) as front:
        (folder / "nginx.conf").write_text("no such thing;", encoding="ascii")
        os.kill(front.pid, signal.SIGHUP)
        until(lambda: 'unknown directive "no"' in (folder / "nginx.log").read_text(encoding="utf-8"))

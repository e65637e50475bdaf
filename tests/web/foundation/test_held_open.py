"""A form that comes in slowly is judged by what holds when all of it has come."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from infra.kernel.ids import natural_id
from tests.builders.newsroom.identities import LAN, START, Known
from tests.builders.newsroom.reader import Reader
from tests.web.foundation.conftest import Newsroom
from tests.web.foundation.test_forms import GOOD

Finish = Callable[[], str]


@contextmanager
def held_open(reader: Reader) -> Iterator[Finish]:
    """Begin to send a form; calling what is given sends the rest and returns the head of the answer."""
    form = reader.form(reader.get("/newsroom/notes/new"))
    body = urlencode(dict(form.fields) | GOOD).encode()
    head = (
        f"POST {form.action} HTTP/1.1\r\nHost: {reader.address.partition('//')[2]}\r\n"
        f"Cookie: staff={reader.client.cookies['staff']}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", int(reader.address.rpartition(":")[2])), timeout=20) as line:
        line.sendall(head.encode())
        assert b"100 Continue" in line.recv(1000)  # the form is being read
        line.sendall(body[:20])

        def finish() -> str:
            line.sendall(body[20:])
            return line.recv(10_000).decode().partition("\r\n\r\n")[0]

        yield finish


@pytest.mark.parametrize(
    "change", [{"active": False}, {"locked": True}, {"sessions_valid_from": START.replace(year=START.year + 1)}]
)
def test_whoever_is_dismissed_while_a_form_comes_in_does_nothing_with_it(
    room: Newsroom, lan: Reader, change: dict[str, object]
) -> None:
    with held_open(lan) as finish:
        room.identities.known[LAN] = replace(Known(), **change)
        answer = finish()

    assert answer.startswith("HTTP/1.1 303")
    assert "location: /sign-in?next=%2Fnewsroom%2Fnotes%2Fnew" in answer
    assert room.notes.kept == {}


def test_whoever_has_signed_out_meanwhile_finds_what_was_typed_after_signing_in(room: Newsroom, lan: Reader) -> None:
    with held_open(lan) as finish:
        room.identities.ended.add(natural_id("session", "lan", str(START)))
        finish()
    room.clock.forward(seconds=1)
    lan.sign_in()

    assert room.notes.kept == {}
    assert lan.form(lan.get("/newsroom/notes/new")).value("title") == GOOD["title"]


def test_an_act_bears_the_time_at_which_all_of_it_had_come(room: Newsroom, lan: Reader) -> None:
    with held_open(lan) as finish:
        room.clock.forward(minutes=5)
        finish()

    assert [act.at for act in room.notes.acts] == [room.clock.at]


def test_a_slow_line_is_not_idle(room: Newsroom, lan: Reader) -> None:
    room.clock.forward(minutes=10)
    with held_open(lan) as finish:
        room.clock.forward(minutes=20)
        answer = finish()

    assert "location: /newsroom/notes/" in answer
    assert len(room.notes.kept) == 1


def test_the_longest_session_ends_also_for_a_slow_line(room: Newsroom, lan: Reader) -> None:
    with held_open(lan) as finish:
        room.clock.forward(hours=10)
        answer = finish()

    assert "location: /sign-in" in answer
    assert room.notes.kept == {}

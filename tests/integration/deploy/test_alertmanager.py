"""The real Alertmanager with the configuration that its container writes: an alert becomes a letter, or nobody is written to."""

import base64
import socketserver
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from infra.local.places import ROOT
from infra.local.ports import free_ports
from tests.benches.packages import provide
from tests.builders.waiting import until

pytestmark = pytest.mark.servers

START = ROOT / "infra" / "deploy" / "alertmanager.sh"
ALERTMANAGER = "/usr/bin/prometheus-alertmanager"
PASSWORD = """it's "a" \\ pass: # {word}"""
WITH_MAIL = {
    "ALERT_MAIL_TO": "technicians@portal.example",
    "ALERT_MAIL_FROM": "Minh Bạch <portal@portal.example>",
    "ALERT_SMTP_USER": "portal",
    "ALERT_SMTP_PASSWORD": PASSWORD,
    "ALERT_SMTP_TLS": "false",
}
ALERT = {
    "labels": {"alertname": "ServerAway", "server": "mongodb", "severity": "critical"},
    "annotations": {
        "summary_vi": "Không kết nối được mongodb.",
        "summary_en": "mongodb cannot be reached.",
        "runbook_url": "docs/operations.md#server-away",
    },
}


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    provide("prometheus-alertmanager", ALERTMANAGER)


class PostOffice(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it gets: who signed in, and the letters."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.signed_in: list[bytes] = []
        self.letters: list[bytes] = []

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Counter(socketserver.StreamRequestHandler):
    """Where one letter after the other is handed in."""

    server: PostOffice

    def handle(self) -> None:
        self.wfile.write(b"220 post\r\n")
        for line in self.rfile:
            self.wfile.write(self.answer(line.strip()))

    def answer(self, line: bytes) -> bytes:
        match line[:4].upper():
            case b"EHLO":
                return b"250-post\r\n250 AUTH PLAIN\r\n"
            case b"AUTH":
                self.server.signed_in.append(base64.b64decode(line.split()[-1]))
                return b"235 welcome\r\n"
            case b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
        return b"250 well\r\n"


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as office:
        Thread(target=office.serve_forever, daemon=True).start()
        yield office
        office.shutdown()


def started(folder: Path, port: int, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start what the container starts; only folder, port and the time to wait for further alerts are others."""
    program = folder / "bin" / "alertmanager"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nsed -i "s/group_wait: 30s/group_wait: 0s/" {folder}/alertmanager.yml\n'
        f'echo "$@" > {folder}/asked\nexec {ALERTMANAGER} "$1" --storage.path={folder}/data '
        f"--web.listen-address=127.0.0.1:{port} --cluster.listen-address=\n",
        encoding="ascii",
    )
    program.chmod(0o755)
    environment = {"PATH": f"{program.parent}:/usr/bin:/bin", "TMPDIR": str(folder), **settings}
    with (folder / "output").open("ab") as output:
        return subprocess.Popen(("sh", str(START)), env=environment, stdout=output, stderr=output)


@contextmanager
def alertmanager(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    (port,) = free_ports(1)
    address, process = f"http://127.0.0.1:{port}", started(folder, port, settings)
    try:
        until(lambda: is_ready(address) or process.poll() is not None)
        assert process.poll() is None, (folder / "output").read_text(encoding="utf-8")
        yield address
    finally:
        process.terminate()
        process.wait()


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/-/ready").status_code == 200
    except httpx.TransportError:
        return False


def waiting_at(address: str) -> list[Any]:
    return [alert["labels"]["alertname"] for alert in httpx.get(f"{address}/api/v2/alerts").json()]


def test_an_alert_becomes_a_letter_in_both_languages_with_its_place_in_the_runbook(
    tmp_path: Path, post: PostOffice
) -> None:
    with alertmanager(tmp_path, {**WITH_MAIL, "ALERT_SMTP": post.place}) as address:
        httpx.post(f"{address}/api/v2/alerts", json=[ALERT]).raise_for_status()
        until(lambda: post.letters)

    letter = message_from_bytes(post.letters[0], policy=default)
    said = letter.get_body(("plain",)).get_content()
    assert letter["to"] == "technicians@portal.example"
    assert letter["subject"] == "FIRING: ServerAway (1)"
    assert all(words in said for words in ALERT["annotations"].values())
    assert "critical" in said
    assert post.signed_in == [b"\0portal\0" + PASSWORD.encode()]


def test_where_no_address_is_given_nobody_is_written_to_and_the_alert_stands_on_the_page(tmp_path: Path) -> None:
    absent = dict.fromkeys(WITH_MAIL, "")
    with alertmanager(tmp_path, absent) as address:
        httpx.post(f"{address}/api/v2/alerts", json=[ALERT]).raise_for_status()
        until(lambda: waiting_at(address) == ["ServerAway"])

    assert "smtp" not in (tmp_path / "alertmanager.yml").read_text(encoding="utf-8")


def test_an_address_without_a_mail_server_is_told_and_nothing_starts(tmp_path: Path) -> None:
    process = started(tmp_path, 1, {**WITH_MAIL, "ALERT_SMTP": ""})

    assert process.wait(10) != 0
    assert "ALERT_SMTP" in (tmp_path / "output").read_text(encoding="utf-8")


def test_every_option_that_the_container_gives_is_one_that_there_is(tmp_path: Path) -> None:
    known = subprocess.run((ALERTMANAGER, "--help"), capture_output=True, text=True, check=False)
    with alertmanager(tmp_path, {}):
        given = (tmp_path / "asked").read_text(encoding="ascii").split()

    assert len(given) == 4
    assert [option for option in given if f"{option.partition('=')[0]}=" not in known.stdout + known.stderr] == []

"""RabbitMQ is killed and all its data is gone: the newsroom works on, readers read on, and afterwards nothing is missing anywhere."""

import os
import shutil
import signal
import subprocess
import sys
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from infra.event_store import EVENTS, LogReader, connect
from infra.local.places import ROOT
from infra.local.run_state import MemberState, RunState
from infra.local.stack import Stack
from infra.operations.readers import READERS, Reader
from infra.settings import ServiceSettings, environment
from tests.builders.reading import reading
from tests.builders.staff import ATTESTED, Staff, done
from tests.builders.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.long, pytest.mark.timeout(600)]


def emptied_and_held(portal: Stack, killed: MemberState) -> int:
    """Catch the broker as it is started again, let it stand still, and delete all that the last one wrote."""
    until(lambda: portal.member("rabbitmq").pid not in (None, killed.pid), 30)
    again = portal.pid("rabbitmq")
    os.kill(again, signal.SIGSTOP)
    shutil.rmtree(portal.places.rabbitmq / "data")
    (portal.places.rabbitmq / "data").mkdir()
    return again


def publish(portal: Stack, title: str) -> None:
    with Staff(portal, "editor1") as editor, Staff(portal, "secretary") as secretary:
        item = editor.write(title)
        done(editor.act(item, "send", **ATTESTED))
        done(secretary.act(item, "clear"))
    with Staff(portal, "standing-deputy") as deputy:
        done(deputy.act(item, "publish"))


def settings_of(portal: Stack, service: str) -> ServiceSettings:
    mongo_url, amqp_url = (portal.addresses[f"{service.upper()}_{kind}_URL"] for kind in ("MONGO", "AMQP"))
    return ServiceSettings(service=service, mongo_url=mongo_url, amqp_url=amqp_url)


def has_caught_up(portal: Stack, reader: Reader) -> bool:
    """Tell whether a reader has come to the end of the log that it reads, and nothing is parked."""
    log, own = settings_of(portal, reader.log), settings_of(portal, reader.service)
    with connect(log.mongo_url) as theirs, connect(own.mongo_url) as ours:
        head = LogReader(theirs[log.log_database][EVENTS]).head()
        store = ours[own.store_database]
        kept = "relay" if reader.kind == "relay" else "positions"
        position = _position(ours, own.store_database, kept, reader.position)
        return position == head and store["parked"].count_documents({}) == 0


def _position(client: MongoClient[dict[str, Any]], database: str, collection: str, name: str) -> int:
    known = client[database][collection].find_one({"_id": name})
    return int(known["position"]) if known else 0


def is_intact(portal: Stack) -> bool:
    command = (sys.executable, "-m", "infra.local", "run", "audit", "services.audit.verify")
    own = {**environment(), "VAR_DIR": str(portal.places.var)}
    said = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=120)
    return said.returncode == 0 and "not yet arrived" not in said.stdout


def is_shown(portal: Stack, title: str) -> bool:
    return title in httpx.get(f"{portal.public_url}/vi/").text


def test_a_broker_that_comes_back_empty_is_provided_anew_and_every_reader_ends_where_it_would_have(
    portal: Stack,
) -> None:
    state = RunState.load(portal.places.state)
    assert state
    before = {member.name: member.pid for member in state.members if member.name != "rabbitmq"}
    killed = portal.kill("rabbitmq")
    held = emptied_and_held(portal, killed)
    try:
        with reading(portal.public_url):
            publish(portal, "Khi máy chủ tin nhắn mất hết dữ liệu")
        home = httpx.get(f"{portal.public_url}/vi/")
        assert home.status_code == 200
        assert "mất hết dữ liệu" not in home.text
        assert httpx.get(f"{portal.public_url}/healthz").status_code == 200
    finally:
        os.kill(held, signal.SIGCONT)

    portal.await_restart(killed, 120)
    until(lambda: is_shown(portal, "Khi máy chủ tin nhắn mất hết dữ liệu"), 60)
    publish(portal, "Sau khi máy chủ tin nhắn trở lại")
    until(lambda: is_shown(portal, "Sau khi máy chủ tin nhắn trở lại"), 60)
    for reader in READERS:
        until(lambda reader=reader: has_caught_up(portal, reader), 60)  # type: ignore[misc]
    until(lambda: is_intact(portal), 60)
    assert before == {name: portal.member(name).pid for name in before}

"""While the broker is away the newsroom works and the public reads; afterwards everything catches up."""

import os
import signal

import httpx
import pytest

from infra.local.stack import Stack
from tests.builders.staff import ATTESTED, Staff, done
from tests.builders.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(300)]


def test_an_item_is_published_while_the_broker_is_away_and_shown_when_it_is_back(portal: Stack) -> None:
    title = "Khi máy chủ tin nhắn vắng mặt"
    people = (Staff(portal, "editor1"), Staff(portal, "secretary"), Staff(portal, "standing-deputy"))
    editor, secretary, deputy = people
    broker = portal.pid("rabbitmq")
    os.kill(broker, signal.SIGSTOP)
    try:
        item = editor.write(title)
        done(editor.act(item, "send", **ATTESTED))
        done(secretary.act(item, "clear"))
        done(deputy.act(item, "publish"))
        home = httpx.get(f"{portal.public_url}/vi/")
        assert home.status_code == 200
        assert title not in home.text
        assert httpx.get(f"{portal.public_url}/healthz").status_code == 200
    finally:
        os.kill(broker, signal.SIGCONT)
        for person in people:
            person.client.close()

    until(lambda: title in httpx.get(f"{portal.public_url}/vi/").text, 90)

"""In the running system: what waits parked shows in metrics and on the page, and a press of a button has it taken in."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from infra.event_store import EVENTS, LogReader, connect
from infra.local.stack import Stack
from infra.messaging.envelope import Envelope
from infra.messaging.parked import Parked
from tests.builders.staff import Staff, done
from tests.builders.waiting import until

pytestmark = pytest.mark.servers
PREFIX = "binh_phuoc"
COUNT = 'portal_parked_messages{log="content",service="audit"}'


def metrics(stack: Stack) -> str:
    targets = json.loads(stack.places.metrics.read_text(encoding="ascii"))
    return httpx.get(f"http://{targets[0]['targets'][0]}/metrics").text


def test_a_parked_message_shows_and_is_taken_in_when_the_technical_team_asks_for_it(portal: Stack) -> None:
    with (
        connect(portal.addresses["CONTENT_MONGO_URL"]) as content,
        connect(portal.addresses["AUDIT_MONGO_URL"]) as audit,
        Staff(portal, "tech2") as technician,
    ):
        parked = Parked(audit[f"{PREFIX}_audit"]["parked"])
        (entry,) = LogReader(content[f"{PREFIX}_content_log"][EVENTS]).page(0, 1)
        event = Envelope.from_entry("content", entry)
        parked.park(event, "ValueError: seen by a version that knew less", datetime(2026, 11, 21, 5, tzinfo=UTC))

        until(lambda: f"{COUNT} 1.0" in metrics(portal))
        page = technician.get("/operations/parked")
        assert event.topic in page.text
        done(technician.send(technician.form(page, f"{event.subject}/retry")))

        until(lambda: not parked.waiting("content"))
        assert "Đã tiếp nhận" in technician.get("/operations/parked").text
        until(lambda: COUNT not in metrics(portal))

"""What happens to stored events when their class has changed since."""

import json
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent
from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, ServiceApplication
from infra.kernel.aggregate import Aggregate, FirstEvent
from infra.kernel.canonical import canonical_json
from infra.kernel.ids import new_id
from tests.integration.event_store.things import CLAUSE, Attempt, an_act

pytestmark = pytest.mark.servers


class Notice(Aggregate):
    """Had one text at first; then a title as well; then texts by language."""

    TOPIC = "test.notice"
    texts: dict[str, str]

    class Written(FirstEvent):
        """The third version of this event."""

        TOPIC = "test.notice.written"
        class_version = 3
        title: str
        texts: dict[str, str]

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            state["title"] = state["text"][:3]

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            state["texts"] = {"vi": state.pop("text")}

        def apply(self, aggregate: "Notice") -> None:
            aggregate.texts = {"title": self.title, **self.texts}


def test_an_event_of_the_first_version_is_lifted_to_the_present_one(log: Database[dict[str, Any]]) -> None:
    application = ServiceApplication(log, Attempt)
    act, subject = an_act(), new_id()
    of_the_first_version = canonical_json(
        {
            "act": act.as_record(),
            "clause": CLAUSE,
            "originator_topic": "test.notice",
            "text": "Thông báo",
            "timestamp": "2020-01-01T00:00:00.000000+00:00",
        }
    )
    application.recorder.insert_events([StoredEvent(subject, 1, "test.notice.written", of_the_first_version)])

    notice = application.load(Notice, subject)

    assert notice.texts == {"title": "Thô", "vi": "Thông báo"}
    assert notice.created_on.isoformat() == "2020-01-01T00:00:00+00:00"


def test_an_event_says_its_version_in_its_state(log: Database[dict[str, Any]]) -> None:
    application = ServiceApplication(log, Attempt)

    application.save(
        Notice.begin(Notice.Written, new_id(), act=an_act(), clause=CLAUSE, title="T", texts={"vi": "Chữ"})
    )

    (entry,) = LogReader(log[EVENTS]).page(0)
    assert json.loads(entry.state)["class_version"] == 3

"""The loop that listens: acknowledges what was taken in, holds what cannot be now, rejects what never can."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from uuid import UUID

import pytest
from pymongo.errors import OperationFailure
from structlog.testing import capture_logs

from infra.event_store.errors import StoreUnavailable
from infra.messaging.envelope import Envelope
from infra.messaging.errors import BrokerUnavailable, RpcTimeout, UpstreamBehind
from infra.messaging.inbox import RUN
from infra.messaging.listening import Delivery, Listener
from infra.messaging.reading import Unreadable

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


def message(tag: int, service: str = "demo") -> Delivery:
    envelope = Envelope(service, tag, f"{service}.notice.posted", UUID(int=tag), 1, NOON, {})
    return Delivery(tag, envelope.to_json("binh-phuoc"))


@dataclass
class Broker:
    """Gives the batches in turn; then the test is over."""

    batches: list[list[Delivery] | BrokerUnavailable]
    stop: Event = field(default_factory=Event)
    settled: list[tuple[str, int]] = field(default_factory=list)

    def next(self, timeout_s: float) -> list[Delivery]:
        assert timeout_s < 1
        if not self.batches:
            self.stop.set()
            return []
        batch = self.batches.pop(0)
        if isinstance(batch, BrokerUnavailable):
            raise batch
        return batch

    def accept(self, last: Delivery) -> None:
        self.settled.append(("accepted", last.tag))

    def reject(self, delivery: Delivery) -> None:
        self.settled.append(("rejected", delivery.tag))

    @contextmanager
    def subscribe(self) -> Iterator["Broker"]:
        yield self


@dataclass
class Taking:
    """An inbox as the listener sees it."""

    outcomes: list[Exception] = field(default_factory=list)
    upstream: str = "demo"
    tried: list[list[int]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    on_receive: Callable[[], None] = lambda: None
    aside: list[tuple[bytes, str]] = field(default_factory=list)
    store_away: list[Exception] = field(default_factory=list)
    pages: int = 0
    retry_away: Exception | None = None

    def receive(self, envelopes: Sequence[Envelope]) -> None:
        self.on_receive()
        self.tried.append([envelope.position for envelope in envelopes])
        if self.outcomes:
            raise self.outcomes.pop(0)

    def set_aside(self, unreadable: Unreadable, origin: str) -> None:
        if self.store_away:
            raise self.store_away.pop(0)
        self.aside.append((unreadable.body, origin))

    def catch_up(self) -> bool:
        self.calls.append("catch_up")
        self.pages -= 1
        return self.pages >= 0

    def retry_all(self) -> None:
        self.calls.append("retry_all")
        if self.retry_away:
            raise self.retry_away

    def retry_asked(self) -> None:
        self.calls.append("retry_asked")


def listen(broker: Broker, inbox: Taking, check_every_s: float = 60) -> list[str]:
    """Listen until the broker has nothing more; return the names of what was logged."""
    with capture_logs() as logs:
        Listener(inbox, broker.subscribe, check_every_s).run(broker.stop)  # type: ignore[arg-type]
    return [line["event"] for line in logs]


def test_a_batch_is_accepted_as_a_whole_after_it_was_taken_in() -> None:
    broker, inbox = Broker([[message(1), message(2)], [message(3)]]), Taking()

    listen(broker, inbox)

    assert inbox.tried == [[1, 2], [3]]
    assert broker.settled == [("accepted", 2), ("accepted", 3)]


@pytest.mark.parametrize(
    "outage", [StoreUnavailable("away"), RpcTimeout("no answer"), OperationFailure("starting", 211)]
)
def test_during_an_outage_a_batch_is_held_and_tried_again(outage: Exception) -> None:
    broker, inbox = Broker([[message(1)]]), Taking([outage, outage])

    logged = listen(broker, inbox)

    assert inbox.tried == [[1], [1], [1]]
    assert broker.settled == [("accepted", 1)]
    assert logged.count("taking_in_waits") == 1


def test_when_asked_to_stop_during_an_outage_nothing_is_accepted() -> None:
    broker = Broker([[message(1)]])
    inbox = Taking([StoreUnavailable("away")], on_receive=broker.stop.set)

    listen(broker, inbox)

    assert inbox.tried == [[1]]
    assert broker.settled == []


def a_page(tag: int, first: int, count: int) -> Delivery:
    return Delivery(tag, b"[" + b",".join(message(n).body for n in range(first, first + count)) + b"]")


def test_much_is_taken_in_and_accepted_in_parts_of_whole_messages() -> None:
    pages = [a_page(1, 1, 200), a_page(2, 201, 300), a_page(3, 501, 1), a_page(4, 502, RUN), a_page(5, 502 + RUN, 1)]
    broker, inbox = Broker([pages]), Taking()

    listen(broker, inbox)

    assert [(tried[0], tried[-1]) for tried in inbox.tried] == [(1, 500), (501, 501), (502, 1001), (1002, 1002)]
    assert broker.settled == [("accepted", tag) for tag in (2, 3, 4, 5)]


def test_when_asked_to_stop_the_part_in_hand_is_finished_and_the_rest_is_left() -> None:
    broker = Broker([[a_page(1, 1, RUN), a_page(2, RUN + 1, RUN)]])
    inbox = Taking(on_receive=broker.stop.set)

    listen(broker, inbox)

    assert [len(tried) for tried in inbox.tried] == [RUN]
    assert broker.settled == [("accepted", 1)]


def test_what_is_no_event_of_the_service_is_rejected_and_the_rest_taken_in() -> None:
    broker, inbox = (
        Broker([[Delivery(1, b"\xff"), message(2), message(3, "other"), message(4), Delivery(5, b"{}")]]),
        Taking(),
    )

    listen(broker, inbox)

    assert inbox.tried == [[2, 4]]
    assert broker.settled == [("rejected", 1), ("rejected", 3), ("rejected", 5), ("accepted", 4)]
    assert [body for body, _ in inbox.aside] == [b"\xff", message(3, "other").body, b"{}"]


def test_a_page_of_events_is_taken_in_as_a_whole_and_only_what_is_none_is_set_aside() -> None:
    events = [json.loads(message(tag).body) for tag in (2, 3)]
    page = Delivery(1, json.dumps([events[0], {"no": "event"}, events[1]]).encode(), "demo.pages demo.page")
    broker, inbox = Broker([[page]]), Taking()

    listen(broker, inbox)

    assert inbox.tried == [[2, 3]]
    assert broker.settled == [("accepted", 1)]
    assert inbox.aside == [(b'{"no":"event"}', "demo.pages demo.page")]


def test_what_cannot_be_read_is_rejected_only_after_it_was_kept() -> None:
    broker, inbox = Broker([[Delivery(1, b"\xff")]]), Taking(store_away=[StoreUnavailable("away")])

    listen(broker, inbox)

    assert broker.settled == [("rejected", 1)]
    assert inbox.aside == [(b"\xff", "")]


def test_an_event_that_its_service_does_not_have_holds_up_others_for_a_while_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("infra.messaging.listening.BEYOND_AFTER_S", 0.0)
    broker, inbox = Broker([[message(1), message(9)]]), Taking([UpstreamBehind("demo", 1)])

    listen(broker, inbox)

    assert inbox.aside == [(message(9).body, "")]
    assert broker.settled == [("accepted", 9)]


def test_a_fault_of_ours_ends_the_listener() -> None:
    with pytest.raises(KeyError):
        listen(Broker([[message(1)]]), Taking([KeyError("ours")]))


def test_a_lost_connection_is_made_again() -> None:
    broker, inbox = Broker([BrokerUnavailable("gone"), [message(1)]]), Taking()

    logged = listen(broker, inbox)

    assert broker.settled == [("accepted", 1)]
    assert [name for name in logged if name in {"listening", "broker_unavailable"}] == [
        "listening",
        "broker_unavailable",
        "listening",
    ]


def test_what_was_lost_is_looked_for_at_each_connection_and_all_is_retried_once() -> None:
    broker, inbox = Broker([[], BrokerUnavailable("gone"), []]), Taking()

    listen(broker, inbox)

    assert inbox.calls == ["retry_all", "catch_up", "retry_asked", "catch_up"]


def test_what_was_lost_is_looked_for_again_and_again() -> None:
    broker, inbox = Broker([[], [], []]), Taking()

    listen(broker, inbox, check_every_s=0)

    assert inbox.calls.count("catch_up") >= 3


def test_who_is_behind_asks_page_by_page_without_a_pause() -> None:
    broker, inbox = Broker([[], [], []]), Taking(pages=2)

    listen(broker, inbox)

    assert inbox.calls.count("catch_up") == 3


def test_who_is_behind_stops_asking_when_the_queue_brings_what_is_missing() -> None:
    broker, inbox = Broker([[], [message(1)], [], []]), Taking(pages=9)

    listen(broker, inbox)

    assert inbox.calls.count("catch_up") == 1


def test_a_retry_that_meets_an_outage_does_not_hold_up_the_search_for_what_was_lost() -> None:
    broker, inbox = Broker([[], [], []]), Taking(pages=2, retry_away=RpcTimeout("no file"))

    logged = listen(broker, inbox)

    assert inbox.calls.count("catch_up") == 3
    assert logged.count("retry_waits") == 1


def test_who_is_behind_does_not_look_for_retries_between_two_pages() -> None:
    broker, inbox = Broker([[], [], []]), Taking(pages=9)

    listen(broker, inbox)

    assert inbox.calls.count("catch_up") >= 3
    assert [call for call in inbox.calls if call != "catch_up"] == ["retry_all"]

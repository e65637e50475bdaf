"""Rows and files when the server is killed, comes back within seconds, and nobody who writes notices."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from pymongo.errors import WriteConcernError

from infra.event_store.errors import StoreUnavailable
from infra.kernel.verdicts import Refusal
from infra.messaging.envelope import Envelope
from infra.messaging.inbox import Inbox
from infra.messaging.parked import Parked
from infra.read_store import projector as projecting
from infra.read_store import rebuild as rebuilding
from infra.read_store.durability import lasting
from infra.read_store.files import Files, StoredFile
from infra.read_store.projector import through_outages
from infra.read_store.rows import Put, Rows
from tests.builders.mortal_servers import MortalMongod
from tests.integration.read_store.service import Service

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(120)]

Project = Callable[[Sequence[Envelope]], None]


@pytest.fixture
def service(mortal: MortalMongod, tmp_path: Path) -> Iterator[Service]:
    service = Service(mortal.url, tmp_path)
    with closing(service.client):
        yield service


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projecting, "BATCH", 6)
    monkeypatch.setattr(rebuilding, "BATCH", 6)
    monkeypatch.setattr(rebuilding, "_TAKEN_WITHIN_S", 0)


class Kill:
    """Kills the server once, and starts it again at once."""

    def __init__(self, mortal: MortalMongod) -> None:
        self._mortal = mortal
        self.done = False

    def __call__(self) -> None:
        if not self.done:
            self.done = True
            self._mortal.restart()

    def after(self, project: Project, position: int) -> Project:
        """The same projection; the server is killed when the rows of an event are written."""

        def projected(events: Sequence[Envelope]) -> None:
            project(events)
            if events[-1].position == position:
                self()

        return projected

    def before(self, project: Project, position: int) -> Project:
        """The same projection; the server is killed when everything before an event is written and noted."""

        def projected(events: Sequence[Envelope]) -> None:
            if events[0].position == position:
                self()
            project(events)

        return projected


class Refusing(Rows):
    """Rows that nobody puts others in the place of."""

    def exchange(self, run: str) -> None:
        raise InterruptedError(run)


def named(service: Service, count: int, like: str = "name") -> list[str]:
    names = [f"{like} {n}" for n in range(count)]
    for name in names:
        service.name(name, name)
    return names


def events_of(service: Service, count: int) -> list[Envelope]:
    named(service, count)
    return [Envelope.from_entry("shelf", entry) for entry in service.projector().reader.page(0, count)]


def projected(service: Service) -> None:
    while through_outages(service.projector().step, Event()):
        pass


def rows_of(service: Service) -> list[str]:
    return sorted(row["name"] for row in service.rows.each())


def test_a_step_writes_again_what_the_server_has_lost(service: Service, mortal: MortalMongod) -> None:
    names, kill = named(service, 3), Kill(mortal)
    projector = service.projector()

    stepping = replace(projector, project=kill.after(projector.project, 3))
    assert through_outages(stepping.step, Event())

    assert kill.done
    assert rows_of(service) == names
    assert service.position == 3


@pytest.mark.usefixtures("small_batches")
def test_a_position_that_was_noted_stands_for_rows_that_nobody_can_lose(service: Service, mortal: MortalMongod) -> None:
    names, kill = named(service, 12), Kill(mortal)
    projector = service.projector()
    stepping = replace(projector, project=kill.before(projector.project, 7))

    while through_outages(stepping.step, Event()):
        pass

    assert kill.done
    assert rows_of(service) == sorted(names)


def test_an_inbox_reacts_again_to_what_the_server_has_lost(service: Service, mortal: MortalMongod) -> None:
    kill, rows = Kill(mortal), service.rows
    events = events_of(service, 3)

    def react(run: Sequence[Envelope]) -> None:
        rows.apply(Put(event.subject, {"name": event.data["name"]}, event.position) for event in run)

    parked = Parked(service.client[service.settings.store_database]["parked"])
    inbox = Inbox("shelf", service.positions, parked, lambda _after, _limit: [], kill.after(react, 3))

    with pytest.raises(StoreUnavailable):
        inbox.receive(events)
    assert service.positions.get(inbox.name) == 0
    inbox.receive(events)

    assert rows_of(service) == ["name 0", "name 1", "name 2"]
    assert service.positions.get(inbox.name) == 3


def test_a_parked_message_is_kept_until_what_follows_from_it_is_durable(service: Service, mortal: MortalMongod) -> None:
    kill, rows = Kill(mortal), service.rows
    (event,) = events_of(service, 1)
    failures = [ArithmeticError("not yet")] * 3

    def react(run: Sequence[Envelope]) -> None:
        if failures:
            raise failures.pop()
        rows.apply(Put(event.subject, {"name": event.data["name"]}, event.position) for event in run)
        kill()

    parked = Parked(service.client[service.settings.store_database]["parked"])
    inbox = Inbox("shelf", service.positions, parked, lambda _after, _limit: [], react, pause=lambda _: None)
    inbox.receive([event])
    assert parked.subjects("shelf") == {event.subject}

    with pytest.raises(StoreUnavailable):
        inbox.retry_all()
    inbox.retry_all()

    assert rows_of(service) == ["name 0"]
    assert parked.subjects("shelf") == frozenset()


@pytest.mark.parametrize("moment", [Kill.after, Kill.before])
@pytest.mark.usefixtures("small_batches")
def test_a_rebuild_writes_again_what_the_server_has_lost(
    service: Service, mortal: MortalMongod, moment: Callable[[Kill, Project, int], Project]
) -> None:
    names, kill, rebuild = named(service, 18), Kill(mortal), service.rebuild()
    projected(service)
    position = 12 if moment is Kill.after else 7

    killing = replace(rebuild.beside, project=moment(kill, rebuild.beside.project, position))
    assert replace(rebuild, beside=killing).run(Event())

    assert kill.done
    assert rows_of(service) == sorted(names)


@pytest.mark.usefixtures("small_batches")
def test_rows_that_are_put_in_place_are_brought_up_to_date_again_where_the_server_has_lost_some(
    service: Service, mortal: MortalMongod
) -> None:
    names, kill, rebuild = named(service, 6), Kill(mortal), service.rebuild()
    store = service.client[service.settings.store_database]
    with pytest.raises(InterruptedError):
        replace(rebuild, live=replace(rebuild.live, rows=[Refusing(store["things"])])).run(Event())
    names += named(service, 7, "late")
    projector = service.projector()

    taking = replace(projector, project=kill.after(projector.project, 12))
    assert through_outages(taking.take_over, Event())

    assert kill.done
    assert rows_of(service) == sorted(names)
    assert service.position == 13


def test_what_was_written_in_a_term_that_has_ended_may_be_lost(service: Service, mortal: MortalMongod) -> None:
    store = service.client[service.settings.store_database]
    service.rows.put("a", {"name": "first"}, 1)
    with lasting(store):
        service.rows.put("b", {"name": "second"}, 2)
    mortal.restart()
    assert rows_of(service) == ["first", "second"]

    def write_and_kill() -> None:
        with lasting(store):
            service.rows.put("c", {"name": "third"}, 3)
            mortal.restart()

    with pytest.raises(StoreUnavailable):
        write_and_kill()

    with lasting(store):
        service.rows.put("c", {"name": "third"}, 3)


def test_a_file_whose_keeping_could_not_be_promised_is_whole(service: Service) -> None:
    database, content = service.settings.store_database, bytes(range(256)) * 2_000
    files = Files(service.client[database])
    files.prepare()
    no_promise = {"code": 64, "codeName": "WriteConcernFailed", "errmsg": "waiting for replication timed out"}
    failing = {"failCommands": ["insert"], "namespace": f"{database}.files.files", "writeConcernError": no_promise}
    service.client.admin.command("configureFailPoint", "failCommand", mode={"times": 1}, data=failing)

    def put() -> StoredFile | Refusal:
        return files.put(io.BytesIO(content), name="a.pdf", media_type="application/pdf", limit_bytes=len(content))

    with pytest.raises(WriteConcernError):
        put()
    stored = put()

    assert isinstance(stored, StoredFile)
    with files.open(stored.id) as stream:
        assert stream.read() == content

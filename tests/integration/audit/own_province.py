"""A small province: services that write real logs, an audit log that has heard of them, and somebody with all rights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pymongo import MongoClient
from pymongo.collection import Collection

from infra.event_store import LogReader, ServiceApplication, connect, create_log
from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted
from services.audit.log.appender import Appender
from services.audit.log.checkpoint import Signer
from services.audit.log.entries import ENTRIES, EntryLog
from services.audit.log.leaf import leaf_of
from services.audit.log.verification import Outcome, Stored, Verification
from services.audit.log.witnesses import Witnesses

BEGINNING = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SOMEBODY = natural_id("test.account", "somebody")


class Matter(Aggregate):
    """Something that has a history."""

    TOPIC = "province.matter"
    words: str = ""

    class Begun(FirstEvent):
        TOPIC = "province.matter.begun"
        words: str

    class Continued(Event):
        TOPIC = "province.matter.continued"
        words: str

        def apply(self, matter: "Matter") -> None:
            matter.words = self.words


class Attempt(Aggregate):
    """A refused attempt, as every service records it."""

    TOPIC = "province.attempt"

    class Refused(FirstEvent):
        TOPIC = "province.attempt.refused"
        command: str
        subject: str
        code: str


def an_act(minute: int) -> Act:
    at = BEGINNING + timedelta(minutes=minute)
    return Act(SOMEBODY, "secretary", at, natural_id("test.act", str(minute)))


@dataclass
class Province:
    """Writes, audits, tampers with and verifies the logs of its services."""

    admin: MongoClient[dict[str, Any]]
    prefix: str
    verifier_url: str
    appender: Appender
    signs: Signer
    witnesses: Witnesses
    services: Sequence[str] = ("board", "content")
    minutes: int = 0
    applications: dict[str, ServiceApplication] = field(default_factory=dict)

    def write(self, service: str, *words: str) -> int:
        """Begin a matter with the first words and continue it with the others, all in one commit."""
        application = self._application(service)
        self.minutes += 1
        act = an_act(self.minutes)
        matter = Matter.begin(Matter.Begun, UUID(int=self.minutes), act=act, clause="QC2024 Đ10.1b", words=words[0])
        for each in words[1:]:
            matter.record(Matter.Continued, act=act, clause="QC2024 Đ10.1b", words=each)
        verdict = application.settle(matter, None, act=act, command="begin")
        assert isinstance(verdict, Accepted)
        return verdict.position

    def audit(self) -> None:
        """Let everything arrive in the audit log."""
        for service in self.services:
            leaves = [
                leaf_of(service, e.position, e.topic, e.originator_id, e.version, e.state)
                for e in LogReader(self.events(service)).page(0, 1_000)
            ]
            self.appender.append(leaves)

    def restart(self) -> None:
        """Forget what the processes that write had in memory."""
        self.applications.clear()
        self.appender = Appender(self.entries(), self.signs, self.witnesses.file)

    def events(self, service: str) -> Collection[dict[str, Any]]:
        """The commits of a service, with all rights."""
        return self._log(service).events

    def entries(self) -> Collection[dict[str, Any]]:
        """The entries of the audit log, with all rights."""
        return self._log("audit")[ENTRIES]

    def verify(self, heard: Callable[[int, int], None] = lambda *_: None) -> Outcome:
        """Verify with the rights of the verifier."""
        with connect(self.verifier_url) as client:
            logs = {service: LogReader(client[self._log(service).name].events) for service in self.services}
            entries = EntryLog(client[self._log("audit").name][ENTRIES])
            kept = self.witnesses.kept(self.witnesses.look_far())
            return Verification(Stored(entries, logs, self.signs.verifier)).run(kept, heard)

    def close(self) -> None:
        """Let go of the applications."""
        for application in self.applications.values():
            application.close()

    def create(self, service: str) -> None:
        """Create a service's log, as it is before the first event."""
        create_log(self._log(service))

    def _application(self, service: str) -> ServiceApplication:
        if service not in self.applications:
            self.create(service)
            self.applications[service] = ServiceApplication(self._log(service), Attempt)
        return self.applications[service]

    def _log(self, service: str) -> Any:
        return self.admin[f"{self.prefix}_{service}_log"]

"""A province with a long log behind it, and the commands that write its rows and pages anew."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from gateway.press.archive import Archive
from infra.event_store import EVENTS, LogReader, create_log
from infra.messaging.envelope import Envelope
from infra.settings import ServiceSettings, environment
from services.audit.bootstrap import SECRETS, logs_over
from services.audit.log.appender import Appender
from services.audit.log.entries import ENTRIES
from services.audit.log.key import signer
from services.content.messages import PUBLIC_TOPICS
from tests.builders.long_log import enter_in_audit_log, write_long_log
from tests.builders.portal import a_profile
from tests.builders.processes import Running

PAGE = 1_000
REBUILDS = (
    ("infra.read_store.rebuild", "content"),
    ("infra.read_store.rebuild", "audit"),
    ("gateway.press", "--rebuild"),
)
"""Everything there is to rebuild from content's log, as `make rebuild` does it."""
_LONGEST_S = 600
_SERVICES = ("board", "content", "audit", "gateway")


@dataclass(frozen=True)
class LongProvince:
    """A province in databases of its own; `fill` writes its logs and what the press has kept, and no rows."""

    client: MongoClient[dict[str, Any]]
    url: str
    folder: Path
    events: int

    @property
    def profile(self) -> str:
        return f"long-{self.events}"

    def log(self, service: str) -> Database[dict[str, Any]]:
        return self.client[self._settings(service).log_database]

    def store(self, service: str) -> Database[dict[str, Any]]:
        return self.client[self._settings(service).store_database]

    def reader(self) -> LogReader:
        return LogReader(self.log("content")[EVENTS])

    def fill(self) -> None:
        for service in ("board", "content", "audit"):
            create_log(self.log(service))
        write_long_log(self.log("content")[EVENTS], self.events)
        name = f"{self.profile}/audit-log"
        opened = logs_over({"audit": self.log("audit")}, name, self.folder)
        appender = Appender(self.log("audit")[ENTRIES], signer(name, self.folder / SECRETS), opened.witness)
        enter_in_audit_log(appender, "content", self.reader())
        archive = Archive(self.store("gateway"), self.profile)
        archive.prepare()
        public = self.reader().select(0, self.events, None, PUBLIC_TOPICS)
        for begun in range(0, len(public), PAGE):
            told = [Envelope.from_entry("content", entry) for entry in public[begun : begun + PAGE]]
            archive.put_cards(archive.keep_events(told))
        a_profile(self.folder / "profiles", self.profile)

    def reading_rate(self) -> float:
        """Read the log alone, page by page and every event in it, as whoever follows it does; returns events a second."""
        reader, after, begun = self.reader(), 0, perf_counter()
        while page := [Envelope.from_entry("content", entry) for entry in reader.page(after, PAGE)]:
            after = page[-1].position
        return after / (perf_counter() - begun)

    def rebuilding_rate(self) -> float:
        """Write all rows and pages anew, each service by its command, all at once; returns events a second."""
        begun = perf_counter()
        with ExitStack() as ended:
            rebuilds = [ended.enter_context(self._running(*command)) for command in REBUILDS]
            for rebuild in rebuilds:
                assert rebuild.process.wait(_LONGEST_S) == 0, rebuild.output.read_text()[-2000:]
        return self.reader().head() / (perf_counter() - begun)

    def _settings(self, service: str) -> ServiceSettings:
        return ServiceSettings(service=service, profile=self.profile, mongo_url=self.url, amqp_url="amqp://unused")

    def _running(self, *command: str) -> Running:
        urls = {f"{service.upper()}_MONGO_URL": self.url for service in (*_SERVICES, "audit_verifier")}
        brokers = {f"{service.upper()}_AMQP_URL": "amqp://unused" for service in _SERVICES}
        folders = {
            "VAR_DIR": str(self.folder),
            "SITE_DIR": str(self.folder / "site"),
            "PROFILES_DIR": str(self.folder / "profiles"),
        }
        own = {"PROFILE": self.profile, "LOG_FORMAT": "json", "SESSION_KEY": "none"}
        output = self.folder / f"{'-'.join(command)}.log"
        return Running(*command, environment={**environment(), **urls, **brokers, **folders, **own}, output=output)

"""Two services on real servers: `demo` tells, `ear` hears, each with its own processes."""

from pathlib import Path
from typing import Any

from bson import encode
from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, connect
from infra.messaging.envelope import Envelope
from infra.read_store.positions import Positions
from tests.builders.notices import Notices
from tests.builders.processes import Running
from tests.builders.province import Province
from tests.builders.waiting import until


class Wired:
    """`demo` tells, `ear` hears; each with its own processes."""

    def __init__(self, province: Province, output: Path) -> None:
        self.province, self.output = province, output
        demo, ear = province.service("demo"), province.service("ear")
        self.client, self.ear_client = connect(demo.mongo_url), connect(ear.mongo_url)
        self.notices = Notices(self.client[demo.log_database])
        self.store: Database[dict[str, Any]] = self.ear_client[ear.store_database]
        self.ear_amqp = ear.amqp_url
        self.running: list[Running] = []
        self.settings: dict[str, str] = {}
        """What the processes are told besides, such as another way to the broker."""

    def start(self, *arguments: str) -> Running:
        environment = {**self.province.environment(), **self.settings}
        output = self.output / f"{len(self.running)}.log"
        self.running.append(Running(*arguments, environment=environment, output=output))
        return self.running[-1]

    def start_demo(self) -> Running:
        return self.start("infra.messaging.bus", "tests.builders.demo_service:DemoService")

    def start_ear(self) -> Running:
        return self.start("infra.messaging.bus", "tests.builders.demo_service:EarService")

    def start_new_ear(self) -> Running:
        """Start the reader of a later day, which understands the second version of what is posted."""
        return self.start("infra.messaging.bus", "tests.builders.demo_service:NewEarService")

    def start_dying_relay(self, lane: str, moment: str, window: int) -> Running:
        """Start a relay that dies, as by kill -9, at a moment of its work on the n-th window of a lane."""
        return self.start("tests.builders.dying_relay", lane, moment, str(window))

    def start_relay(self) -> Running:
        return self.start("tests.builders.demo_relay")

    def start_all(self) -> None:
        for process in (self.start_relay(), self.start_demo(), self.start_ear()):
            process.await_line("process_ready")
        self.running[-1].await_line("listening")

    @property
    def heard(self) -> list[int]:
        return [row["_id"] for row in self.store["heard"].find().sort("_id")]

    @property
    def rows(self) -> list[bytes]:
        """Everything that the reader has written of what it heard, to the byte."""
        return [encode(row) for row in self.store["heard"].find().sort("_id")]

    def heard_once(self, count: int) -> bool:
        """Tell whether exactly so many events were heard, each once."""
        once = self.store["heard"].count_documents({"times": 1})
        return self.heard == list(range(1, count + 1)) and once == count

    def rebuild(self) -> None:
        """Let the reader forget everything and hear it again from the log, without the broker's help."""
        self.store["heard"].delete_many({})
        self.store["positions"].delete_many({})

    @property
    def position(self) -> int:
        return Positions(self.store).get("from.demo")

    def told(self, position: int) -> bytes:
        """Return the message in which an event of the log is told."""
        settings = self.province.service("demo")
        (entry,) = LogReader(self.client[settings.log_database][EVENTS]).page(position - 1, 1)
        return Envelope.from_entry("demo", entry).to_json(settings.profile)

    def await_position(self, position: int) -> None:
        until(lambda: self.position == position, timeout_s=60)

    def close(self) -> None:
        for process in self.running:
            process.kill()
        self.client.close()
        self.ear_client.close()

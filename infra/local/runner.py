"""What `make up` does once everything is installed: servers, users, processes, demo province; and then it stays."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from infra.local import addresses, environment, process_table
from infra.local.console import Console
from infra.local.mongod import Mongod
from infra.local.places import Places
from infra.local.preflight import port_is_free
from infra.local.processes import DEMO, LISTENING, PROCESSES, TELLING, Process
from infra.local.programs import CannotStartError
from infra.local.rabbitmq import RabbitMq, RabbitPorts
from infra.local.rabbitmq_management import Management
from infra.local.run_state import RunState, end_leftover, leftovers, tell_prometheus
from infra.local.secret_store import SecretStore
from infra.local.supervisor import Member, Supervisor, run_to_end
from infra.settings import RunnerSettings

_SERVERS = 0
"""The stage before all processes."""
_SERVER_TIMEOUT_S, _PROCESS_TIMEOUT_S = 150, 120


@dataclass(frozen=True, slots=True)
class Choice:
    """What to start: whether the demo province is loaded, and the names of the processes, or None for all."""

    demo: bool = True
    only: tuple[str, ...] | None = None

    def processes(self, stage: int) -> list[Process]:
        """Return the chosen processes of a stage."""
        staged = (process for process in PROCESSES if process.stage == stage)
        return [process for process in staged if self.only is None or process.name in self.only]


class Runner:
    """One run of the whole system."""

    def __init__(self, settings: RunnerSettings, places: Places, console: Console, choice: Choice) -> None:
        """Start nothing yet."""
        self._settings = settings
        self._places = places
        self._console = console
        self._choice = choice
        self._secrets = SecretStore(places.secrets)
        self._supervisor = Supervisor(console.line, console.keep, self._save_state)
        self.addresses: dict[str, str] = {}
        self.administrator_url = ""
        self._ready = False

    async def run(self, stop: asyncio.Event) -> None:
        """Start everything and stay until told to stop; raises `CannotStartError` when something cannot be provided."""
        starting = asyncio.create_task(self._start())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
            await stopping
        finally:
            starting.cancel()
            stopping.cancel()
            self._ready = False
            self._console.say("Stopping: each process first finishes what it has in hand …")
            await self._supervisor.stop()

    async def during(self, work: Callable[[], Coroutine[Any, Any, int]]) -> int:
        """Start the two servers only, do some work with them, and stop; return what the work returns."""
        try:
            await asyncio.to_thread(self._end_leftovers)
            await self._provide()
            return await work()
        finally:
            self._console.say("Stopping MongoDB and RabbitMQ …")
            await self._supervisor.stop()

    def kill(self) -> None:
        """End everything at once."""
        self._supervisor.kill()

    async def _start(self) -> None:
        began = time.monotonic()
        await asyncio.to_thread(self._end_leftovers)
        self._check_ports()
        tell_prometheus(self._places, self._settings.metrics_host, self._settings.metrics_port)
        await self._provide()
        for stage in (LISTENING, TELLING):
            await self._start_stage(stage)
        if self._choice.demo:
            await self._load_demo()
        self._ready = True
        self._save_state()
        self._tell_where(time.monotonic() - began)

    async def _provide(self) -> None:
        """Start the servers, unless they are elsewhere, and make everybody's users there."""
        self._console.say("Starting MongoDB and RabbitMQ …")
        await _together(self._provide_mongo(), self._provide_rabbitmq())
        addresses.save(self.addresses, self._places.addresses)

    def _end_leftovers(self) -> None:
        for member in leftovers(self._places):
            self._console.say(f"Stopping {member.name} (process {member.pid}), left by a run that was interrupted …")
            end_leftover(member)

    def _check_ports(self) -> None:
        port_is_free(self._settings.public_port, "the public pages", "PUBLIC_PORT")
        port_is_free(self._settings.staff_port, "the staff pages", "STAFF_PORT")
        port_is_free(self._settings.metrics_port, "the metrics", "METRICS_PORT")

    async def _provide_mongo(self) -> None:
        url = self.administrator_url = self._settings.mongo_url or await self._start_mongod()
        made = await asyncio.to_thread(addresses.of_mongo, url, self._settings, self._secrets)
        self.addresses.update(made)

    async def _provide_rabbitmq(self) -> None:
        if self._settings.amqp_url:
            management = addresses.management_of(self._settings, self._settings.amqp_url)
            await asyncio.to_thread(self._make_rabbitmq_users, self._settings.amqp_url, management)
        else:
            await self._start_rabbitmq()

    def _make_rabbitmq_users(self, url: str, management: Management) -> None:
        self.addresses.update(addresses.of_rabbitmq(url, management, self._settings, self._secrets))

    async def _start_mongod(self) -> str:
        server = Mongod(self._places.mongod, self._settings.mongo_port, self._secrets.secret("mongo-administrator"))
        await self._supervisor.start(Member(server.prepare(), _SERVERS, server.await_ready), _SERVER_TIMEOUT_S)
        return server.url

    async def _start_rabbitmq(self) -> None:
        """Start the server; it is ready when everybody's users are there, also where it comes back without its data."""
        first = self._settings.amqp_port
        ports = RabbitPorts(first, first + 1, first + 2, first + 3)
        server = RabbitMq(self._places.rabbitmq, ports, self._secrets.secret("amqp-administrator"))
        names, node = server.prepare()

        def await_ready(alive: Callable[[], bool]) -> None:
            server.await_ready(alive)
            self._make_rabbitmq_users(server.url, server.management)

        await self._supervisor.start(Member(names, _SERVERS, server.await_names), _SERVER_TIMEOUT_S)
        await self._supervisor.start(Member(node, _SERVERS, await_ready), _SERVER_TIMEOUT_S)

    async def _start_stage(self, stage: int) -> None:
        processes = self._choice.processes(stage)
        if processes:
            self._console.say(f"Starting {', '.join(process.name for process in processes)} …")
        await _together(*(self._start_process(process) for process in processes))

    async def _start_process(self, process: Process) -> None:
        await self._supervisor.start(
            Member(process.program(self._environment(process)), process.stage), _PROCESS_TIMEOUT_S
        )

    async def _load_demo(self) -> None:
        """Load the demo province, unless that was done; what an interrupted load has done is found again by its ids."""
        if self._places.demo_loaded.exists():
            return
        self._secrets.demo_passwords()
        for process in DEMO:
            self._console.say(f"Loading the demo province: {process.name} …")
            if await run_to_end(process.program(self._environment(process)), self._console.line):
                raise CannotStartError(
                    f"The demo province could not be loaded: {self._console.file(process.name)} says why; `make reset` starts over."
                )
        self._places.demo_loaded.touch()

    def _environment(self, process: Process) -> dict[str, str]:
        return environment.of_process(process, self._settings, self._places, self.addresses)

    def _save_state(self) -> None:
        pid = os.getpid()
        members = tuple(member.snapshot() for member in self._supervisor.members)
        # A full disk must not end the supervision of the process whose state has just changed.
        with contextlib.suppress(OSError):
            RunState(pid, process_table.started(pid), self._ready, members).save(self._places.state)

    def _tell_where(self, seconds: float) -> None:
        say = self._console.say
        say(f"\nThe portal is ready, after {seconds:.0f} seconds.\n")
        say(f"  public pages   {environment.public_url(self._settings)}/")
        say(f"  staff pages    {environment.staff_url(self._settings)}/sign-in")
        say(f"  metrics        http://{self._settings.metrics_host}:{self._settings.metrics_port}/metrics\n")
        if self._choice.demo:
            say(f"Demo accounts, made for this machine ({self._secrets.demo_accounts}):\n")
            for login, password in self._secrets.demo_passwords().items():
                say(f"  {login:<17}{password}")
        say("\nCtrl-C stops everything.\n")


async def _together(*steps: Coroutine[Any, Any, None]) -> None:
    """Take steps at the same time; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(step)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None

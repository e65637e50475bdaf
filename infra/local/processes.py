"""The processes of the system: what runs, for whom, and what must be there before it."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.places import ROOT
from infra.local.programs import Program

SERVICES = ("board", "content", "audit")
"""Services with a log of their own."""

PORTAL = "gateway"
"""The public side: it decides nothing and has rows only."""

PUBLIC = "public"
"""The broker's user of the one process that strangers reach: it may ask for proofs, and hear nothing."""

LISTENING, TELLING = 1, 2
"""Whoever listens is there before anybody tells, so that nothing is told to nobody."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process: a Python module with its arguments, and the services whose servers' users it may be.

    `stage` orders the start; within a stage all start together, and they stop in the opposite order.
    `serves_pages` gives it the key that signs sessions; `speaks_as` names a user of the broker with fewer rights than
    its service has.
    """

    name: str
    module: tuple[str, ...]
    services: tuple[str, ...]
    stage: int
    serves_pages: bool = False
    speaks_as: str = ""

    def program(self, environment: Mapping[str, str]) -> Program:
        """Return how to run it."""
        return Program(self.name, (sys.executable, "-m", *self.module), environment, ROOT)


def _bus(service: str) -> Process:
    door = f"services.{service}.service:{service.capitalize()}Service"
    return Process(f"bus {service}", ("infra.messaging.bus", door), (service,), LISTENING)


def _projector(service: str) -> Process:
    factory = f"services.{service}.bootstrap:projector"
    return Process(f"projector {service}", ("infra.read_store.projector", factory), (service,), LISTENING)


def _relay(service: str) -> Process:
    return Process(f"relay {service}", ("infra.messaging.relay", service), (service,), TELLING)


PROCESSES = (
    Process("metrics", ("infra.metrics",), ("observer",), LISTENING),
    *(_bus(service) for service in SERVICES),
    _projector("board"),
    _projector("content"),
    Process("press", ("gateway.press",), (PORTAL,), LISTENING),
    Process("gateway", ("gateway",), (PORTAL,), TELLING, serves_pages=True, speaks_as=PUBLIC),
    Process("staff", ("infra.web.staff",), (*SERVICES, "operator"), TELLING, serves_pages=True),
    *(_relay(service) for service in SERVICES),
    Process("monitor", ("services.audit.monitor",), ("monitor",), TELLING),
)
"""Everything that runs besides the two servers; each tells of itself on a port of its own, in this order."""


def metrics_ports(first: int) -> Mapping[str, int]:
    """Return on which port each process tells how it fares."""
    return {process.name: first + place for place, process in enumerate(PROCESSES)}


DEMO = (
    Process("demo board", ("services.board.demo",), ("board",), TELLING),
    Process("demo content", ("services.content.demo",), ("board", "content"), TELLING),
)
"""What loads the demo province on the first start, one after the other; each ends by itself."""

_STAFF_PARTS = (
    ("content", "services.content.ui"),
    ("audit", "services.audit.ui"),
    ("operations", "infra.operations.ui"),
    ("board", "services.board.ui"),
)

STAFF_APPS = ",".join(f"/{prefix}={package}.app:create" for prefix, package in _STAFF_PARTS)
"""The staff pages by the path under which the staff process mounts them.

Whoever signs in begins at the first of them that is theirs: the newsroom at its desk, reviewers at the audit log, the technical
team at the running system.
"""

"""Who reads whose log, and where each writes down how far it has come."""

from dataclasses import dataclass

from infra.local.processes import PORTAL, SERVICES

TOLD_IN_PAGES, TOLD_SINGLY = "checkpoint", "events"
"""The relay's two positions: how far services are told, and how far whoever subscribes by topic is."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader: `service` keeps its position, `log` is the service whose events it reads.

    `kind` is inbox (over the bus), press (an inbox as well: the public pages), projector or relay; `position` is the
    name of its position in the service's store. A relay is two readers, as it tells two audiences.
    """

    service: str
    log: str
    kind: str
    position: str

    @property
    def name(self) -> str:
        """Name it for people and machines: `audit.from.content`, `content.projector`, `board.relay`, `board.relay.events`."""
        if self.kind in {"inbox", "press"}:
            return f"{self.service}.from.{self.log}"
        return f"{self.service}.{self.kind}{'.events' if self.position == TOLD_SINGLY else ''}"


def _inbox(service: str, log: str, kind: str = "inbox") -> Reader:
    return Reader(service, log, kind, f"from.{log}")


def _projector(service: str) -> Reader:
    return Reader(service, service, "projector", service)


def _relay(service: str, told: str) -> Reader:
    return Reader(service, service, "relay", told)


READERS = (
    *(_relay(service, told) for service in SERVICES for told in (TOLD_IN_PAGES, TOLD_SINGLY)),
    _projector("board"),
    _projector("content"),
    _inbox("content", "board"),
    *(_inbox("audit", service) for service in SERVICES),
    _inbox(PORTAL, "content", "press"),
)
"""All of them; a test compares with what services and runner really start."""

HEARING = tuple(sorted({reader.service for reader in READERS if reader.kind in {"inbox", "press"}}))
"""Services that hear others, so that messages can be parked there."""

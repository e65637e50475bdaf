"""What stands around the portal's processes: the members of both servers, and the front that readers meet."""

from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient

from infra.operations.broker import BrokerAwayError, BrokerEyes
from infra.operations.front import Front, asked
from infra.operations.members import Members, of_replica_set


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was seen at one instant; members of a server that does not answer at all may be absent."""

    members: list[Members]
    front: Front


@dataclass(frozen=True, slots=True)
class Around:
    """Looks at all of it; `public_url` is where the public pages are asked for."""

    client: MongoClient[dict[str, Any]]
    broker: BrokerEyes
    public_url: str

    def look(self) -> Surroundings:
        """Return what is to be seen now."""
        found = (of_replica_set(self.client), self._nodes())
        return Surroundings([members for members in found if members], asked(self.public_url))

    def _nodes(self) -> Members | None:
        try:
            return self.broker.nodes()
        except BrokerAwayError:
            return None

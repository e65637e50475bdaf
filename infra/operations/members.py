"""How many members each server has, and how many can be used: one that is missing is no outage yet, and the next may be one."""

from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient

from infra.metrics.dependencies import MONGODB

_HOLDS_NO_DATA = "RSArbiter"


@dataclass(frozen=True, slots=True)
class Members:
    """Members of one server: how many belong to it, and how many of those can be used now."""

    server: str
    up: int
    known: int


def of_replica_set(client: MongoClient[dict[str, Any]]) -> Members:
    """Return the members with data, as the driver keeps them in sight; it needs no right for that.

    A member counts when it can be read: not while it copies everything anew, or has lost touch with the others.
    """
    seen = client.topology_description.server_descriptions().values()
    members = [each for each in seen if each.server_type_name != _HOLDS_NO_DATA]
    return Members(MONGODB, sum(each.is_readable for each in members), len(members))

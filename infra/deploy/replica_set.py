"""Founds MongoDB's replica set of the hosts that MONGO_URL names: `python -m infra.deploy.replica_set`, once before all else.

The first host has the administrator already (its image makes it); the others are empty and copy everything from it. Where the set is
there, nothing is done.
"""

import sys
import time
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

from infra.settings import MissingSettingError, required

_ALREADY_INITIALIZED = 23
_PATIENCE_S = 120.0
_PAUSE_S = 0.5
_ANSWER_MS = 5_000

Client = MongoClient[dict[str, Any]]


class NotFoundedError(Exception):
    """The replica set has no primary in time."""


def found(url: str, patience_s: float = _PATIENCE_S) -> str:
    """Found the set and wait until it has a primary; return that one's address. Raises `NotFoundedError`."""
    deadline, last = time.monotonic() + patience_s, "no answer"
    while time.monotonic() < deadline:
        try:
            _initiate(url)
            with MongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=_ANSWER_MS) as client:
                client.admin.command("ping")
                return "{}:{}".format(*(client.primary or ("", 0)))
        except PyMongoError as failure:
            last = str(failure).partition(",")[0]
            time.sleep(_PAUSE_S)
    raise NotFoundedError(f"The replica set has no primary after {patience_s:.0f} s: {last}")


def _initiate(url: str) -> None:
    parsed = parse_uri(url)
    first = parsed["nodelist"][0]
    members = [{"_id": place, "host": f"{host}:{port}"} for place, (host, port) in enumerate(parsed["nodelist"])]
    with Client(
        *first,
        directConnection=True,
        username=parsed["username"],
        password=parsed["password"],
        serverSelectionTimeoutMS=_ANSWER_MS,
    ) as client:
        try:
            client.admin.command("replSetInitiate", {"_id": parsed["options"]["replicaSet"], "members": members})
        except OperationFailure as failure:
            if failure.code != _ALREADY_INITIALIZED:
                raise


def main() -> int:
    """Found the set; 1 with one sentence when that cannot be done."""
    try:
        primary = found(required("MONGO_URL"))
    except (NotFoundedError, MissingSettingError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"The replica set has its primary at {primary}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

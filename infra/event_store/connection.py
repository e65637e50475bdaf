"""The one way to connect to MongoDB: what is acknowledged is durable, and nothing waits for ever."""

from typing import Any

from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from pymongo import MongoClient
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]

SERVER_SELECTION_MS = 5_000
CONNECT_MS = 3_000
SOCKET_MS = 20_000
POOL_WAIT_MS = 5_000
MAJORITY_MS = 10_000

CODEC: CodecOptions[Document] = CodecOptions(tz_aware=True, uuid_representation=UuidRepresentation.STANDARD)
DURABLE = WriteConcern(w="majority", j=True, wtimeout=MAJORITY_MS)
COMMITTED = ReadConcern("majority")


def connect(url: str) -> MongoClient[Document]:
    """Return a client whose writes are majority-acknowledged and journaled and whose reads are majority reads.

    UUIDs are stored in the standard representation and instants come back aware, in UTC. Connects lazily: an
    absent server shows at the first operation, after at most `SERVER_SELECTION_MS`. Make clients after a fork.
    """
    return MongoClient(
        url,
        tz_aware=True,
        uuidRepresentation="standard",
        w="majority",
        journal=True,
        wTimeoutMS=MAJORITY_MS,
        readConcernLevel="majority",
        serverSelectionTimeoutMS=SERVER_SELECTION_MS,
        connectTimeoutMS=CONNECT_MS,
        socketTimeoutMS=SOCKET_MS,
        waitQueueTimeoutMS=POOL_WAIT_MS,
    )


def server_of(client: MongoClient[Document]) -> str | None:
    """Return what tells the server process that is written to from every other one, None while none is known."""
    for server in client.topology_description.server_descriptions().values():
        if server.is_writable and server.topology_version:
            return str(server.topology_version["processId"])
    return None

"""The bus door of content: it hears the board, and gives the press the files that items refer to."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from infra.messaging.blocking_rpc import BlockingRpc
from infra.messaging.entrypoints import Built, LogPages, consume, rpc
from infra.messaging.envelope import Envelope
from infra.settings import ServiceSettings
from services.board.messages import PersonName
from services.content.bootstrap import desk
from services.content.material import Material
from services.content.messages import FileChunk
from services.content.reactions import BoardReactions

CHUNK_BYTES = 512 * 1024
"""A file crosses the bus in pieces of this size."""


@dataclass(frozen=True, slots=True)
class BusDesk:
    """What the calls and reactions of this process need."""

    material: Material
    board: BoardReactions


def bus_desk(settings: ServiceSettings) -> BusDesk:
    """Build what this process needs."""
    built, remote = desk(settings), BlockingRpc(settings.amqp_url, settings.service)

    def names_of(accounts: Sequence[UUID]) -> Sequence[PersonName]:
        answer = remote.call("board", "people_of", accounts=[str(account) for account in accounts])
        return [PersonName.read(record) for record in answer]

    return BusDesk(built.material, BoardReactions(built.authority, built.people, names_of))


class ContentService(LogPages):
    """Answers calls and hears events."""

    name = "content"
    desk = Built(bus_desk)

    @consume("board")
    def hear_board(self, envelopes: Sequence[Envelope]) -> None:
        """Learn who may act."""
        self.desk.board.react(envelopes)

    @rpc
    def file_chunk(self, file: str, offset: int) -> dict[str, Any]:
        """Return a piece of a file that an event names; whoever may hear the events may have their files."""
        stored = self.desk.material.files.describe(file)
        data = self.desk.material.files.chunk(file, offset, CHUNK_BYTES)
        last = offset + len(data) >= stored.size
        return asdict(FileChunk(b64encode(data).decode("ascii"), last, stored.media_type, stored.size))

"""The board's bus door."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from infra.messaging.entrypoints import Built, LogPages, rpc
from services.board import bootstrap
from services.board.bootstrap import Desk


class BoardService(LogPages):
    """Answers other services; the board itself hears nobody."""

    name = "board"
    desk: Desk = Built(bootstrap.desk)

    @rpc
    def people_of(self, accounts: list[str]) -> list[dict[str, str]]:
        """Return `{account, name}` for each account asked for; the name of an erased person is empty."""
        people = self.desk.queries.people_of(UUID(account) for account in accounts)
        return [{"account": str(person.account), "name": person.name} for person in people]

    @rpc
    def records_of(self, accounts: list[str]) -> list[dict[str, Any]]:
        """Return a `PersonRecord` for each account asked for whose owner has not been erased: for audit packs."""
        return [asdict(record) for record in self.desk.queries.records_of(UUID(account) for account in accounts)]

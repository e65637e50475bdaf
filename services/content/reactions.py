"""What content does when the board's events arrive: it learns who may act, and by which name to show people."""

from collections.abc import Callable, Sequence
from uuid import UUID

from infra.messaging.envelope import Envelope
from infra.read_store.authority import AuthorityStore
from infra.read_store.people import People
from services.board import messages as board

NamesOf = Callable[[Sequence[UUID]], Sequence[board.PersonName]]
"""Asks the board for names of accounts; raises `RpcUnavailable` when it is away, and the message comes again."""


class BoardReactions:
    """Keeps content's own copy of who may act, and the names that staff pages show."""

    def __init__(self, authority: AuthorityStore, people: People, names_of: NamesOf) -> None:
        self._authority = authority
        self._people = people
        self._names_of = names_of

    def react(self, envelopes: Sequence[Envelope]) -> None:
        """Take in events of the board in their order; hearing one twice changes nothing."""
        for envelope in envelopes:
            changes = board.authority_changes(envelope.topic, envelope.subject, envelope.data)
            self._authority.apply(changes, envelope.position)
        self._learn_names([e.subject for e in envelopes if e.topic == board.ACCOUNT_ISSUED])
        for erased in (e.subject for e in envelopes if e.topic == board.ACCOUNT_PERSON_ERASED):
            self._people.erase(str(erased))

    def _learn_names(self, accounts: Sequence[UUID]) -> None:
        if not accounts:
            return
        for person in self._names_of(accounts):
            if person.name:
                self._people.put(str(person.account), {"name": person.name})

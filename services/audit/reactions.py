"""What the audit service does when any service's events arrive: it enters them in the log, then in its rows."""

from collections.abc import Callable, Sequence
from threading import Lock
from uuid import UUID

from infra.event_store import LogEntry
from infra.messaging.envelope import Envelope
from infra.read_store.authority import AuthorityStore
from infra.read_store.people import People
from services.audit.log.appender import Appender, PositionGap
from services.audit.log.audited_events import Placed
from services.audit.log.entries import EntryLog
from services.audit.log.leaf import Leaf, leaf_of
from services.audit.projections import AuditRows
from services.board import messages as board

MissingEntries = Callable[[str, int], Sequence[LogEntry]]
"""Reads some entries of a service's own log (first) that follow a position (second)."""
NamesOf = Callable[[Sequence[UUID]], Sequence[board.PersonName]]
"""Asks the board for names of accounts; raises `RpcError` when it cannot answer."""


class Listening:
    """Hears every event of every service.

    `take_over` is called before rows are written: rows that were written anew take their place then, and only then.
    """

    def __init__(
        self,
        appender: Appender,
        log: EntryLog,
        rows: AuditRows,
        missing: MissingEntries,
        take_over: Callable[[], object] = lambda: None,
    ) -> None:
        self._appender = appender
        self._log = log
        self._rows = rows
        self._missing = missing
        self._take_over = take_over
        self._writing = Lock()

    def react(self, envelopes: Sequence[Envelope]) -> None:
        """Take in events of one service in their order; hearing one twice changes nothing."""
        self._enter([arrived(envelope) for envelope in envelopes])
        service, first, last = envelopes[0].service, envelopes[0].position, envelopes[-1].position
        places = self._log.places(service, first, last, self._place_before(service, first))
        indexes = {f"{service}/{position}": index for position, index in places.items()}
        with self._writing:
            self._take_over()
            self._rows.project(envelopes, indexes)

    def _enter(self, leaves: Sequence[Leaf]) -> None:
        """Enter events; where earlier ones never came (their message is parked), read those from the service's log."""
        while True:
            try:
                self._appender.append(leaves)
            except PositionGap as gap:
                service = leaves[0].service
                missing = self._missing(service, gap.expected - 1)
                if not missing:
                    raise
                self._appender.append([stored(service, entry) for entry in missing])
            else:
                return

    def _place_before(self, service: str, position: int) -> int:
        before = self._rows.acts.get(f"{service}/{position - 1}")
        return -1 if before is None else int(before["index"])


class Rewriting:
    """Writes all rows anew from the audit log, as if every event arrived again in the order in which it did."""

    def __init__(self, rows: AuditRows) -> None:
        self._rows = rows

    def project(self, envelopes: Sequence[Envelope]) -> None:
        """Write the rows of a batch of `Placed` events."""
        self._rows.project(envelopes, {event.id: event.index for event in envelopes if isinstance(event, Placed)})


class BoardReactions:
    """Keeps audit's own copy of who may act, and the names that its pages show; neither is in the log.

    `forgets` hears of everybody who was erased, by account, after the name is gone here: for whatever else holds it.
    """

    def __init__(
        self, authority: AuthorityStore, people: People, names_of: NamesOf, *forgets: Callable[[str], object]
    ) -> None:
        self._authority = authority
        self._people = people
        self._names_of = names_of
        self._forgets = forgets

    def react(self, envelopes: Sequence[Envelope]) -> None:
        """Take in events of the board in their order; hearing one twice changes nothing."""
        for envelope in envelopes:
            changes = board.authority_changes(envelope.topic, envelope.subject, envelope.data)
            self._authority.apply(changes, envelope.position)
        self._learn_names([e.subject for e in envelopes if e.topic == board.ACCOUNT_ISSUED])
        for erased in (e.subject for e in envelopes if e.topic == board.ACCOUNT_PERSON_ERASED):
            self._people.erase(str(erased))
            for forget in self._forgets:
                forget(str(erased))

    def _learn_names(self, accounts: Sequence[UUID]) -> None:
        if not accounts:
            return
        for person in self._names_of(accounts):
            if person.name:
                self._people.put(str(person.account), {"name": person.name})


def arrived(envelope: Envelope) -> Leaf:
    """Return the leaf of an event that arrived."""
    return leaf_of(
        envelope.service, envelope.position, envelope.topic, envelope.subject, envelope.version, envelope.state
    )


def stored(service: str, entry: LogEntry) -> Leaf:
    """Return the leaf of an event that was read from its service's own log."""
    return leaf_of(service, entry.position, entry.topic, entry.originator_id, entry.version, entry.state)

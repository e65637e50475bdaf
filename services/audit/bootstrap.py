"""Builds the audit service from its settings; the only place where concrete things meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from pymongo import MongoClient
from pymongo.database import Database

from infra.event_store import EVENTS, LogEntry, LogReader, connect
from infra.messaging.blocking_rpc import BlockingRpc
from infra.read_store.authority import AuthorityStore
from infra.read_store.people import People
from infra.read_store.positions import Positions
from infra.read_store.projector import Projector
from infra.read_store.rows import MakeRows, Rows
from infra.read_store.seal import MONITOR_SECRET, Seal
from infra.settings import ServiceSettings, Settings, required
from services.audit.application import AuditApplication
from services.audit.inspection import Inspections
from services.audit.log.appender import Appender
from services.audit.log.audited_events import AuditedEvents, Placed
from services.audit.log.checkpoint import Signer, Verifier
from services.audit.log.entries import ENTRIES, EntryLog
from services.audit.log.journal import Journal
from services.audit.log.key import signer, verifier
from services.audit.log.pledges import Pledge
from services.audit.log.proving import Proving
from services.audit.log.verification import Outcome, Progress, Stored, Verification
from services.audit.log.witness import Witness
from services.audit.log.witnesses import JOURNAL, WITNESS_UNREADABLE, Remembered, Witnesses, far_journals
from services.audit.packs.making import PackMaker
from services.audit.packs.selection import Selection
from services.audit.packs.shelf import Shelf
from services.audit.packs.states import States
from services.audit.packs.writing import PackWriter, RecordsOf, Sources
from services.audit.powers import Powers
from services.audit.projections import AuditRows
from services.audit.queries.acts import AuditQueries
from services.audit.reactions import BoardReactions, Listening, NamesOf, Rewriting
from services.audit.saved_searches import SavedSearches
from services.audit.watch.memory import Memory
from services.board.messages import PersonName, PersonRecord

Store = Database[dict[str, Any]]

AUDITED = ("board", "content", "audit")
"""Services of which every event enters the audit log; the audit service's own are among them."""

SECRETS = "secrets"
"""The folder below VAR_DIR with the log's key."""

PACKS = Path("packs")
"""The folder below VAR_DIR with packs that can be fetched for a while; no backup takes it in."""

REWRITING = "rewriting"
"""The name under which it is kept how far the rows have been written anew."""

_PAGE = 500
_CATCH_UP_S = 2.0
_ASK_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Logs:
    """Everything there is to verify, as a user sees it who may only read."""

    services: Mapping[str, LogReader]
    entries: EntryLog
    verifier: Verifier
    witnesses: Witnesses
    seal: Seal

    @property
    def witness(self) -> Witness:
        """The file with the latest checkpoint."""
        return self.witnesses.file

    def check(self, progress: Progress, given: Sequence[Pledge] = ()) -> Outcome:
        """Verify everything, against checkpoints besides that somebody has brought.

        A folder elsewhere that should keep checkpoints, and from which none can be read, leaves everything unproven: it
        may be the one place that whoever has put everything here back to an earlier state could not reach.
        """
        far = self.witnesses.look_far()
        kept = self.witnesses.kept([*far, *(Remembered(each.place, each) for each in given)])
        if any(each.problem for each in far):
            kept = replace(kept, lacking=[*kept.lacking, WITNESS_UNREADABLE])
        return Verification(Stored(self.entries, self.services, self.verifier)).run(kept, progress)

    def missing(self, service: str, after: int) -> Sequence[LogEntry]:
        """Return some entries of a service's own log that follow a position."""
        return self.services[service].page(after, _PAGE)

    def stored(self, service: str, position: int) -> LogEntry | None:
        """Return what a service's own log holds now at a position."""
        found = self.services[service].select(position - 1, 1, position) if service in self.services else []
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the bus door uses."""

    listening: Listening
    board: BoardReactions
    proving: Proving
    queries: AuditQueries


@dataclass(frozen=True, slots=True)
class Desk:
    """What the staff pages use."""

    store: Store
    application: AuditApplication
    queries: AuditQueries
    inspections: Inspections
    proving: Proving
    logs: Logs
    people: People
    authority: AuthorityStore
    positions: Positions
    shelf: Shelf
    packs: PackMaker
    powers: Powers
    searches: SavedSearches

    def caught_up(self, position: int) -> bool:
        """Wait, bounded, until what was just done has come back over the bus into the log."""
        return self.positions.wait("from.audit", position, _CATCH_UP_S)

    def store_answers(self) -> bool:
        """Tell whether the store can be reached; raises when it cannot."""
        return bool(self.store.command("ping"))


def logs(settings: Settings) -> Logs:
    """Open all logs with the rights of the verifier."""
    databases = databases_of(connect(required("AUDIT_VERIFIER_MONGO_URL")), settings)
    return logs_over(databases, log_name(settings), settings.var_dir, settings.witness_dirs)


def databases_of(client: MongoClient[dict[str, Any]], settings: Settings) -> Mapping[str, Store]:
    """Return the database of each service's log."""
    return {service: client[f"{settings.database_prefix}_{service}_log"] for service in AUDITED}


def logs_over(databases: Mapping[str, Store], name: str, folder: Path, elsewhere: str = "") -> Logs:
    """Open logs by service.

    `folder` holds the key of the audit log `name` and its checkpoints; `elsewhere` names further folders that keep
    checkpoints, separated by commas.
    """
    public = verifier(name, folder / SECRETS)
    return Logs(
        services={service: LogReader(database[EVENTS]) for service, database in databases.items()},
        entries=EntryLog(databases["audit"][ENTRIES]),
        verifier=public,
        witnesses=Witnesses(
            Witness(folder / "audit" / "checkpoint", public),
            Journal(folder / "audit" / "checkpoints", JOURNAL),
            far_journals(elsewhere, name),
        ),
        seal=Seal(folder / MONITOR_SECRET),
    )


def hearing(settings: ServiceSettings) -> Hearing:
    """Build what takes in every event of every service."""
    client = connect(settings.mongo_url)
    names_of = names_over(BlockingRpc(settings.amqp_url, settings.service))
    signs = signer(log_name(settings), settings.var_dir / SECRETS)
    shelf = Shelf(client[settings.store_database], settings.var_dir / PACKS)
    return hearing_over(client[settings.log_database], shelf, logs(settings), signs, names_of)


def hearing_over(log: Store, shelf: Shelf, opened: Logs, signs: Signer, names_of: NamesOf) -> Hearing:
    """Build it over the audit service's own databases; `signs` is the only one who needs the private key."""
    store = shelf.store
    authority, people, rows = AuthorityStore(store), People(store), AuditRows(store)
    for each in (authority, rows):
        each.prepare()
    entries = EntryLog(log[ENTRIES])
    appender = Appender(log[ENTRIES], signs, opened.witness)
    return Hearing(
        listening=Listening(appender, entries, rows, opened.missing, rewriting_over(store, opened).take_over),
        board=BoardReactions(authority, people, names_of, shelf.forget, SavedSearches(store).forget),
        proving=Proving(entries, opened.verifier),
        queries=AuditQueries(rows, people),
    )


def desk(settings: ServiceSettings) -> Desk:
    """Build what the staff pages use."""
    client = connect(settings.mongo_url)
    shelf = Shelf(client[settings.store_database], settings.var_dir / PACKS)
    records_of = records_over(BlockingRpc(settings.amqp_url, settings.service))
    return desk_over(client[settings.log_database], shelf, logs(settings), records_of)


def desk_over(log: Store, shelf: Shelf, opened: Logs, records_of: RecordsOf) -> Desk:
    """Build it over the audit service's own databases; `records_of` asks the board for people whom a pack names."""
    store = shelf.store
    authority, people, rows = AuthorityStore(store), People(store), AuditRows(store)
    searches = SavedSearches(store)
    for each in (authority, rows, shelf, searches):
        each.prepare()
    application, queries = AuditApplication(log, authority.current), AuditQueries(rows, people)
    selection = Selection(queries)
    sources = Sources(opened.entries, States(opened.services), selection, opened.verifier, records_of)
    return Desk(
        store=store,
        application=application,
        queries=queries,
        inspections=Inspections(store, application, opened.check, Memory(store, opened.seal).acknowledge, opened.seal),
        proving=Proving(opened.entries, opened.verifier),
        logs=opened,
        people=people,
        authority=authority,
        positions=Positions(store),
        shelf=shelf,
        packs=PackMaker(shelf, application, PackWriter(sources)),
        powers=Powers(opened.services["board"]),
        searches=searches,
    )


def projector(settings: ServiceSettings, made: MakeRows = Rows) -> Projector:
    """Build what writes the rows anew (`make rebuild SERVICE=audit`); normally they are written as events arrive."""
    store = connect(settings.mongo_url)[settings.store_database]
    return rewriting_over(store, logs(settings), made)


def rewriting_over(store: Store, opened: Logs, made: MakeRows = Rows) -> Projector:
    """Build it over the audit service's own store."""
    rows, audited = AuditRows(store, made), AuditedEvents(opened.entries, opened.services)
    rows.prepare()
    project = Rewriting(rows).project
    return Projector(audited, "audit", project, Positions(store), REWRITING, rows.all, Placed.of)


def log_name(settings: Settings) -> str:
    """Name the audit log: each province has its own."""
    return f"{settings.profile}/audit-log"


def names_over(rpc: BlockingRpc) -> NamesOf:
    """Return how to ask the board for names of accounts."""

    def names_of(accounts: Sequence[UUID]) -> Sequence[PersonName]:
        asked = [str(account) for account in accounts]
        found = rpc.call("board", "people_of", timeout_s=_ASK_TIMEOUT_S, accounts=asked)
        return [PersonName.read(record) for record in found]

    return names_of


def records_over(rpc: BlockingRpc) -> RecordsOf:
    """Return how to ask the board for records of people with their salts."""

    def records_of(accounts: Sequence[UUID]) -> Sequence[PersonRecord]:
        asked = [str(account) for account in accounts]
        found = rpc.call("board", "records_of", timeout_s=_ASK_TIMEOUT_S, accounts=asked)
        return [PersonRecord.read(record) for record in found]

    return records_of

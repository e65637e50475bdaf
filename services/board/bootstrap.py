"""Builds the board from its settings; the only place where concrete things meet."""

from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, connect
from infra.read_store.authority import AuthorityStore
from infra.read_store.people import People
from infra.read_store.positions import Positions
from infra.read_store.projector import Projector
from infra.read_store.rows import MakeRows, Rows
from infra.settings import ServiceSettings
from services.board.application.accounts import Accounts, Vault
from services.board.application.collaborators import Collaborators
from services.board.application.delegations import Delegations
from services.board.application.founding import Founding
from services.board.application.log import BoardLog
from services.board.application.offices import Offices
from services.board.application.passwords import Passwords, hasher
from services.board.application.sign_in import SignIn
from services.board.application.teams import Teams
from services.board.profile import BoardProfile
from services.board.projections import PROJECTOR, BoardRows
from services.board.queries.board import BoardQueries

Store = Database[dict[str, Any]]

_CATCH_UP_S = 2.0


@dataclass(frozen=True, slots=True)
class Commands:
    """All that people can do to the board."""

    founding: Founding
    offices: Offices
    teams: Teams
    delegations: Delegations
    accounts: Accounts
    collaborators: Collaborators
    door: SignIn


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the board's doors use."""

    store: Store
    commands: Commands
    queries: BoardQueries
    authority: AuthorityStore
    profile: BoardProfile
    positions: Positions

    def caught_up(self, position: int) -> bool:
        """Wait, bounded, until the lists show what was just done."""
        return self.positions.wait(PROJECTOR, position, _CATCH_UP_S)

    def store_answers(self) -> bool:
        """Tell whether the store can be reached; raises when it cannot."""
        return bool(self.store.command("ping"))


def desk(settings: ServiceSettings) -> Desk:
    """Build what the staff pages, the bus door and the demo use."""
    client = connect(settings.mongo_url)
    profile = BoardProfile.read(settings.profile_dir)
    return desk_over(client[settings.log_database], client[settings.store_database], profile, hasher())


def desk_over(log: Store, store: Store, profile: BoardProfile, hashing: PasswordHasher) -> Desk:
    """Build the desk over two databases."""
    rows, people = BoardRows(store), People(store)
    rows.prepare()
    return Desk(
        store=store,
        commands=_commands(BoardLog(log), profile, Vault(people, Passwords(people, hashing))),
        queries=BoardQueries(rows, people, profile),
        authority=rows.authority,
        profile=profile,
        positions=Positions(store),
    )


def projector(settings: ServiceSettings, made: MakeRows = Rows) -> Projector:
    """Build the process that keeps the board's rows; `made` makes these rows, or those of a rebuild beside them."""
    client = connect(settings.mongo_url)
    return projector_over(client[settings.log_database], client[settings.store_database], made)


def projector_over(log: Store, store: Store, made: MakeRows = Rows) -> Projector:
    """Build the projector over two databases."""
    rows = BoardRows(store, made)
    rows.prepare()
    reader = LogReader(log[EVENTS])
    return Projector(reader, "board", rows.project, Positions(store), PROJECTOR, rows.all)


def _commands(log: BoardLog, profile: BoardProfile, vault: Vault) -> Commands:
    return Commands(
        founding=Founding(log, profile),
        offices=Offices(log),
        teams=Teams(log, profile),
        delegations=Delegations(log),
        accounts=Accounts(log, profile, vault),
        collaborators=Collaborators(log, profile, vault.people),
        door=SignIn(log, profile, vault.passwords),
    )

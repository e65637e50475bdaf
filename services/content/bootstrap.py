"""Builds content from its settings; the only place where concrete things meet."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo.database import Database

from infra.event_store.connection import connect
from infra.event_store.reading import LogReader
from infra.read_store.authority import AuthorityStore
from infra.read_store.chores import FromTimeToTime, sweeping
from infra.read_store.files import Files
from infra.read_store.people import People
from infra.read_store.positions import Positions
from infra.read_store.projector import Projector
from infra.read_store.rows import MakeRows, Rows
from infra.settings import ServiceSettings
from services.content.application import ContentApplication
from services.content.intake import Intake
from services.content.material import Material
from services.content.profile import ContentProfile
from services.content.projections import PROJECTOR, ContentRows
from services.content.queries import ContentQueries

Store = Database[dict[str, Any]]

_CATCH_UP_S = 2.0


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that doors of content use."""

    store: Store
    application: ContentApplication
    intake: Intake
    queries: ContentQueries
    material: Material
    people: People
    authority: AuthorityStore
    profile: ContentProfile
    positions: Positions
    reader: LogReader

    def caught_up(self, position: int) -> bool:
        """Wait, bounded, until the lists show what was just done."""
        return self.positions.wait(PROJECTOR, position, _CATCH_UP_S)

    def store_answers(self) -> bool:
        """Tell whether the store can be reached; raises when it cannot."""
        return bool(self.store.command("ping"))


def desk(settings: ServiceSettings) -> Desk:
    """Build what staff pages, the bus door and the demo use."""
    client = connect(settings.mongo_url)
    return desk_over(client[settings.log_database], client[settings.store_database], settings.profile_dir)


def desk_over(log: Store, store: Store, profile_dir: Path) -> Desk:
    """Build it over databases that are open already."""
    profile = ContentProfile.read(profile_dir)
    authority, files, rows = AuthorityStore(store), Files(store), ContentRows(store)
    for each in (authority, files, rows):
        each.prepare()
    application = ContentApplication(log, authority.current, profile.standards)
    material, people = Material(store, files), People(store)
    return Desk(
        store=store,
        application=application,
        intake=Intake(application, material, people),
        queries=ContentQueries(rows, application.load),
        material=material,
        people=people,
        authority=authority,
        profile=profile,
        positions=Positions(store),
        reader=LogReader(log["events"]),
    )


def projector(settings: ServiceSettings, made: MakeRows = Rows) -> Projector:
    """Build the process that keeps content's rows; `made` makes these rows, or those of a rebuild beside them."""
    client = connect(settings.mongo_url)
    return projector_over(client[settings.log_database], client[settings.store_database], made)


def projector_over(log: Store, store: Store, made: MakeRows = Rows) -> Projector:
    """Build it over databases that are open already."""
    rows = ContentRows(store, made)
    rows.prepare()
    return Projector(
        reader=LogReader(log["events"]),
        service="content",
        project=rows.project,
        positions=Positions(store),
        name=PROJECTOR,
        rows=(rows.submissions, rows.articles),
        idle=FromTimeToTime(sweeping(Files(store))).look,
    )

"""`make rebuild SERVICE=gateway` where no press works: what it leaves for the press that comes."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from pymongo.database import Database

from gateway.press.__main__ import _rebuild
from gateway.press.bootstrap import Workshop
from gateway.press.folder import SiteFolder
from infra.event_store.connection import Document
from infra.local.mongod import Mongod
from infra.read_store.positions import Positions
from infra.settings import ServiceSettings
from tests.builders.portal import a_profile
from tests.builders.published import published

pytestmark = pytest.mark.servers


@pytest.fixture
def settings(mongod: Mongod, store_database: Database[Document], tmp_path: Path) -> ServiceSettings:
    """A portal whose rows lie in a database of their own; there is no broker."""
    profile = store_database.name
    return ServiceSettings(
        service="gateway",
        profile=profile,
        profiles_dir=a_profile(tmp_path / "profiles", profile),
        var_dir=tmp_path,
        site_dir=tmp_path / "site",
        mongo_url=mongod.url,
        amqp_url="amqp://unused",
    )


@pytest.fixture
def workshop(settings: ServiceSettings) -> Iterator[Workshop]:
    made = Workshop(settings)
    made.archive.prepare()
    made.archive.put_cards(made.archive.keep_events([published(n, f"row-{n}") for n in range(1, 4)]))
    Positions(made._store).advance("from.content", 3)
    yield made
    made._store.client.drop_database(settings.store_database)
    made._store.client.close()


def test_pictures_come_again_to_a_folder_that_is_new(workshop: Workshop) -> None:
    heard = Positions(workshop._store)

    assert _rebuild(workshop, Event())
    assert heard.get("from.content") == 0

    heard.advance("from.content", 3)
    assert _rebuild(workshop, Event())
    assert heard.get("from.content") == 3


def test_a_rebuild_that_is_stopped_does_not_make_up_for_a_power_cut(
    workshop: Workshop, settings: ServiceSettings
) -> None:
    design, stopped = workshop.listing()._design, Event()
    assert _rebuild(workshop, Event())
    SiteFolder(settings.site_dir, "an earlier boot").begin_work()
    stopped.set()

    assert not _rebuild(workshop, stopped)
    assert not workshop.folder.is_whole(design)

    assert _rebuild(workshop, Event())
    assert workshop.folder.is_whole(design)

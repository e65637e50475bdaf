"""A restore that the servers refuse leaves the portal that is here as it was, and says so."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from infra.backup.manifest import MANIFEST, Manifest
from infra.backup.stores import Stores
from infra.local.mongod import Mongod
from infra.local.places import Places
from infra.local.rabbitmq import RabbitMq
from infra.local.rabbitmq_management import ManagementError
from tests.integration.backup.portal_here import PORTAL, STAYS, command, lies
from tests.integration.backup.test_taking_and_restoring import Service

pytestmark = pytest.mark.servers


@pytest.fixture
def elsewhere(mongod: Mongod, rabbitmq: RabbitMq, province: Stores) -> Iterator[dict[str, str]]:
    """Servers that somebody else has started, in which the province writes."""
    Service(province).act()
    profile = province.prefix.replace("_", "-")
    management = f"http://127.0.0.1:{rabbitmq.ports.management}"
    yield {"PROFILE": profile, "MONGO_URL": mongod.url, "AMQP_URL": rabbitmq.url, "AMQP_MANAGEMENT_URL": management}
    with suppress(ManagementError):  # not every restore comes so far
        rabbitmq.management.remove_virtual_host(profile)


@pytest.fixture
def province_copy(copy: Path, province: Stores) -> Path:
    made = Manifest(province.prefix.replace("_", "-"), "2026-11-21", "2026-11-21", "http://portal", {}, 0, ())
    (copy / MANIFEST).write_text(made.to_json(), encoding="utf-8")
    return copy


def test_databases_elsewhere_that_are_not_empty_leave_everything_as_it_was(
    places: Places, province: Stores, elsewhere: dict[str, str], province_copy: Path
) -> None:
    refused = command(places.var, "restore", str(province_copy), "--over", **elsewhere)

    assert refused.returncode == 1
    assert "are not empty" in refused.stderr
    assert "the portal that was here is as it was" in refused.stdout
    assert lies(places.var).items() >= (PORTAL | STAYS).items()
    assert not places.unrestored.there
    assert province.collection("content", "things").count_documents({}) == 1


def test_a_port_that_is_used_leaves_everything_as_it_was(
    places: Places, elsewhere: dict[str, str], province_copy: Path
) -> None:
    own = {name: value for name, value in elsewhere.items() if name != "MONGO_URL"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        own["MONGO_PORT"] = str(taken.getsockname()[1])
        refused = command(places.var, "restore", str(province_copy), "--over", **own)

    assert refused.returncode == 1
    assert "MONGO_PORT" in refused.stderr
    assert "the portal that was here is as it was" in refused.stdout
    assert lies(places.var).items() >= (PORTAL | STAYS).items()
    assert not places.unrestored.there
    assert not places.replaced.exists()

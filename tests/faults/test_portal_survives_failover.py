"""The whole portal on three MongoDB servers: the one that takes writes is killed, or gives up its office, at each step."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local.stack import Stack
from tests.builders.reading import reading
from tests.builders.stubborn import StubbornNewsroom
from tests.builders.three_mongods import ReplicaSet

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.long, pytest.mark.timeout(600)]


@pytest.fixture
def portal(servers: ReplicaSet, tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path / "portal", demo=True, settings={"MONGO_URL": servers.url}) as stack:
        yield stack


@contextmanager
def primary_killed(servers: ReplicaSet) -> Iterator[None]:
    """Kill the primary, so that the form is sent while there is none, and bring it back at the end."""
    dead = servers.primary()
    assert dead
    servers.kill(dead)
    yield
    servers.restart(dead)


@contextmanager
def primary_stepped_down(servers: ReplicaSet) -> Iterator[None]:
    """Let the primary give up its office."""
    servers.step_down()
    yield


def test_while_primaries_are_killed_and_step_down_nothing_is_lost_or_doubled_and_readers_read_on(
    portal: Stack, servers: ReplicaSet
) -> None:
    faults = (
        primary_killed(servers),
        primary_stepped_down(servers),
        primary_stepped_down(servers),
        primary_killed(servers),
    )
    with StubbornNewsroom(portal) as room:
        with reading(portal.public_url):
            item = room.publishes_during(faults, "Đổi máy chủ chính")
        room.assert_published_once(item, "Đổi máy chủ chính")

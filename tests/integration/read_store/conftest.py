"""A service with a log of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.mongod import Mongod
from tests.integration.read_store.service import Service


@pytest.fixture
def service(mongod: Mongod, tmp_path: Path) -> Iterator[Service]:
    service = Service(mongod.url, tmp_path)
    yield service
    service.drop()

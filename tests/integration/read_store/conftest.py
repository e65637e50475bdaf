"""A service with a log of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.mongod import Mongod
from infra.read_store import rebuild as rebuilding
from tests.integration.read_store.service import Service


@pytest.fixture
def service(mongod: Mongod, tmp_path: Path) -> Iterator[Service]:
    service = Service(mongod.url, tmp_path)
    yield service
    service.drop()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """No projector runs beside these rebuilds, and they need not wait for one."""
    monkeypatch.setattr(rebuilding, "BATCH", 6)
    monkeypatch.setattr(rebuilding, "_TAKEN_WITHIN_S", 0)

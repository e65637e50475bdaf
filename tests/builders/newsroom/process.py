"""The newsroom as the staff process mounts it: `STAFF_APPS=/newsroom=tests.builders.newsroom.process:create`."""

from typing import Any

from pymongo import MongoClient

from infra.kernel.clock import system_clock
from infra.settings import ServiceSettings
from infra.web.parts import Part
from tests.builders.newsroom.identities import Identities
from tests.builders.newsroom.part import Notes, newsroom


def create() -> Part:
    """Bring the newsroom together from the environment."""
    settings = ServiceSettings.load("newsroom")
    client: MongoClient[dict[str, Any]] = MongoClient(settings.mongo_url, tz_aware=True, serverSelectionTimeoutMS=500)
    return newsroom(client[settings.store_database], Notes(), Identities(), system_clock)

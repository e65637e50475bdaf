"""`make rebuild SERVICE=audit` writes the same rows from the logs as arriving events wrote before."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pymongo import MongoClient

from infra.read_store.beside import RowsBeside
from infra.read_store.rebuild import Rebuild
from services.audit.bootstrap import rewriting_over
from services.audit.projections import AuditRows
from tests.builders.audit_office import AuditOffice, audit_office
from tests.integration.audit.own_province import BEGINNING

pytestmark = pytest.mark.servers


def everything(office: AuditOffice) -> list[list[dict[str, Any]]]:
    rows = AuditRows(office.desk.store)
    return [sorted(each.each(), key=lambda row: str(row["_id"])) for each in rows.all]


def rebuilding(office: AuditOffice) -> Rebuild:
    beside = rewriting_over(office.desk.store, office.desk.logs, RowsBeside)
    return Rebuild(beside, rewriting_over(office.desk.store, office.desk.logs), "today")


def test_rows_written_anew_are_the_same_rows(
    mongo_admin: MongoClient[dict[str, Any]], prefix: str, tmp_path: Path
) -> None:
    office = audit_office(mongo_admin, prefix, tmp_path, lambda: BEGINNING)
    before = everything(office)
    mongo_admin[f"{prefix}_audit"].acts.update_many({}, {"$set": {"topic": "damaged"}})

    assert rebuilding(office).run(Event())
    assert everything(office) == before
    assert rebuilding(office).run(Event())
    assert everything(office) == before


def test_an_event_that_is_gone_from_its_service_has_no_row_and_stops_nothing(
    mongo_admin: MongoClient[dict[str, Any]], prefix: str, tmp_path: Path
) -> None:
    office = audit_office(mongo_admin, prefix, tmp_path, lambda: BEGINNING)
    before = [row["_id"] for row in everything(office)[0]]
    office.logs["content"].events.delete_many({"_id": {"$in": [3, 8]}})

    assert rebuilding(office).run(Event())

    assert [row["_id"] for row in everything(office)[0]] == [
        entry for entry in before if entry not in ("content/3", "content/8")
    ]

"""Exports: recorded first, they hold what the search and the story show, and the same however often they are fetched."""

import csv
import io
import json
import re
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from infra.kernel.act import Act
from infra.kernel.ids import new_id
from infra.kernel.offices import REVIEWER
from infra.web.forgery import TOKEN_FIELD
from services.audit.domain.export import Export
from services.audit.export_files import COLUMNS
from tests.builders.audit import ARTICLE, SUBMISSION
from tests.builders.newsroom.reader import Reader
from tests.builders.waiting import until
from tests.web.audit.conftest import MORNING, Office
from tests.web.audit.taking import PURPOSE, STORY, entries, ordered, packed, recorded

pytestmark = pytest.mark.servers


def exported(reader: Reader, query: str, file_format: str) -> Response:
    export = recorded(reader, query, file_format)
    assert reader.get(export).status_code == 200
    return reader.get(f"{export}/file")


def test_qc2024_6_7_an_export_opens_in_excel_and_is_itself_in_the_log(reviewer: Reader, office: Office) -> None:
    file = exported(reviewer, "?kind=content", "csv")

    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in file.headers["content-disposition"]
    assert file.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row["entry"] for row in rows] == [f"content/{position}" for position in range(8, 0, -1)]
    assert (rows[1]["on_behalf_of"], rows[1]["title"]) == ("standing-deputy", "Khởi công cầu Mã Đà")
    office.audit.hear()
    assert PURPOSE in reviewer.get("/audit/exports").text
    assert PURPOSE in reviewer.get("/audit/acts?kind=audit.export.made").text


def test_qc2024_6_7_json_says_for_what_it_was_exported(reviewer: Reader) -> None:
    file = exported(reviewer, "?refused=yes&kind=content", "json")

    content: dict[str, Any] = json.loads(file.content)
    assert content["export"]["purpose"] == PURPOSE
    assert content["export"]["criteria"] == {"kind": "content", "refused": "yes"}
    assert content["export"]["checkpoint"].count("\n") == 5
    assert content["export"]["proofs"].startswith("/audit/packs/new?kind=content&refused=yes ")
    assert [act["entry"] for act in content["acts"]] == ["content/6"]
    assert list(content["acts"][0]) == list(COLUMNS)


def test_an_export_holds_what_was_there_when_it_was_recorded(reviewer: Reader, office: Office) -> None:
    page = reviewer.get("/audit/exports/new?kind=audit")
    answer = reviewer.send(reviewer.form(page), {"purpose": PURPOSE, "file_format": "json"})
    head = office.own_events.count_documents({})
    until(lambda: office.audit.desk.queries.act(f"audit/{head}") is not None)

    acts = json.loads(reviewer.get(answer.headers["location"] + "/file").content)["acts"]

    assert f"audit/{head}" not in {act["entry"] for act in acts}


@pytest.mark.parametrize("purpose", ["", "   ", "cần"])
def test_qc2024_6_7_without_a_purpose_nothing_is_exported(reviewer: Reader, office: Office, purpose: str) -> None:
    page, before = reviewer.get("/audit/exports/new?kind=content"), office.own_events.count_documents({})

    answer = reviewer.send(reviewer.form(page), {"purpose": purpose, "file_format": "csv"})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert office.own_events.count_documents({}) == before


def test_an_export_sent_twice_is_recorded_once(reviewer: Reader, office: Office) -> None:
    form, before = reviewer.form(reviewer.get("/audit/exports/new")), office.own_events.count_documents({})

    answers = [reviewer.send(form, {"purpose": PURPOSE, "file_format": "csv"}) for _ in range(2)]

    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert office.own_events.count_documents({}) == before + 1


def test_an_export_belongs_to_whoever_made_it(reviewer: Reader, office: Office) -> None:
    form = reviewer.form(reviewer.get("/audit/exports/new"))
    made = reviewer.send(form, {"purpose": PURPOSE, "file_format": "csv"}).headers["location"]

    head = office.signed_in("head")

    assert head.get(made).status_code == 404
    assert head.get(f"{made}/file").status_code == 404


@pytest.mark.parametrize("thing", [ARTICLE, SUBMISSION], ids=["item", "submission"])
def test_an_item_is_taken_with_its_whole_story_by_export_and_pack_and_search(
    reviewer: Reader, office: Office, thing: object
) -> None:
    export, pack = (take(reviewer, f"?thing={thing}") for take in (recorded, ordered))

    assert entries(reviewer, export) == STORY
    assert packed(reviewer, office, pack) == STORY
    found, story = reviewer.get(f"/audit/acts?thing={thing}").text, reviewer.get(f"/audit/things/{thing}").text
    for entry in STORY:
        assert f"<code>{entry}</code>" in found
        assert f"<code>{entry}</code>" in story


def test_an_export_from_before_stories_were_taken_whole_stays_what_it_was(reviewer: Reader, office: Office) -> None:
    application, export_id = office.audit.desk.application, new_id()
    known = application.made_export(UUID(recorded(reviewer, f"?thing={ARTICLE}").rpartition("/")[2]))
    assert known is not None
    act = Act(UUID(known.taken_by), REVIEWER, MORNING, new_id())
    earlier = Export.make(export_id, PURPOSE, "csv", {"thing": str(ARTICLE)}, known.entries, act=act)
    assert isinstance(earlier, Export)
    application.settle(earlier, None, act=act, command="export")

    assert entries(reviewer, f"/audit/exports/{export_id}") == STORY[:-1]


@pytest.mark.parametrize("query", ["since=2026-13-45", "since=2026-11-20&until=2026-11-19"])
def test_with_a_date_that_cannot_be_read_nothing_is_offered_but_to_put_it_right(reviewer: Reader, query: str) -> None:
    for address in ("acts", "exports/new", "packs/new", "searches/new"):
        page = reviewer.get(f"/audit/{address}?{query}&thing=cau")

        assert page.status_code == 422
        assert 'aria-invalid="true"' in page.text
        assert 'value="cau"' in page.text
        assert f'name="{TOKEN_FIELD}"' not in page.text.partition("<main")[2], "no form that takes anything"
        assert not re.search(r'href="[^"]*(?:exports|packs|searches)/new', page.text.partition("<main")[2])


@pytest.mark.parametrize("address", ["exports/new", "packs/new", "searches/new"])
def test_with_a_date_that_cannot_be_read_nothing_is_taken_away(reviewer: Reader, office: Office, address: str) -> None:
    form, before = reviewer.form(reviewer.get(f"/audit/{address}")), office.own_events.count_documents({})
    form.action += "?since=never"

    given = {"purpose": PURPOSE, "file_format": "csv", "ground": "inspection", "name": "Của tôi"}
    answer = reviewer.send(form, given)

    assert answer.status_code == 422
    assert "Hãy nhập ngày" in answer.text
    assert office.own_events.count_documents({}) == before
    assert office.audit.desk.store["saved_searches"].count_documents({}) == 0

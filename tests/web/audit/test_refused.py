"""Whoever does not inspect and sends a form all the same: nothing is shown, nothing done, and the attempt is on record."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from infra.web.forgery import TOKEN_FIELD
from services.audit.ui import app
from tests.builders.newsroom.reader import FoundForm, Reader
from tests.builders.waiting import until
from tests.web.audit.conftest import Office

pytestmark = pytest.mark.servers

COMMANDS: Mapping[str, tuple[str, str]] = {
    "/verification": ("inspect", "inspect"),
    "/exports/new": ("export", "export"),
    "/packs/new": ("pack", "order_pack"),
}
"""By address: the form that stands there, and the command that it orders."""
OWN = ("/searches/new", "/searches/{search}/rename", "/searches/{search}/delete", "/searches/{search}/restore")
"""What somebody keeps for themselves is no command of the regulation: refusing it is no event."""
GIVEN = {"purpose": "Đoàn kiểm tra quý IV năm 2026", "file_format": "csv", "ground": "inspection", "name": "Của tôi"}
FORBIDDEN = "Đồng chí không có quyền thực hiện việc này"


def sent(reader: Reader, address: str, **fields: str) -> Response:
    """Send a form that this reader was never shown, with a token of their own."""
    token = reader.form(reader.get("/account/password")).value(TOKEN_FIELD)
    return reader.send(FoundForm(f"/audit{address}", [(TOKEN_FIELD, token)]), fields)


def is_forbidden(answer: Response) -> bool:
    """Tell whether it is the plain page of what is forbidden; every page of the audit service leads to its acts."""
    return answer.status_code == 403 and FORBIDDEN in answer.text and "/audit/acts" not in answer.text


def recorded(office: Office) -> list[dict[str, Any]]:
    """What the audit service has recorded, in order, each with its topic."""
    events = [event for commit in office.own_events.find({"_id": {"$gte": 1}}).sort("_id", 1) for event in commit["e"]]
    return [{**json.loads(event["s"]), "topic": event["t"]} for event in events]


def a_check_that_has_found_something(reviewer: Reader, office: Office) -> None:
    with office.tampering() as events:
        events.delete_one({"_id": 2})
        before = len(recorded(office))
        reviewer.send(reviewer.form(reviewer.get("/audit/verification"), "/audit/verification"))
        until(lambda: len(recorded(office)) > before)
    until(lambda: "content/2" in reviewer.get("/audit/verification").text)


@pytest.mark.parametrize("login", ["secretary", "editor1", "tech1"])
@pytest.mark.parametrize("address", COMMANDS)
@pytest.mark.parametrize("whole", [True, False], ids=["as a whole", "without saying which form it is"])
def test_qc2024_6_3_who_does_not_inspect_sees_nothing_and_the_attempt_is_recorded(
    office: Office, login: str, address: str, *, whole: bool
) -> None:
    form, command = COMMANDS[address]
    before = len(recorded(office))

    answer = sent(office.signed_in(login), address, **({**GIVEN, "form_name": form} if whole else {}))

    assert is_forbidden(answer)
    (attempt,) = recorded(office)[before:]
    assert attempt["topic"] == "audit.attempt.refused"
    assert (attempt["command"], attempt["code"]) == (command, "not_an_inspector")


def test_qc2024_6_3_an_attempt_is_recorded_whatever_search_it_comes_with(office: Office) -> None:
    before = len(recorded(office))

    answers = [sent(office.signed_in("tech1"), f"{address}?since=never") for address in ("/exports/new", "/packs/new")]

    assert all(map(is_forbidden, answers))
    assert [each["command"] for each in recorded(office)[before:]] == ["export", "order_pack"]


def test_who_does_not_inspect_learns_nothing_of_what_checks_have_found(reviewer: Reader, office: Office) -> None:
    a_check_that_has_found_something(reviewer, office)

    for fields in ({"form_name": "inspect"}, {}):
        answer = sent(office.signed_in("secretary"), "/verification", **fields)

        assert is_forbidden(answer)
        assert "content/2" not in answer.text


@pytest.mark.parametrize("address", OWN)
def test_searches_are_kept_by_those_who_inspect_only(office: Office, address: str) -> None:
    before = len(recorded(office))
    name = {"/searches/new": "keep-search"}.get(address, f"{address.rpartition('/')[2]}-search")

    answers = [
        sent(office.signed_in("secretary"), address.format(search=UUID(int=1)), **fields)
        for fields in ({**GIVEN, "form_name": name}, {})
    ]

    assert all(map(is_forbidden, answers))
    assert len(recorded(office)) == before
    assert office.audit.desk.store["saved_searches"].count_documents({}) == 0


def test_no_form_is_left_out_here() -> None:
    sources = "".join(source.read_text(encoding="utf-8") for source in Path(app.__file__).parent.glob("*.py"))

    assert set(re.findall(r'router\.(?:post|api_route)\("([^"]+)"', sources)) == {*COMMANDS, *OWN}

"""The page that tells who could have acted: from an act, for an instant, with the clauses, and for inspectors only."""

import re

import pytest

from tests.builders.audit import ARTICLE
from tests.builders.newsroom.reader import Reader
from tests.web.audit.conftest import Office

pytestmark = pytest.mark.servers


def rows(page: str) -> list[str]:
    """Return the rows of the table of who could, as plain text."""
    table = page.partition("<h2>")[2].partition("</table>")[0]
    found = re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def test_every_act_of_a_story_leads_to_who_could_have_done_it(reviewer: Reader) -> None:
    story = reviewer.get(f"/audit/things/{ARTICLE}").text

    for position in range(1, 9):
        assert f"/audit/powers?entry=content/{position}" in story


def test_of_a_publication_every_way_is_told_with_its_clause_and_whoever_could_go_it(reviewer: Reader) -> None:
    deputy, delegated, head = rows(reviewer.get("/audit/powers?entry=content/7").text)

    assert "QC2024 Đ10.1b-3" in deputy
    assert "Nguyễn Quang Thắng" in deputy
    assert "Ủy quyền 01/QĐ-STTTT đang có hiệu lực" in delegated
    assert "QC2019 Đ4.6" in head
    assert all(row.endswith("có") for row in (deputy, delegated, head))


def test_of_a_refused_attempt_it_tells_who_could_have_done_what_was_tried(reviewer: Reader) -> None:
    tried = rows(reviewer.get("/audit/powers?entry=content/6").text)

    assert len(tried) == 2
    assert not any("Bùi Thanh Trúc" in row for row in tried)


def test_before_the_board_was_founded_nobody_could_do_anything(reviewer: Reader) -> None:
    page = reviewer.get("/audit/powers?at=2019-01-01T00:00&deed=content.publish").text

    assert "Tại thời điểm đó không ai có thể làm việc này" in page
    assert all(row.endswith("không") for row in rows(page))


def test_a_predecessor_held_the_office_at_the_instant_and_the_successor_does_now(reviewer: Reader) -> None:
    then = reviewer.get("/audit/powers?at=2021-01-01T08:00").text
    now = reviewer.get("/audit/powers").text

    assert ("Cao Xuân Hậu" in then, "Phạm Hữu Lộc" in then) == (True, False)
    assert ("Cao Xuân Hậu" in now, "Phạm Hữu Lộc" in now) == (False, True)


def test_a_wrong_instant_is_told_beside_the_field_and_stays_as_it_was_typed(reviewer: Reader) -> None:
    page = reviewer.get("/audit/powers?at=hôm qua&deed=content.clear")

    assert page.status_code == 422
    assert 'value="hôm qua"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert 'value="content.clear" selected' in page.text


@pytest.mark.parametrize("query", ["entry=content/99", "entry=nobody/1"])
def test_an_act_that_is_not_there_is_not_found(reviewer: Reader, query: str) -> None:
    assert reviewer.get(f"/audit/powers?{query}").status_code == 404


@pytest.mark.parametrize("login", ["secretary", "editor1", "tech1"])
def test_qc2024_19_1_nobody_else_is_told(office: Office, login: str) -> None:
    assert office.signed_in(login).get("/audit/powers").status_code == 403

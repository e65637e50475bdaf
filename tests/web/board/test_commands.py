"""What people order on the board's pages, and what they are told when the regulation says no."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from httpx import Response

from services.board.domain.decision import PROVINCE_TIME
from tests.builders.board import account_of
from tests.builders.newsroom.reader import Reader
from tests.web.board.conftest import Office, SignIn

DECISION = {"decision": "51/QĐ-STTTT", "decided_on": "2026-11-20"}
FIRST_PASSWORD = dict.fromkeys(("password", "again"), "Một câu dài 2026!")


def order(reader: Reader, address: str, **values: str) -> Response:
    """Open a page with a form, fill it in and send it."""
    page = reader.get(address)
    return reader.send(reader.form(page, address.rpartition("/")[2]), values)


def test_the_standing_deputy_registers_a_member_and_everybody_sees_it(signed_in: SignIn) -> None:
    deputy, editor = signed_in("standing-deputy"), signed_in("editor1")
    person = str(account_of("collaborator1"))

    answer = order(deputy, "/board/seats/member-culture/appoint", account=person, since="2026-11-21", **DECISION)

    assert answer.status_code == 303
    assert "Điểu Thị Mai" in editor.get("/board/seats/member-culture").text


def test_a_second_holder_is_refused_beside_the_day_with_the_clause_and_nothing_typed_is_lost(
    signed_in: SignIn,
) -> None:
    person = str(account_of("editor1"))

    answer = order(
        signed_in("standing-deputy"), "/board/seats/deputy/appoint", account=person, since="2026-11-21", **DECISION
    )

    assert answer.status_code == 422
    assert "Trong thời gian này chức danh đã có người giữ." in answer.text
    assert "QD2461 Đ1" in answer.text
    assert 'value="51/QĐ-STTTT"' in answer.text


def test_the_sixth_member_of_the_content_team_is_refused(signed_in: SignIn) -> None:
    secretary, tech = signed_in("secretary"), signed_in("tech1")
    for login in ("editor5", "editor6"):
        new = {"login": login, "name": f"Người {login}", "unit": "centre"}
        assert order(tech, "/board/accounts/new", **new, **FIRST_PASSWORD).status_code == 303

    answers = [
        order(
            secretary,
            "/board/teams/content-team/admit",
            account=str(account_of(login)),
            since="2026-11-21",
            **DECISION,
        )
        for login in ("editor5", "editor6")
    ]

    assert [answer.status_code for answer in answers] == [303, 422]
    assert "Tổ đã đủ 5 người trong thời gian này." in answers[1].text


def test_what_an_editor_may_not_do_is_refused_and_recorded(office: Office, signed_in: SignIn) -> None:
    before = office.log.head()
    person = str(account_of("editor2"))

    answer = order(signed_in("editor1"), "/board/seats/deputy/appoint", account=person, since="2026-11-21", **DECISION)

    assert answer.status_code == 403
    assert "board.attempt.refused" in office.topics(before)


def test_a_form_sent_twice_acts_once(office: Office, signed_in: SignIn) -> None:
    deputy = signed_in("standing-deputy")
    form = deputy.form(deputy.get("/board/seats/member-health/appoint"), "/appoint")
    values = {"account": str(account_of("editor1")), "since": "2026-11-21", **DECISION}
    before = office.log.head()

    answers = [deputy.send(form, values) for _ in range(2)]

    assert [answer.headers["location"] for answer in answers] == ["/board/seats/member-health"] * 2
    assert office.topics(before).count("board.office.appointed") == 1


def test_a_delegation_taken_back_by_the_head_is_out_of_force_at_once(signed_in: SignIn) -> None:
    head = signed_in("head")
    page = head.get("/board/delegations")
    address = page.text.split('href="/board/delegations/')[2].split('"')[0]

    answer = order(head, f"/board/delegations/{address}", **DECISION)

    assert answer.status_code == 303
    assert "Không có ủy quyền nào đang có hiệu lực." in head.get("/board/delegations").text


def test_the_standing_deputy_delegates_until_the_end_of_the_last_day(office: Office, signed_in: SignIn) -> None:
    values = {"scope": "publish", "since": "2026-11-21", "until": "2026-11-30", **DECISION}

    assert order(signed_in("standing-deputy"), "/board/delegations/new", **values).status_code == 303

    given = next(view for view in office.desk.queries.delegations(office.clock()) if view.number == "51/QĐ-STTTT")
    assert given.term.until is not None
    assert given.term.until.astimezone(PROVINCE_TIME).isoformat() == "2026-12-01T00:00:00+07:00"


@pytest.mark.parametrize(
    ("login", "address"), [("editor1", "/board/accounts"), ("collaborator1", "/board/collaborators")]
)
def test_lists_with_peoples_data_are_not_for_everybody(signed_in: SignIn, login: str, address: str) -> None:
    assert signed_in(login).get(address).status_code == 403


def test_an_unknown_seat_team_or_account_is_a_page_not_found(signed_in: SignIn) -> None:
    head = signed_in("head")

    for address in (
        "/board/seats/chief-wizard",
        "/board/teams/wizards",
        "/board/accounts/00000000-0000-0000-0000-000000000001",
        "/board/accounts/no-number",
        "/board/delegations/00000000-0000-0000-0000-000000000001/revoke",
    ):
        assert head.get(address).status_code == 404, address


def test_the_board_is_shown_as_of_any_instant(signed_in: SignIn) -> None:
    head = signed_in("head")

    def at(instant: str) -> str:
        return head.get("/board/?" + urlencode({"at": instant})).text

    assert "Cao Xuân Hậu" in at("2023-03-14T23:59")
    assert "Phạm Hữu Lộc" not in at("2023-03-14T23:59")
    assert "Phạm Hữu Lộc" in at("2023-03-15T00:00")
    assert "Tại thời điểm này chưa có Ban Biên tập." in at("2019-11-18T23:59")
    assert "Lê Thị Hồng Phượng" in at("2019-11-19T00:00")


def test_a_collaborator_with_script_in_the_name_is_shown_as_typed(signed_in: SignIn) -> None:
    secretary = signed_in("secretary")
    values = {
        "name": "<script>alert(1)</script>",
        "contact": "{{7*7}}",
        "unit": "outside",
        "field": "design",
        "basis": "contract",
        "contract": "12/HĐ-CTV",
        "since": "2026-11-21",
        "until": "2027-11-20",
    }

    assert order(secretary, "/board/collaborators/new", **values).status_code == 303

    page = secretary.get("/board/collaborators").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page


def test_erasing_a_person_leaves_the_history_without_the_name(signed_in: SignIn) -> None:
    tech = signed_in("tech1")

    values = {"ground": "asked", "decision": "15/CV-STTTT", "decided_on": "2026-03-02", "meant": "yes"}
    answer = order(tech, f"/board/accounts/{account_of('former-deputy')}/erase", **values)

    assert answer.status_code == 303
    history = tech.get("/board/seats/deputy").text
    assert "Cao Xuân Hậu" not in history
    assert "Đã xóa dữ liệu cá nhân" in history


def test_a_session_ends_after_fifteen_minutes_of_silence(office: Office, signed_in: SignIn) -> None:
    editor = signed_in("editor1")
    office.clock.pass_by(timedelta(minutes=14, seconds=59))
    assert editor.get("/board/").status_code == 200

    office.clock.pass_by(timedelta(minutes=15))
    assert editor.get("/board/").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("address", ["/board/accounts/new", f"/board/accounts/{account_of('editor1')}/reset"])
def test_a_first_password_typed_when_the_session_had_run_out_is_not_kept(
    office: Office, signed_in: SignIn, address: str
) -> None:
    tech = signed_in("tech1")
    form = tech.form(tech.get(address), address.rpartition("/")[2])
    office.clock.pass_by(timedelta(minutes=20))

    assert "/sign-in" in tech.send(form, FIRST_PASSWORD).headers["location"]

    assert list(office.desk.store["form_drafts"].find()) == []


def test_two_first_passwords_that_differ_are_refused_and_not_shown_again(office: Office, signed_in: SignIn) -> None:
    before = office.log.head()
    address = f"/board/accounts/{account_of('editor1')}/reset"

    answer = order(signed_in("tech1"), address, **{**FIRST_PASSWORD, "again": "Một câu khác 2026!"})

    assert answer.status_code == 422
    assert "Hai lần nhập mật khẩu mới không giống nhau." in answer.text
    assert "Một câu" not in answer.text
    assert "board.account.password_reset" not in office.topics(before)

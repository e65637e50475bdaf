"""Signing in and out, as people meet it."""

from datetime import timedelta

import pytest

from tests.builders.newsroom.reader import Reader, forms_of
from tests.web.board.conftest import PASSWORDS, Office, SignIn, knock

NEW = "Sông Bé xanh trong 7!"


def test_the_right_password_leads_to_where_one_was_going(reader: Reader) -> None:
    answer = knock(reader, "editor1", PASSWORDS["editor1"], "/board/delegations")

    assert answer.headers["location"] == "/board/delegations"
    assert reader.get("/board/delegations").status_code == 200


@pytest.mark.parametrize("login", ["editor1", "nobody-here", "former-deputy", "{{7*7}}", '{"$ne":1}'])
def test_every_refusal_at_the_door_reads_the_same(reader: Reader, login: str) -> None:
    answer = knock(reader, login, "not the password")

    assert answer.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in answer.text
    assert "not the password" not in answer.text


def test_an_address_elsewhere_is_not_gone_to(reader: Reader) -> None:
    answer = knock(reader, "editor1", PASSWORDS["editor1"], "https://elsewhere.example/")

    assert answer.headers["location"] == "/"


def test_an_empty_form_is_answered_beside_its_fields(reader: Reader) -> None:
    answer = knock(reader, "", "")

    assert answer.status_code == 422
    assert answer.text.count("Hãy nhập mục này.") >= 2


def test_after_five_wrong_passwords_the_right_one_waits_for_the_technical_team(
    office: Office, reader: Reader, signed_in: SignIn
) -> None:
    for _ in range(5):
        knock(reader, "editor1", "not the password")
    assert knock(reader, "editor1", PASSWORDS["editor1"]).status_code == 422

    tech = signed_in("tech1")
    account = next(a for a in office.desk.queries.accounts(office.clock()) if a.login == "editor1")
    page = tech.get(f"/board/accounts/{account.id}/unlock")
    assert tech.send(tech.form(page, "/unlock")).status_code == 303

    assert knock(reader, "editor1", PASSWORDS["editor1"]).status_code == 303


def test_an_open_session_is_no_place_to_go_on_guessing_the_password(signed_in: SignIn, reader: Reader) -> None:
    editor = signed_in("editor1")
    for _ in range(5):
        page = editor.get("/account/password")
        guess = {"current": "not the password", "password": "Another-Long-One-1!", "again": "Another-Long-One-1!"}
        assert "Mật khẩu hiện tại không đúng." in editor.send(editor.form(page), guess).text

    right = {**guess, "current": PASSWORDS["editor1"]}
    assert "Tài khoản bị khóa" in editor.send(editor.form(page), right).text
    assert knock(reader, "editor1", PASSWORDS["editor1"]).status_code == 422


def test_somebody_who_is_signed_in_stays_so_while_others_guess_the_password(signed_in: SignIn, reader: Reader) -> None:
    editor = signed_in("editor1")

    for _ in range(5):
        knock(reader, "editor1", "not the password")

    assert editor.get("/board/").status_code == 200


def test_an_address_that_fails_twenty_times_waits(office: Office, reader: Reader) -> None:
    for number in range(20):
        knock(reader, f"guess{number}", "not the password")

    slowed = knock(reader, "editor1", PASSWORDS["editor1"])
    assert slowed.status_code == 429
    assert int(slowed.headers["retry-after"]) > 0

    office.clock.pass_by(timedelta(minutes=5))
    assert knock(reader, "editor1", PASSWORDS["editor1"]).status_code == 303


def test_signing_out_makes_a_copy_of_the_cookie_worthless(signed_in: SignIn) -> None:
    editor = signed_in("editor1")
    copied = dict(editor.client.cookies)

    sign_out(editor)
    editor.client.cookies.update(copied)

    assert editor.get("/board/").status_code == 303


def test_a_first_password_opens_nothing_but_its_own_change(office: Office, signed_in: SignIn) -> None:
    newcomer = signed_in("editor4")
    assert newcomer.get("/board/").headers["location"] == "/account/password"

    page = newcomer.get("/account/password")
    values = {"current": PASSWORDS["editor4"], "password": NEW, "again": NEW}
    before = office.log.head()
    assert newcomer.send(newcomer.form(page, "/password"), values).status_code == 303

    assert newcomer.get("/board/").status_code == 200
    assert office.topics(before) == ["board.account.password_chosen", "board.account.signed_in"]


def test_choosing_a_password_ends_the_sessions_elsewhere_and_keeps_this_one(office: Office, signed_in: SignIn) -> None:
    here, elsewhere = signed_in("editor1"), signed_in("editor1")
    office.clock.pass_by(timedelta(minutes=1))

    page = here.get("/account/password")
    values = {"current": PASSWORDS["editor1"], "password": NEW, "again": NEW}
    here.send(here.form(page, "/password"), values)

    assert here.get("/board/").status_code == 200
    assert elsewhere.get("/board/").status_code == 303


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"again": "another one"}, "Hai lần nhập mật khẩu mới không giống nhau."),
        ({"current": "wrong"}, "Mật khẩu hiện tại không đúng."),
        ({"password": "Too-short-1", "again": "Too-short-1"}, "Mật khẩu cần từ 14 đến 256 ký tự."),
    ],
)
def test_a_password_that_is_not_taken_says_why_beside_the_field(
    signed_in: SignIn, values: dict[str, str], said: str
) -> None:
    editor = signed_in("editor1")
    page = editor.get("/account/password")
    sent = {"current": PASSWORDS["editor1"], "password": NEW, "again": NEW, **values}

    answer = editor.send(editor.form(page, "/password"), sent)

    assert answer.status_code == 422
    assert said in answer.text


def test_ending_all_sessions_ends_this_one_too(office: Office, signed_in: SignIn) -> None:
    here, elsewhere = signed_in("editor1"), signed_in("editor1")
    office.clock.pass_by(timedelta(minutes=1))

    here.send(here.form(here.get("/account"), "/sessions"))

    assert here.get("/account").status_code == 303
    assert elsewhere.get("/account").status_code == 303


def test_one_session_left_open_elsewhere_is_ended_alone(signed_in: SignIn) -> None:
    here, elsewhere = signed_in("editor1"), signed_in("editor1")
    page = here.get("/account")
    (other,) = (form for form in forms_of(page) if form.action.startswith("/account/sessions/"))

    assert here.send(other).headers["location"] == "/account"

    assert elsewhere.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_ending_one_session_and_then_all_from_the_same_page_ends_all(office: Office, signed_in: SignIn) -> None:
    here, elsewhere, third = (signed_in("editor1") for _ in range(3))
    office.clock.pass_by(timedelta(minutes=1))
    page = here.get("/account")
    one, *_, all_of_them = (form for form in forms_of(page) if form.action.startswith("/account/sessions"))

    here.send(one)
    here.send(all_of_them)

    assert [each.get("/account").status_code for each in (here, elsewhere, third)] == [303] * 3


def test_a_suspended_account_is_out_at_its_next_click(office: Office, signed_in: SignIn) -> None:
    editor, tech = signed_in("editor1"), signed_in("tech1")
    account = next(a for a in office.desk.queries.accounts(office.clock()) if a.login == "editor1")
    page = tech.get(f"/board/accounts/{account.id}/suspend")

    tech.send(tech.form(page, "/suspend"), {"ground": "left"})

    assert editor.get("/board/").status_code == 303


def sign_out(reader: Reader) -> None:
    page = reader.get("/board/")
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    reader.client.post("/sign-out", data={"csrf_token": token}, headers={"origin": reader.address})

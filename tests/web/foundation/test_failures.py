"""A form whose sending fails: what was typed is still there, and nothing is done twice."""

import pytest
from pymongo.errors import AutoReconnect, BulkWriteError, ExecutionTimeout, OperationFailure, WTimeoutError

from infra.event_store.errors import StoreUnavailable
from infra.web.errors import failure_of
from infra.web.pace import RequestTooSlowError
from tests.builders.newsroom.reader import Reader, forms_of
from tests.web.foundation.conftest import Newsroom
from tests.web.foundation.test_forms import GOOD

AWAY = StoreUnavailable("away")
LONG = "dòng một\ndòng “hai” & <ba>"


@pytest.mark.parametrize(
    "outage",
    [
        AWAY,
        AutoReconnect("away"),
        ExecutionTimeout("slow", 50),
        WTimeoutError("no majority", 64),
        OperationFailure("interrupted by an election", 11602),
        BulkWriteError({"writeErrors": [{"code": 14031}]}),
    ],
    ids=lambda outage: type(outage).__name__,
)
def test_a_store_that_is_away_is_no_fault_of_ours(room: Newsroom, lan: Reader, outage: Exception) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    room.notes.failure = outage

    answer = lan.send(form, GOOD)

    assert answer.status_code == 503
    assert "Tạm thời chưa phục vụ được" in answer.text


def test_what_a_store_that_is_there_refuses_is_a_fault_of_ours(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    room.notes.failure = OperationFailure("no such operator", 2)

    assert lan.send(form, GOOD).status_code == 500


@pytest.mark.parametrize(("failure", "status"), [(AWAY, 503), (ZeroDivisionError(), 500)], ids=["outage", "fault"])
def test_the_page_of_a_failure_sends_what_was_typed_again_under_the_same_number(
    room: Newsroom, lan: Reader, failure: Exception, status: int
) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    room.notes.failure = failure

    failed = lan.send(form, GOOD | {"remark": LONG, "channels": ["post", "zalo"]})
    again = lan.form(failed)
    still = lan.send(again)
    room.notes.failure = None
    saved = lan.send(lan.form(still))

    assert (failed.status_code, still.status_code, saved.status_code) == (status, status, 303)
    assert again.value("form_id") == form.value("form_id")
    (note,) = room.notes.kept.values()
    assert (note.draft.title, note.draft.remark, note.draft.channels) == (GOOD["title"], LONG, ("post", "zalo"))


def test_what_was_typed_is_kept_also_when_nobody_can_tell_whether_the_session_counts(
    room: Newsroom, lan: Reader
) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    room.identities.away = AWAY

    failed = lan.send(form, GOOD)
    room.identities.away = None

    assert failed.status_code == 503
    assert lan.send(lan.form(failed)).status_code == 303


def test_files_have_to_be_chosen_again_for_they_are_not_in_the_page(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    room.notes.failure = AWAY

    failed = lan.send(form, GOOD, [("files", ("công văn.pdf", b"%PDF", "application/pdf"))])

    control = failed.text.split('type="file"')[1].split(">")[0]
    assert "công văn.pdf" in failed.text
    assert 'name="files"' in control
    assert "required" in control


def test_a_failure_gives_no_password_back(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/sign-in"))
    room.identities.away = AWAY

    failed = lan.send(form, {"login": "lan", "password": "right"})

    assert failed.status_code == 503
    assert forms_of(failed) == []


def test_a_form_that_was_never_shown_here_is_not_given_back(lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    for answer in (
        lan.send(form, GOOD | {"csrf_token": "forged"}),
        lan.send(form, GOOD, origin="https://evil.example"),
    ):
        assert answer.status_code == 403
        assert GOOD["title"] not in answer.text


def test_a_body_that_came_too_slowly_is_408_and_ends_its_connection() -> None:
    failure = failure_of(RequestTooSlowError())

    assert (failure.status, failure.headers) == (408, {"connection": "close"})


def test_what_is_done_stays_done_when_the_store_is_lost_right_after(room: Newsroom, lan: Reader) -> None:
    room.memory.away = AWAY

    answer = lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD)

    (note,) = room.notes.kept.values()
    assert (answer.status_code, answer.headers["location"]) == (303, f"/newsroom/notes/{note.id}")
    assert "Danh sách sẽ cập nhật trong giây lát." in lan.get(answer.headers["location"]).text


def test_lists_whose_store_is_away_do_not_undo_what_is_done(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    room.reading.away = AutoReconnect("away")

    first, second = lan.send(form, GOOD), lan.send(form, GOOD)

    assert (first.status_code, second.status_code) == (303, 303)
    assert len(room.notes.acts) == 1


def test_a_fault_after_the_command_is_not_taken_for_an_outage(room: Newsroom, lan: Reader) -> None:
    room.reading.away = OperationFailure("no such operator", 2)

    assert lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD).status_code == 500

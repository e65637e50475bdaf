"""A form that is sent a second time: with the same it acts once, with something else nothing is lost in silence."""

import pytest

from infra.event_store.errors import StoreUnavailable
from tests.builders.newsroom.reader import Files, FoundForm, Reader
from tests.web.foundation.conftest import Newsroom
from tests.web.foundation.test_forms import GOOD

OTHER = GOOD | {"title": "Lũ lên nhanh"}
SAVED = "đã được lưu. Nội dung dưới đây khác với bản đó"
UNKNOWN = "không nhận được trả lời"


def pdf(content: bytes) -> Files:
    return [("files", ("công văn.pdf", content, "application/pdf"))]


@pytest.fixture
def form(lan: Reader) -> FoundForm:
    return lan.form(lan.get("/newsroom/notes/new"))


def test_something_else_under_the_same_number_is_shown_again_beside_what_was_saved(
    room: Newsroom, lan: Reader, form: FoundForm
) -> None:
    first = lan.send(form, GOOD)

    second = lan.send(form, OTHER)

    assert second.status_code == 409
    assert SAVED in second.text
    assert f'<a href="{first.headers["location"]}">' in second.text
    again = lan.form(second)
    assert again.value("title") == OTHER["title"]
    assert again.value("form_id") != form.value("form_id")
    (note,) = room.notes.kept.values()
    assert note.draft.title == GOOD["title"]
    assert lan.send(again).status_code == 303
    assert sorted(note.draft.title for note in room.notes.kept.values()) == sorted([GOOD["title"], OTHER["title"]])


def test_a_change_sent_after_another_one_goes_on_from_what_was_saved(
    room: Newsroom, lan: Reader, form: FoundForm
) -> None:
    address = lan.send(form, GOOD).headers["location"]
    change = lan.form(lan.get(f"{address}/edit"))
    lan.send(change, {"title": "Lũ đã về"})

    second = lan.send(change, {"title": "Lũ sắp về"})

    assert second.status_code == 409
    assert SAVED in second.text
    assert "<del>đã</del>" in second.text
    assert lan.send(lan.form(second, "/edit")).status_code == 303
    assert [note.draft.title for note in room.notes.kept.values()] == ["Lũ sắp về"]


def test_another_file_of_the_same_name_and_size_is_something_else(room: Newsroom, lan: Reader, form: FoundForm) -> None:
    answers = [lan.send(form, GOOD, pdf(content)) for content in (b"%PDF-1", b"%PDF-1", b"%PDF-2")]

    assert [answer.status_code for answer in answers] == [303, 303, 409]
    assert room.notes.files == [("công văn.pdf", 6, b"%PDF")]


def test_the_same_may_be_sent_again_when_the_answer_was_lost(room: Newsroom, lan: Reader, form: FoundForm) -> None:
    room.notes.lost_answer = StoreUnavailable("away")
    lost = lan.send(form, GOOD)
    room.notes.lost_answer = None

    assert (lost.status_code, lan.send(form, GOOD).status_code) == (503, 303)
    assert len(room.notes.kept) == 1


def test_something_else_after_a_lost_answer_is_not_taken_for_what_was_sent_first(
    room: Newsroom, lan: Reader, form: FoundForm
) -> None:
    room.notes.lost_answer = StoreUnavailable("away")
    lan.send(form, GOOD)
    room.notes.lost_answer = None

    second = lan.send(form, OTHER)

    assert second.status_code == 409
    assert UNKNOWN in second.text
    assert lan.form(second).value("title") == OTHER["title"]
    assert lan.send(lan.form(second)).status_code == 303


def test_what_was_refused_is_put_right_under_the_same_number(room: Newsroom, lan: Reader, form: FoundForm) -> None:
    lan.send(form, GOOD | {"title": "twice"})

    assert lan.send(form, OTHER).status_code == 303
    assert len(room.notes.kept) == 1

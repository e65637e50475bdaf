"""What happens to a form that is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from tests.builders.newsroom.reader import Reader
from tests.web.foundation.conftest import Newsroom

GOOD = {"title": "Lũ về", "body": "<p>Nước lên nhanh.</p>", "section": "news", "day": "2025-11-20"}


def test_a_good_form_is_carried_out_by_who_is_signed_in_and_the_next_page_says_so(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    answer = lan.send(form, GOOD)

    (note,) = room.notes.kept.values()
    assert (answer.status_code, answer.headers["location"]) == (303, f"/newsroom/notes/{note.id}")
    assert note.draft.title == "Lũ về"
    assert str(room.notes.acts[0].correlation) == form.value("form_id")
    assert "Lũ về" in lan.get(answer.headers["location"]).text


def test_what_is_wrong_is_said_beside_its_field_and_on_top_and_nothing_typed_is_lost(
    room: Newsroom, lan: Reader
) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    remark = '{"$ne":1} {{ 7*7 }} <script>alert(1)</script>'

    answer = lan.send(form, GOOD | {"title": "", "day": "31/02/2025", "remark": remark})

    assert answer.status_code == 422
    assert 'id="writing-title-error"' in answer.text
    assert 'aria-describedby="writing-title-error"' in answer.text
    assert '<a href="#writing-day">' in answer.text
    again = lan.form(answer)
    assert again.value("remark") == remark
    assert again.value("body") == GOOD["body"]
    assert again.value("day") == "31/02/2025"
    assert again.value("form_id") == form.value("form_id")
    assert "<script>alert" not in answer.text
    assert room.notes.kept == {}


def test_the_regulations_refusal_stands_beside_the_field_that_it_is_about_with_clause_and_facts(lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    answer = lan.send(form, GOOD | {"title": "twice"})

    assert answer.status_code == 422
    beside = answer.text.split('id="writing-title-error"')[1].split("</p>")[0]
    assert "Tiêu đề “twice” đã có từ ngày 01/11/2025." in beside
    assert "QC2024 Đ10.1a" in beside


def test_a_form_sent_twice_acts_once_and_answers_the_same(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    first, second = lan.send(form, GOOD), lan.send(form, GOOD)

    assert len(room.notes.acts) == 1
    assert second.status_code == 303
    assert second.headers["location"] == first.headers["location"]


def test_two_sendings_at_the_same_time_act_once(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda _n: lan.send(form, GOOD), range(8)))

    assert len(room.notes.acts) == 1
    assert {answer.headers["location"] for answer in answers} == {answers[0].headers["location"]}


def test_a_form_that_was_refused_may_be_sent_again(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    refused = lan.send(form, GOOD | {"title": "twice"})
    accepted = lan.send(lan.form(refused), {"title": "once"})

    assert accepted.status_code == 303
    assert len(room.notes.acts) == 1


def test_a_stale_form_answers_409_and_shows_both_versions_side_by_side(room: Newsroom, lan: Reader) -> None:
    address = lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD).headers["location"]
    early = lan.form(lan.get(f"{address}/edit"))
    lan.send(lan.form(lan.get(f"{address}/edit")), {"title": "Lũ đã về"})

    stale = lan.send(early, {"title": "Lũ sắp về"})

    assert stale.status_code == 409
    assert "<del>đã</del>" in stale.text
    assert "<ins>sắp</ins>" in stale.text
    again = lan.form(stale, "/edit")
    assert (again.value("title"), again.value("expected_version")) == ("Lũ sắp về", "2")
    assert lan.send(again).status_code == 303
    assert next(iter(room.notes.kept.values())).draft.title == "Lũ sắp về"


def test_an_attempt_on_authority_is_answered_403_on_the_same_page(room: Newsroom, lan: Reader) -> None:
    address = lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD).headers["location"]

    answer = lan.send(lan.form(lan.get(address), "/clear"))

    assert answer.status_code == 403
    assert "QC2024 Đ10.1b" in answer.text
    assert "Lũ về" in answer.text
    assert len(room.notes.acts) == 1


def test_unknown_names_are_ignored_and_odd_ones_are_only_text(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    answer = lan.send(form, GOOD | {"title[$ne]": "1", "__proto__": "x", "$where": "1", "section": "law"})

    assert answer.status_code == 303
    assert next(iter(room.notes.kept.values())).draft.section == "law"


def test_a_choice_that_is_not_offered_is_refused(lan: Reader) -> None:
    answer = lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD | {"section": "sport"})

    assert answer.status_code == 422
    assert "writing-section-error" in answer.text


def test_vietnamese_dates_times_and_numbers_are_understood(room: Newsroom, lan: Reader) -> None:
    values = GOOD | {"day": "1/2/2025", "due": "20/11/2025 08:30", "count": "100", "channels": ["post", "zalo"]}

    assert lan.send(lan.form(lan.get("/newsroom/notes/new")), values).status_code == 303

    draft = next(iter(room.notes.kept.values())).draft
    assert draft.day == date(2025, 2, 1)
    assert draft.due == datetime(2025, 11, 20, 1, 30, tzinfo=UTC)
    assert (draft.count, draft.channels) == (100, ("post", "zalo"))


@pytest.mark.parametrize(("length", "status"), [(60, 303), (61, 422)])
def test_a_text_of_the_longest_length_is_taken_and_one_letter_more_is_not(
    lan: Reader, length: int, status: int
) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    assert lan.send(form, GOOD | {"title": "ữ" * length}).status_code == status


@pytest.mark.parametrize(("day", "status"), [("01/01/1900", 303), ("31/12/1899", 422), ("9999-12-31", 422)])
def test_a_day_is_one_that_people_mean(lan: Reader, day: str, status: int) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    assert lan.send(form, GOOD | {"day": day}).status_code == status


@pytest.mark.parametrize("body", ["", "<p><br></p>", "<p>&nbsp;</p><h2> </h2>"])
def test_a_formatted_text_without_words_counts_as_empty(lan: Reader, body: str) -> None:
    answer = lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD | {"body": body})

    assert "writing-body-error" in answer.text


def test_a_file_of_the_largest_size_comes_whole(room: Newsroom, lan: Reader) -> None:
    files = [("files", ("công văn.pdf", b"%PDF" + b"x" * 99_996, "application/pdf"))]

    assert lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD, files).status_code == 303

    assert room.notes.files == [("công văn.pdf", 100_000, b"%PDF")]


def test_a_file_over_the_limit_is_refused_beside_its_field_and_the_texts_stay(room: Newsroom, lan: Reader) -> None:
    files = [("files", ("lớn.pdf", b"%PDF" + b"x" * 5_000_000, "application/pdf"))]

    answer = lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD, files)

    assert answer.status_code == 422
    assert "lớn.pdf" in answer.text.split('id="writing-files-error"')[1].split("</p>")[0]
    assert lan.form(answer).value("title") == GOOD["title"]
    assert room.notes.kept == {}


def test_chosen_files_are_named_when_something_else_is_wrong(lan: Reader) -> None:
    files = [("files", ("a.pdf", b"%PDF", "application/pdf")), ("files", ("b.docx", b"PK", "x/y"))]

    answer = lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD | {"title": ""}, files)

    assert "a.pdf, b.docx" in answer.text


def test_a_session_that_ran_out_leads_back_to_the_same_form_with_everything_typed(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    room.clock.forward(minutes=16)

    answer = lan.send(form, GOOD | {"remark": "viết lâu", "channels": ["post"]})
    assert answer.headers["location"] == "/sign-in?next=%2Fnewsroom%2Fnotes%2Fnew"
    back = lan.sign_in("lan", "/newsroom/notes/new")
    page = lan.get(back.headers["location"])

    restored = lan.form(page)
    assert [restored.value(name) for name in ("title", "body", "remark", "section")] == [
        GOOD["title"], GOOD["body"], "viết lâu", "news",
    ]  # fmt: skip
    assert restored.value("channels") == "post"
    assert restored.value("form_id") == form.value("form_id")
    assert lan.send(restored).status_code == 303
    assert lan.form(lan.get("/newsroom/notes/new")).value("title") == ""


def test_a_draft_is_shown_to_its_author_only(lan: Reader, hung: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    lan.client.cookies.clear()
    lan.send(form, GOOD)

    assert hung.form(hung.get("/newsroom/notes/new")).value("title") == ""
    lan.sign_in("lan")
    assert lan.form(lan.get("/newsroom/notes/new")).value("title") == GOOD["title"]


def test_a_draft_can_be_discarded(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    room.clock.forward(hours=11)
    lan.send(form, GOOD)
    lan.sign_in("lan")

    lan.get(f"/newsroom/notes/new?discard={form.value('form_id')}")

    assert lan.form(lan.get("/newsroom/notes/new")).value("title") == ""


def test_a_form_opened_before_signing_in_again_is_shown_again_with_what_was_typed(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    room.clock.forward(seconds=1)
    lan.sign_in("lan")

    answer = lan.send(form, GOOD)

    assert answer.headers["location"] == "/newsroom/notes/new"
    assert lan.form(lan.get("/newsroom/notes/new")).value("title") == GOOD["title"]


def test_what_failed_through_a_fault_of_ours_may_be_sent_again(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    kept, room.notes.kept = room.notes.kept, None  # type: ignore[assignment]

    assert lan.send(form, GOOD).status_code == 500
    room.notes.kept = kept
    assert lan.send(form, GOOD).status_code == 303


def test_the_next_page_waits_until_the_read_model_knows_of_the_change(room: Newsroom, lan: Reader) -> None:
    lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD)

    assert room.reading.waited_for == [1]


def test_a_read_model_that_lags_is_admitted(room: Newsroom, lan: Reader) -> None:
    room.reading.in_time = False

    answer = lan.send(lan.form(lan.get("/newsroom/notes/new")), GOOD)

    page = lan.get(answer.headers["location"]).text
    assert "Đã lưu ghi chú." in page
    assert "Danh sách sẽ cập nhật trong giây lát." in page

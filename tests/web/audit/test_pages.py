"""What inspectors see and do: search, stories, entries, exports, verification; and that nobody else does."""

import csv
import html
import io
import json
import re
from typing import Any

import pytest
from httpx import Response

from services.audit.export_files import COLUMNS
from tests.builders.audit import ARTICLE, account_of
from tests.builders.newsroom.reader import Reader
from tests.builders.waiting import until
from tests.web.audit.conftest import Office

pytestmark = pytest.mark.servers

PURPOSE = "Đoàn kiểm tra quý IV năm 2026"


def follow(reader: Reader, answer: Response) -> Response:
    assert answer.status_code == 303, answer.text
    return reader.get(answer.headers["location"])


def exported(reader: Reader, query: str, file_format: str) -> Response:
    page = reader.get(f"/audit/exports/new{query}")
    answer = reader.send(reader.form(page), {"purpose": PURPOSE, "file_format": file_format})
    assert follow(reader, answer).status_code == 200
    return reader.get(answer.headers["location"] + "/file")


@pytest.mark.parametrize("login", ["reviewer", "head", "standing-deputy"])
def test_qc2024_18_19_1_those_charged_with_inspecting_see_the_log(office: Office, login: str) -> None:
    assert office.signed_in(login).get("/audit/acts").status_code == 200


@pytest.mark.parametrize("login", ["secretary", "editor1", "tech1"])
@pytest.mark.parametrize(
    "address", ["/audit/acts", "/audit/acts/content/1", f"/audit/things/{ARTICLE}", "/audit/exports", "/audit/exports/new",
                "/audit/verification", "/audit/verification/progress"]
)  # fmt: skip
def test_qc2024_19_1_nobody_else_sees_it(office: Office, login: str, address: str) -> None:
    reader = office.signed_in(login)

    assert reader.get(address).status_code == 403
    assert "/audit/acts" not in reader.get("/").text


def test_the_list_names_act_item_person_and_office_in_both_languages(reviewer: Reader) -> None:
    vi = reviewer.get("/audit/acts?kind=content").text
    reviewer.get("/audit/acts?lang=en")
    en = reviewer.get("/audit/acts?kind=content").text

    for words in ("Khởi công cầu Mã Đà", "Xuất bản (bước 3)", "thay mặt Phó Trưởng ban thường trực (12/QĐ-STTTT)"):
        assert words in " ".join(vi.split())
    for words in ("Work begins on the Ma Da bridge", "Published (step 3)", "not_the_standing_deputy"):
        assert words in en
    assert "Thư ký Ban Biên tập" in vi


def test_filters_narrow_the_list_and_stay_filled_in(reviewer: Reader) -> None:
    page = reviewer.get("/audit/acts?thing=ma+da&refused=yes&office=content-team")

    assert "content/6" in page.text
    assert "content/7" not in page.text
    assert 'value="ma da"' in page.text
    assert 'value="content-team" selected' in page.text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=2026-13-45", "Hãy nhập ngày"),
        ("since=2026-11-20&until=2026-11-19", "trước ngày bắt đầu"),
    ],
)
def test_a_wrong_date_is_told_beside_the_field(reviewer: Reader, query: str, said: str) -> None:
    page = reviewer.get(f"/audit/acts?{query}&thing=cau")

    assert page.status_code == 422
    assert said in page.text
    assert 'aria-invalid="true"' in page.text
    assert 'value="cau"' in page.text


@pytest.mark.parametrize("query", ["after=nonsense", "after=W10"])
def test_a_damaged_cursor_is_no_page(reviewer: Reader, query: str) -> None:
    assert reviewer.get(f"/audit/acts?{query}").status_code == 404


def test_pages_of_the_list_can_be_turned_both_ways_and_show_the_same_again(reviewer: Reader) -> None:
    def entries(page: str) -> list[str]:
        return re.findall(r"<code>([a-z]+/\d+)</code>", page)

    def turned(page: str, relation: str) -> str:
        found = re.search(rf'<a href="([^"]+)" rel="{relation}"', page)
        assert found
        return reviewer.get(html.unescape(found.group(1))).text

    first = reviewer.get("/audit/acts").text
    second = turned(first, "next")

    assert not set(entries(first)) & set(entries(second))
    assert entries(turned(second, "prev")) == entries(first)
    assert 'rel="prev"' not in first


@pytest.mark.parametrize(
    "thing", ['{"$ne":1}', "{{7*7}}", "<script>alert(1)</script>", "%00", "(((", "x" * 5_000, "content/99999999999999999999"]
)  # fmt: skip
def test_strange_words_find_nothing_and_are_shown_as_they_are(reviewer: Reader, thing: str) -> None:
    page = reviewer.get(f"/audit/acts?thing={thing}")

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert 'value="49"' not in page.text


def test_the_story_of_an_item_shows_every_step_with_its_waiting_time(reviewer: Reader) -> None:
    story = reviewer.get(f"/audit/things/{ARTICLE}").text

    for position in range(1, 9):
        assert f"content/{position}<" in story
    for words in ("Thiếu nguồn ảnh", "Sai số liệu", "1 giờ", "QC2024 Đ10.1b-3", "Thời gian chờ theo chức vụ"):
        assert words in story


def test_an_entry_shows_its_data_and_a_proof_that_holds(reviewer: Reader) -> None:
    page = reviewer.get("/audit/acts/content/7").text

    assert "Đúng từng byte" in page
    assert "dưới gốc đã được ký" in page
    assert "12/QĐ-STTTT" in page
    assert "sha256sum" in page


def test_an_entry_whose_event_was_changed_says_so(reviewer: Reader, office: Office) -> None:
    with office.tampering() as events:
        state = events.find_one({"_id": 7})["e"][0]["s"]  # type: ignore[index]
        events.update_one({"_id": 7}, {"$set": {"e.0.s": state.replace(b"12/", b"13/")}})
        assert "khác với dữ liệu đã ghi" in reviewer.get("/audit/acts/content/7").text

        events.delete_one({"_id": 7})
        assert "không còn sự kiện này" in reviewer.get("/audit/acts/content/7").text


@pytest.mark.parametrize(
    "address", ["/audit/acts/content/99", "/audit/acts/nobody/1", "/audit/things/none", f"/audit/exports/{ARTICLE}"]
)
def test_what_is_not_there_is_not_found(reviewer: Reader, address: str) -> None:
    assert reviewer.get(address).status_code == 404


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


def test_qc2024_19_1_an_export_tried_by_somebody_else_is_refused_and_recorded(reviewer: Reader, office: Office) -> None:
    secretary, before = office.signed_in("secretary"), office.own_events.count_documents({})
    form = secretary.form(secretary.get("/account/password"))
    form.action = "/audit/exports/new"
    form.fields = [(name, value) for name, value in form.fields if name != "form_name"] + [("form_name", "export")]

    answer = secretary.send(form, {"purpose": PURPOSE, "file_format": "csv"})

    assert answer.status_code == 403
    until(lambda: "not_an_inspector" in reviewer.get("/audit/acts?refused=yes&kind=audit").text)
    assert office.own_events.count_documents({}) == before + 1


def verified(reader: Reader, office: Office) -> str:
    form = reader.form(reader.get("/audit/verification"), "/audit/verification")
    assert reader.send(form).status_code == 303

    def ended() -> bool:
        last = office.audit.desk.inspections.last()
        return last is not None and str(last.id) == form.value("form_id") and last.ended_at is not None

    until(ended)
    return reader.get("/audit/verification").text


def test_a_check_of_untouched_logs_says_intact_and_is_recorded(reviewer: Reader, office: Office) -> None:
    office.audit.desk.store["inspections"].delete_many({})
    assert "Chưa có lần kiểm chứng nào" in reviewer.get("/audit/verification").text

    page = verified(reviewer, office)

    assert "Toàn bộ nguyên vẹn" in page
    until(lambda: "Đã kiểm chứng nhật ký" in reviewer.get("/audit/acts?kind=audit.inspection").text)


def test_a_check_names_service_and_position_of_what_was_done(reviewer: Reader, office: Office) -> None:
    with office.tampering() as events:
        state = events.find_one({"_id": 5})["e"][0]["s"]  # type: ignore[index]
        events.update_one({"_id": 5}, {"$set": {"e.0.s": state.replace("Thiếu".encode(), "Thừa".encode())}})
        events.delete_one({"_id": 2})
        page = verified(reviewer, office)

    assert "Toàn bộ nguyên vẹn" not in page
    assert ">content/5</a></strong> đã bị sửa" in page
    assert ">content/2</a></strong> bị thiếu" in page


def test_names_leave_the_pages_when_the_board_erases_them(reviewer: Reader, office: Office) -> None:
    people, account = office.audit.desk.people, str(account_of("secretary"))
    name = people.name_of(account)
    before = reviewer.get("/audit/acts?office=secretary").text

    people.erase(account)

    after = reviewer.get("/audit/acts?office=secretary").text
    people.put(account, {"name": name})
    assert name is not None
    assert name in before
    assert name not in after
    assert "không rõ tên hoặc đã xóa" in after

"""What inspectors see and do: search, stories, entries, verification; and that nobody else does."""

import html
import re

import pytest

from tests.builders.audit import ARTICLE, account_of
from tests.builders.newsroom.reader import Reader
from tests.builders.waiting import until
from tests.web.audit.conftest import Office

pytestmark = pytest.mark.servers


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

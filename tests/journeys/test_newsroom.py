"""The newsroom at its forms: what cannot be taken is told beside the field, nothing typed is lost, nothing acts twice."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.stack import Stack
from tests.builders.newsroom.reader import Files
from tests.builders.staff import ATTESTED, ITEM, SUBMISSION, Staff, done

pytestmark = pytest.mark.servers

ARRIVAL = {
    "title": "Thông báo của Sở Y tế",
    "channel": "email",
    "provider": "Sở Y tế",
    "classification": "announcement",
    "origin": "Thông báo",
    "purpose": "Đăng thông báo",
    "received_on": "2026-05-20",
}


@pytest.fixture(scope="module")
def editor(portal: Stack) -> Iterator[Staff]:
    with Staff(portal, "editor1") as member:
        yield member


def a_zip(name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, "x")
    return made.getvalue()


def attached(name: str, content: bytes) -> Files:
    return [("attachments", (name, content, "application/octet-stream"))]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("virus.docx", b"MZ\x90\x00" + b"\0" * 100, "Loại tệp này không được nhận"),
        ("a.docx", a_zip("word/document.xml"), "Loại tệp này không được nhận"),
        ("a.docx", b"PK\x03\x04 broken", "Tệp bị hỏng"),
        ("a.pdf", b"%PDF-1.7 without an end", "Tệp bị hỏng"),
        ("a.png", b"\x89PNG\r\n\x1a\n nothing else", "Ảnh bị hỏng"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "Loại tệp này không được nhận"),
        ("a.pdf", b"", "Tệp trống"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_beside_its_field(
    editor: Staff, name: str, content: bytes, sentence: str
) -> None:
    answer = editor.fill("/content/submissions/new", ARRIVAL, attached(name, content))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Thông báo của Sở Y tế" in answer.text
    assert name in answer.text


@pytest.mark.parametrize(
    "change", [{"title": ""}, {"title": "ơ" * 301}, {"received_on": "31/02/2026"}, {"channel": "fax"}, {"origin": ""}]
)
def test_what_cannot_be_recorded_is_shown_again_as_typed(editor: Staff, change: dict[str, str]) -> None:
    answer = editor.fill("/content/submissions/new", {**ARRIVAL, **change})

    assert answer.status_code == 422
    assert "Đăng thông báo" in answer.text
    assert 'aria-invalid="true"' in answer.text or "aria-describedby" in answer.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '{"$ne":1}', "{{7*7}}", "${7*7}", "' or 1=1 --"])
def test_text_is_only_ever_text(editor: Staff, text: str) -> None:
    answer = done(editor.fill("/content/submissions/new", {**ARRIVAL, "title": text, "provider": text}))
    found = SUBMISSION.search(answer.headers["location"])
    assert found
    page = editor.get(f"/content/submissions/{found.group(1)}").text

    assert "<script>alert" not in page
    assert "49" not in page.partition("<h1>")[2].partition("</h1>")[0]
    assert "alert(1)" in page or text.replace("'", "&#39;").replace('"', "&#34;") in page


def test_markup_comes_out_clean(editor: Staff) -> None:
    body = '<p onclick="x()" class="MsoNormal" style="color:red">A<script>b</script><o:p></o:p></p><iframe src="//x"></iframe>'
    item = editor.write("Sạch", body)
    page = editor.get(f"/content/articles/{item}").text.partition('class="manuscript"')[2].partition("</section>")[0]

    assert "<p>A</p>" in page
    assert "onclick" not in page
    assert "iframe" not in page


def test_a_form_sent_twice_acts_once(editor: Staff) -> None:
    page = editor.get("/content/articles/new")
    form = editor.form(page, "/content/articles/new")
    values: dict[str, Any] = {"title_vi": "Một lần", "kind": "news", "section": "tin-tuc"}

    first, second = (done(editor.send(form, values)) for _ in range(2))

    assert first.headers["location"] == second.headers["location"]
    found = ITEM.search(first.headers["location"])
    assert found
    assert editor.get(f"/content/articles/{found.group(1)}").text.count("Tạo tin bài") == 1


def test_a_stale_form_shows_both_versions_and_keeps_what_was_typed(portal: Stack, editor: Staff) -> None:
    item = editor.write("Hai người sửa")
    mine = editor.form(editor.get(f"/content/articles/{item}/edit"), "/edit")
    with Staff(portal, "editor2") as other:
        done(other.fill(f"/content/articles/{item}/edit", {"title_vi": "Bản của người kia"}))

    stale = editor.send(mine, {"title_vi": "Bản của tôi"})

    assert stale.status_code == 409
    assert "Bản của người kia" in stale.text
    assert 'value="Bản của tôi"' in stale.text
    done(editor.send(editor.form(stale, "/edit"), {}))


def test_who_may_not_is_told_the_clause(editor: Staff) -> None:
    item = editor.write("Không được xuất bản")

    refused = editor.act(item, "publish")

    assert refused.status_code == 403
    assert "QC2024 Đ10.1b" in refused.text


def test_nothing_leaves_step_1_incomplete(editor: Staff) -> None:
    item = editor.write("Thiếu nguồn", author="", source="")

    refused = editor.act(item, "send", **ATTESTED)

    assert refused.status_code == 422
    assert "danh mục nguồn chính thức" in refused.text


def test_an_item_that_is_not_there_is_a_plain_page(editor: Staff) -> None:
    missing = editor.get("/content/articles/00000000-0000-0000-0000-000000000000")
    wrong = editor.get("/content/articles/xyz")

    assert missing.status_code == 404
    assert wrong.status_code in (404, 422)
    assert "Traceback" not in missing.text + wrong.text


def test_a_file_over_the_limit_is_refused_while_it_streams(editor: Staff) -> None:
    answer = editor.fill(
        "/content/submissions/new", ARRIVAL, attached("a.pdf", b"%PDF-1.7" + b"0" * (51 * 1024 * 1024))
    )

    assert answer.status_code in (413, 422)
    assert "50" in answer.text


def test_what_is_not_public_is_previewed_as_the_public_page_with_all_that_it_refers_to(editor: Staff) -> None:
    item = editor.write("Xem trước bài này", "<p>Nội dung <strong>đậm</strong>.</p>")

    page = editor.get(f"/content/articles/{item}/preview/vi")
    sheet = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]

    assert page.status_code == 200
    assert "Xem trước bài này" in page.text
    assert "<p>Nội dung <strong>đậm</strong>.</p>" in page.text
    assert "Trang chưa được công khai" in page.text
    assert editor.get(sheet).status_code == 200
    assert editor.get(f"/content/articles/{item}/preview/en").status_code == 200
    assert editor.get(f"/content/articles/{item}/preview/fr").status_code == 404


def test_the_person_behind_a_submission_can_be_forgotten(editor: Staff) -> None:
    answer = done(editor.fill("/content/submissions/new", {**ARRIVAL, "person": "Nguyễn Thị Người Gửi, 0900000000"}))
    found = SUBMISSION.search(answer.headers["location"])
    assert found
    address = f"/content/submissions/{found.group(1)}"
    assert "Người Gửi" in editor.get(address).text

    done(editor.fill(f"{address}/erase-person", {"ground": "asked"}))

    assert "Người Gửi" not in editor.get(address).text
    assert "đã xóa" in editor.get(address).text

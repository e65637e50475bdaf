"""The page of an item: one next step for each person, why it came back, what is still missing, what changed."""

import re
from datetime import UTC, datetime, timedelta

from tests.builders.staff import ATTESTED
from tests.web.content.day.conftest import Member, Newsroom

DELEGATED_UNTIL = datetime(2030, 12, 31, 17, tzinfo=UTC)
"""Midnight of the province, when the demo's delegation "01/QĐ-STTTT" has ended."""
_RED = re.compile(r'<a class="button" href="[^"]*/([^"/]+)">')
_BUTTON = re.compile(r'<a class="button[^"]*" href="[^"]*/([^"/]+)">')


def red(page: str) -> list[str]:
    """Name the acts behind red buttons."""
    return _RED.findall(page)


def offered(page: str) -> list[str]:
    """Name the acts behind all buttons."""
    return _BUTTON.findall(page)


def checks(page: str) -> list[str]:
    """Return the classes of the checklist: there, missing, outdated."""
    return re.findall(r'<li class="(there|missing|outdated)">', page)


def test_each_person_sees_one_red_button_the_next_step(
    editor: Member, secretary: Member, deputy: Member, head: Member
) -> None:
    item = editor.write("Một bước một nút")
    assert red(editor.look(item)) == ["send"]
    assert red(secretary.look(item)) == red(deputy.look(item)) == red(head.look(item)) == []

    editor.act(item, "send", **ATTESTED)
    assert red(secretary.look(item)) == ["clear"]
    assert red(editor.look(item)) == []

    secretary.act(item, "clear")
    assert red(deputy.look(item)) == ["publish"]

    deputy.act(item, "publish")
    assert red(editor.look(item)) == red(deputy.look(item)) == red(head.look(item)) == []
    assert "correct" in offered(editor.look(item))
    assert 'class="button danger"' in deputy.look(item)


def test_what_lacks_something_is_to_be_edited_first_and_says_what(editor: Member) -> None:
    item = editor.write("Chưa đủ", body="")

    page = editor.look(item)

    assert red(page) == ["edit"]
    assert "Nội dung chưa đủ" in page
    assert "Thiếu nội dung." in page


def test_what_was_sent_back_shows_the_reason_until_it_goes_on(editor: Member, secretary: Member) -> None:
    item = editor.sent("Bị chuyển trả")
    secretary.act(item, "return-to-team", reason="Bổ sung <b>tóm tắt</b>.")

    page = editor.look(item)
    assert "Thư ký Ban Biên tập chuyển trả:" in page
    assert "<blockquote>Bổ sung &lt;b&gt;tóm tắt&lt;/b&gt;.</blockquote>" in page
    assert red(page) == ["edit"]
    assert checks(page) == ["missing", "missing"]
    assert "chuyển trả:" in editor.look(f"{item}/edit")

    editor.act(item, "edit", summary_vi="Tóm tắt.")
    assert red(editor.look(item)) == ["send"]
    editor.act(item, "send", **ATTESTED)
    assert "chuyển trả:" not in editor.look(item)


def test_the_secretary_sees_what_changed_since_it_was_sent_back(editor: Member, secretary: Member) -> None:
    item = editor.sent("Diện tích", body="<p>Giữ nguyên.</p><p>Thu hồi 320 ha đất.</p>")
    secretary.act(item, "return-to-team", reason="Kiểm tra diện tích.")
    editor.act(item, "edit", body_vi="<p>Giữ nguyên.</p><p>Thu hồi 412 ha đất.</p>")
    editor.act(item, "send", **ATTESTED)

    for page in (secretary.look(item), secretary.look(f"{item}/clear")):
        assert "So với bản bị chuyển trả" in page
        assert "Thu hồi <del>320</del><ins>412</ins> ha đất." in page
        assert "… 1 đoạn không đổi …" in page


def test_the_deputy_sees_what_the_secretary_edited_and_what_differs_from_the_public_edition(
    editor: Member, secretary: Member, deputy: Member
) -> None:
    item = editor.sent("Nhan đề cũ")
    secretary.act(item, "edit", title_vi="Nhan đề mới")
    secretary.act(item, "clear")
    page = deputy.look(f"{item}/publish")
    assert "So với bản Tổ nội dung đã chuyển" in page
    assert "<del>cũ</del><ins>mới</ins>" in page
    assert "So với bản đang công khai" not in page

    deputy.act(item, "publish")
    editor.act(item, "correct", reason="Sai", change_note_vi="Sửa nhan đề.")
    editor.act(item, "edit", title_vi="Nhan đề khác")
    page = editor.look(item)
    assert "So với bản đang công khai" in page
    assert "<del>mới</del><ins>khác</ins>" in page
    assert "Đính chính bản 1" in page
    assert checks(page) == ["missing", "missing"]


def test_a_special_item_shows_what_is_missing_before_it_can_be_published(
    editor: Member, secretary: Member, deputy: Member, head: Member
) -> None:
    item = editor.sent("Đặc biệt")
    secretary.act(item, "flag-secretary", sensitivity="special", reason="Thu hồi đất.")
    secretary.act(item, "clear")

    page = deputy.look(item)
    assert checks(page) == ["there", "there", "missing", "missing"]
    assert "publish" not in offered(page)
    assert red(page) == ["opinion"]
    assert "chờ Trưởng ban đồng ý" in deputy.look(f"{item}/publish")

    assert red(head.look(item)) == ["agree"]
    head.act(item, "agree", board_view="Ban Biên tập nhất trí.")
    assert red(head.look(item)) == []
    deputy.act(item, "opinion", number="12/UBND-TH", favourable="")
    page = deputy.look(item)
    assert checks(page) == ["there", "there", "there", "outdated"]
    assert "Chủ tịch UBND tỉnh không đồng ý." in page

    deputy.act(item, "opinion", number="15/UBND-TH", favourable="yes")
    page = deputy.look(item)
    assert checks(page) == ["there"] * 4
    assert red(page) == ["publish"]


def test_an_agreement_to_other_content_does_not_count(editor: Member, secretary: Member, head: Member) -> None:
    item = editor.sent("Nhạy cảm")
    secretary.act(item, "flag-secretary", sensitivity="sensitive", reason="Chưa rõ.")
    head.act(item, "agree", board_view="Nhất trí.")
    secretary.act(item, "edit", summary_vi="Thêm tóm tắt.")

    page = head.look(item)

    assert "Sau đó nội dung đã được sửa." in page
    assert red(page) == ["agree"]


def test_a_stopped_item_says_why_and_is_not_offered_for_publication(
    editor: Member, secretary: Member, deputy: Member, head: Member
) -> None:
    item = editor.sent("Bị dừng")
    secretary.act(item, "clear")
    head.act(item, "stop", reason="Chờ ý kiến cấp trên.")

    page = deputy.look(item)
    assert "Trưởng ban đã dừng tin bài này:" in page
    assert "Chờ ý kiến cấp trên." in page
    assert "publish" not in offered(page)
    assert red(head.look(item)) == ["release"]


def test_qc2024_10_1b_3_the_secretary_sees_delegated_publishing_until_its_last_moment_only(
    newsroom: Newsroom, editor: Member, secretary: Member, deputy: Member
) -> None:
    item = editor.sent("Ủy quyền")
    secretary.act(item, "clear")

    page = secretary.look(item)
    assert red(page) == ["publish-for"]
    assert "Theo Quyết định số 01/QĐ-STTTT, hiệu lực đến hết ngày 31/12/2030" in page
    assert "publish-for" not in offered(deputy.look(item)) + offered(editor.look(item))
    with newsroom.on(DELEGATED_UNTIL - timedelta(microseconds=1), "secretary") as then:
        assert red(then.look(item)) == ["publish-for"]
    with newsroom.on(DELEGATED_UNTIL, "secretary") as then:
        page = then.look(item)
        assert red(page) == []
        assert "publish-for" not in offered(page)


def test_an_act_that_does_harm_looks_like_it(editor: Member, secretary: Member, deputy: Member) -> None:
    item = editor.sent("Sẽ gỡ")
    secretary.act(item, "clear")
    deputy.act(item, "publish")

    assert "panel act harm" in deputy.look(f"{item}/withdraw")
    assert "panel act harm" not in editor.look(f"{item}/correct")


def test_the_story_leads_to_what_each_edit_changed(editor: Member) -> None:
    item = editor.write("Trước")
    editor.act(item, "edit", title_vi="Sau", title_en="After", body_en="<p>Text.</p>")

    found = re.search(r'href="/content(/articles/[^"]+/changes\?since=1&amp;until=2)"', editor.look(item))
    assert found
    page = editor.look(found.group(1).replace("&amp;", "&"))

    assert "<del>Trước</del><ins>Sau</ins>" in page
    assert "<ins>After</ins>" in page
    assert editor.get(f"/content{item}/changes?since=0").status_code == 404
    assert editor.get("/content/articles/00000000-0000-0000-0000-000000000000/changes?since=1").status_code == 404

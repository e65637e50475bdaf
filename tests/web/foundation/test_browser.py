"""What happens in the browser itself."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.foundation.conftest import Newsroom
from tests.web.foundation.writing import fill_in, save

pytestmark = pytest.mark.browser

PASTES = Path(__file__).parent / "pastes"


def paste(page: Page, html: str) -> str:
    """Paste as Word or a browser would; returns what the form would send."""
    page.click(".jodit-wysiwyg")
    page.evaluate(
        """html => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            data.setData("text/plain", "plain");
            document.querySelector(".jodit-wysiwyg").dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        html,
    )
    page.wait_for_function("() => document.querySelector('textarea[name=body]').value.length > 10")
    return page.input_value("textarea[name=body]")


def test_a_form_is_written_in_the_editor_and_sent(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    save(page)

    expect(page.locator(".notice.done")).to_contain_text("Đã lưu ghi chú.")
    (note,) = room.notes.kept.values()
    assert note.draft.body == "<p>Nước lên nhanh.</p>"


def test_a_quick_double_click_acts_once(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    page.get_by_role("button", name="Lưu").dblclick(no_wait_after=True)

    expect(page.locator(".notice.done")).to_be_visible()
    assert len(room.notes.acts) == 1


def test_the_summary_of_mistakes_has_the_focus_and_its_links_lead_to_the_fields(page: Page) -> None:
    page.goto("/newsroom/notes/new")
    save(page)

    expect(page.locator(".summary")).to_be_focused()
    page.locator(".summary a", has_text="Nội dung").click()
    expect(page.locator(".jodit-wysiwyg")).to_be_focused()
    assert page.get_attribute(".jodit-wysiwyg", "aria-describedby") == "writing-body-error"
    assert page.get_attribute(".jodit-wysiwyg", "aria-invalid") == "true"


def test_word_pasted_into_the_editor_comes_out_clean(page: Page) -> None:
    page.goto("/newsroom/notes/new")

    html = paste(page, (PASTES / "word.html").read_text(encoding="utf-8"))

    assert "Về việc phòng, chống lụt bão" in html
    assert re.search(r"<h2>Mục đích</h2>", html)
    assert "<ul><li>Bảo vệ <strong>đê điều</strong></li><li>Sơ tán dân<ul><li>vùng thấp</li></ul></li></ul>" in html
    assert "<ol><li>Báo cáo</li><li>Kiểm tra</li></ol>" in html
    assert re.search(r"<table>.*<td>Đồng Xoài</td>.*</table>", html, re.DOTALL)
    assert "<em>khẩn trương</em>" in html
    for rest in ("mso", "style", "class", "o:p", "<span", "<font", "<!--", "file:///", "·"):
        assert rest not in html, rest
    expect(page.locator(".editor-notice")).to_contain_text("1 ảnh")


def test_google_docs_pasted_into_the_editor_comes_out_clean(page: Page) -> None:
    page.goto("/newsroom/notes/new")

    html = paste(page, (PASTES / "google_docs.html").read_text(encoding="utf-8"))

    assert html == (
        "<h2>Thông báo</h2><p>Ngày <strong>20/11</strong> nghỉ <em>học</em>.</p>"
        '<ul><li>Lớp 1</li><li>Lớp 2</li></ul><p><a href="https://example.vn/a?b=1&amp;c=2">Chi tiết</a></p>'
    )


def test_scripts_in_a_paste_neither_run_nor_stay(page: Page) -> None:
    page.goto("/newsroom/notes/new")

    html = paste(
        page,
        '<p onclick="x()">chữ và chữ</p><script>window.ran = 1</script><img src=x onerror="window.ran = 1">'
        '<a href="javascript:window.ran = 1">liên kết</a><svg onload="window.ran = 1"></svg><iframe src="//x"></iframe>',
    )

    assert html in {"<p>chữ và chữ</p>liên kết", "<p>chữ và chữ</p><p>liên kết</p>"}
    assert page.evaluate("window.ran") is None


def test_a_picture_dropped_into_the_text_is_described_uploaded_and_inserted(page: Page) -> None:
    page.goto("/newsroom/notes/new")
    page.click(".jodit-wysiwyg")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2])], "lũ.png", { type: "image/png" }));
            document.querySelector(".jodit-wysiwyg").dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    page.fill("#picture-alt", "Nước ngập đường 6 tháng 1")
    page.get_by_role("button", name="Chèn", exact=True).click()

    expect(page.locator(".jodit-wysiwyg img")).to_have_attribute("alt", "Nước ngập đường 6 tháng 1")
    assert 'src="/static/emblem.svg"' in page.input_value("textarea[name=body]")


def test_a_refused_picture_is_said_below_the_editor(page: Page) -> None:
    page.goto("/newsroom/notes/new")
    page.click(".jodit-wysiwyg")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Chèn ảnh").first.click()
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": b"GIF89a"})
    page.get_by_role("button", name="Chèn", exact=True).click()

    expect(page.locator(".editor-notice")).to_have_text("Đây không phải là ảnh.")


def test_chosen_files_stay_chosen_when_something_else_is_wrong(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page, title="")
    page.set_input_files("[name=files]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1"})
    save(page)
    expect(page.locator(".summary")).to_be_focused()

    page.fill("[name=title]", "Lũ về")
    save(page)

    expect(page.locator(".notice.done")).to_contain_text("Đã lưu ghi chú.")
    assert room.notes.files == [("a.pdf", 6, b"%PDF")]


def test_a_file_over_the_limit_is_said_before_it_is_sent(page: Page) -> None:
    page.goto("/newsroom/notes/new")
    page.set_input_files("[name=files]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x" * 100_001})

    expect(page.locator(".error.local")).to_contain_text("quá lớn")


def test_unsent_text_is_offered_again_after_the_page_was_left(page: Page) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    page.wait_for_function("() => Object.keys(localStorage).length > 0")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/newsroom/notes")
    page.goto("/newsroom/notes/new")

    page.locator(".autosaved").get_by_role("button", name="Khôi phục").click()

    assert page.input_value("[name=title]") == "Lũ về"
    expect(page.locator(".jodit-wysiwyg")).to_contain_text("Nước lên nhanh.")
    expect(page.locator("[name=section][value=news]")).to_be_checked()
    save(page)
    expect(page.locator(".notice.done")).to_be_visible()
    page.goto("/newsroom/notes/new")
    expect(page.locator(".autosaved")).to_have_count(0)


def test_an_expired_session_leads_through_signing_in_back_to_what_was_written(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    room.clock.forward(minutes=20)
    save(page)
    page.wait_for_url("**/sign-in?*")
    page.fill("[name=login]", "lan")
    page.fill("[name=password]", "right")
    page.click("main button[type=submit]")
    page.wait_for_url("**/newsroom/notes/new")

    expect(page.locator(".notice.restored")).to_be_visible()
    expect(page.locator(".autosaved")).to_have_count(0)
    save(page)

    expect(page.locator(".notice.done")).to_be_visible()
    (note,) = room.notes.kept.values()
    assert note.draft.body == "<p>Nước lên nhanh.</p>"


def test_a_command_asks_first_and_only_yes_carries_it_out(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    save(page)
    page.get_by_role("button", name="Thông qua").click()
    page.get_by_role("dialog").get_by_role("button", name="Hủy bỏ").click()
    assert len(room.notes.acts) == 1
    page.get_by_role("button", name="Thông qua").click()
    page.get_by_role("dialog").get_by_role("button", name="Thông qua").click()

    expect(page.locator(".summary")).to_contain_text("Chỉ Thư ký được thông qua.")


def test_vietnamese_composed_by_an_input_method_arrives_whole(page: Page) -> None:
    page.goto("/newsroom/notes/new")
    page.click(".jodit-wysiwyg")
    input_method = page.context.new_cdp_session(page)
    for composed in ("t", "tê", "tế", "tếp"):
        input_method.send("Input.imeSetComposition", {"text": composed, "selectionStart": 3, "selectionEnd": 3})
    input_method.send("Input.insertText", {"text": "tiếp nhận"})

    page.wait_for_function("() => document.querySelector('textarea[name=body]').value.includes('tiếp nhận')")
    assert page.input_value("textarea[name=body]") == "<p>tiếp nhận</p>"


def test_no_page_is_wider_than_a_phone(page: Page) -> None:
    for address in ("/newsroom/notes", "/newsroom/notes/new", "/style"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_a_click_into_the_empty_editor_is_nothing_typed(page: Page) -> None:
    page.goto("/newsroom/notes/new")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click(".jodit-wysiwyg")
    page.keyboard.type("a")
    page.wait_for_function("() => Object.keys(localStorage).length > 0")
    page.keyboard.press("Backspace")
    page.wait_for_function("() => Object.keys(localStorage).length === 0")

    page.goto("/newsroom/notes")

    assert asked == []

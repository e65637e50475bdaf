"""From a submission to a published, corrected, withdrawn and proven page, by five people at five browsers."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import Stack
from tests.builders.waiting import until
from tests.journeys.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.servers]

DOCUMENT = "profiles/binh-phuoc/demo/documents/quyet-dinh-2461-2019.docx"
TITLE = "Kiện toàn Ban Biên tập: văn bản đăng lại để tra cứu"


def submit(page: Page) -> None:
    page.click("main form .buttons button[type=submit]")
    page.wait_for_load_state()


def is_public(address: str) -> bool:
    return httpx.get(address).status_code == 200


def test_a_submission_becomes_a_published_corrected_withdrawn_and_proven_page(
    portal: Stack, sign_in: SignIn, reader: Page
) -> None:
    editor = sign_in("editor1")
    item = receive_and_accept(editor, portal)
    write_and_send(editor, item)

    secretary = sign_in("secretary")
    secretary.goto(f"{item}/return-to-team")
    secretary.fill("[name=reason]", "Bổ sung tóm tắt tiếng Anh.")
    submit(secretary)
    complete_and_send_again(editor, item)
    mark_sensitive_and_clear(secretary, item)
    deputy = sign_in("standing-deputy")
    head = sign_in("head")
    publish_after_the_head_agrees(deputy, head, item)

    addresses = [
        deputy.locator(f"a[href*='/{language}/van-ban-phap-luat/']").get_attribute("href") for language in ("vi", "en")
    ]
    read_it(reader, str(addresses[0]), str(addresses[1]))
    correct_it(editor, secretary, item)
    publish_after_the_head_agrees(deputy, head, item)
    until(lambda: "Sửa tên tác giả." in httpx.get(str(addresses[0])).text)
    withdraw_it(deputy, item)
    until(lambda: "Đăng nhầm chuyên mục." in httpx.get(str(addresses[0])).text)
    assert "Điều 1" in httpx.get(str(addresses[0])).text
    prove_it(sign_in("reviewer"), portal, item)


def receive_and_accept(editor: Page, portal: Stack) -> str:
    editor.goto(f"{portal.staff_url}/content/submissions/new")
    editor.fill("[name=title]", TITLE)
    editor.check("[name=channel][value=post]")
    editor.fill("[name=provider]", "UBND tỉnh Bình Phước")
    editor.select_option("[name=classification]", "legal-document")
    editor.fill("[name=origin]", "Văn phòng UBND tỉnh")
    editor.fill("[name=purpose]", "Công khai văn bản")
    editor.fill("[name=document_number]", "2461/QĐ-UBND")
    editor.set_input_files("[name=attachments]", DOCUMENT)
    submit(editor)
    editor.wait_for_url(re.compile(r"/content/submissions/[0-9a-f-]{36}$"))
    editor.click("a[href$='/accept']")
    editor.select_option("[name=section]", "van-ban-phap-luat")
    editor.select_option("[name=source]", "UBND tỉnh Bình Phước")
    submit(editor)
    editor.wait_for_url(re.compile(r"/content/articles/[0-9a-f-]{36}$"))
    expect(editor.locator("main")).to_contain_text("Chương I QUY ĐỊNH CHUNG")
    return editor.url


def write_and_send(editor: Page, item: str) -> None:
    editor.goto(f"{item}/edit")
    editor.click("#in-en-tab")
    editor.fill("[name=title_en]", "Reorganising the Editorial Board: republished for reference")
    area = editor.locator("#in-en .editor-field [contenteditable=true]")
    area.click()
    area.type("The decision of 2019 on the board and its regulation.")
    submit(editor)
    expect(editor.locator("main")).to_contain_text("Reorganising the Editorial Board")
    send(editor, item)


def send(editor: Page, item: str) -> None:
    editor.goto(f"{item}/send")
    submit(editor)
    expect(editor.locator(".summary")).to_be_visible()
    for attestation in ("accuracy", "lawfulness", "no_state_secret"):
        editor.check(f"[name=attest_{attestation}]")
    submit(editor)
    editor.wait_for_url(item)


def complete_and_send_again(editor: Page, item: str) -> None:
    editor.goto(f"{item}/edit")
    editor.click("#in-en-tab")
    editor.fill("[name=summary_en]", "Four chapters, thirteen articles.")
    submit(editor)
    editor.wait_for_url(item)
    send(editor, item)


def mark_sensitive_and_clear(secretary: Page, item: str) -> None:
    secretary.goto(f"{item}/flag-secretary")
    secretary.check("[name=sensitivity][value=sensitive]")
    secretary.fill("[name=reason]", "Liên quan đến nhân sự của Ban Biên tập.")
    submit(secretary)
    secretary.goto(f"{item}/clear")
    expect(secretary.locator("main")).to_contain_text("Điều 1")
    submit(secretary)


def publish_after_the_head_agrees(deputy: Page, head: Page, item: str) -> None:
    deputy.goto(f"{item}/publish")
    submit(deputy)
    expect(deputy.locator(".summary")).to_contain_text("QC2024 Đ10.2")
    head.goto(f"{item}/agree")
    head.fill("[name=board_view]", "Ban Biên tập thống nhất đăng.")
    submit(head)
    head.wait_for_url(item)
    deputy.goto(f"{item}/publish")
    submit(deputy)
    expect(deputy.locator("main")).to_contain_text("Đã xuất bản")


def read_it(reader: Page, vietnamese: str, english: str) -> None:
    until(lambda: is_public(vietnamese))
    reader.goto(vietnamese)
    expect(reader.locator("h1")).to_have_text(TITLE)
    expect(reader.locator("body")).to_contain_text("QC2024 Đ10.1b-3")
    until(lambda: is_public(english))
    reader.goto(english)
    expect(reader.locator("html")).to_have_attribute("lang", "en")
    expect(reader.locator("h1")).to_contain_text("Reorganising the Editorial Board")


def correct_it(editor: Page, secretary: Page, item: str) -> None:
    editor.goto(f"{item}/correct")
    editor.fill("[name=reason]", "Ghi sai tên tác giả")
    editor.fill("[name=change_note_vi]", "Sửa tên tác giả.")
    submit(editor)
    editor.goto(f"{item}/edit")
    editor.fill("[name=author]", "Chủ tịch UBND tỉnh Bình Phước")
    submit(editor)
    send(editor, item)
    secretary.goto(f"{item}/clear")
    submit(secretary)
    secretary.wait_for_url(item)


def withdraw_it(deputy: Page, item: str) -> None:
    deputy.goto(f"{item}/withdraw")
    deputy.fill("[name=explanation_vi]", "Đăng nhầm chuyên mục.")
    submit(deputy)
    deputy.wait_for_url(item)


def prove_it(reviewer: Page, portal: Stack, item: str) -> None:
    thing = item.rpartition("/")[2]
    story = f"{portal.staff_url}/audit/things/{thing}"
    until(lambda: reviewer.goto(story) is not None and "QC2019 Đ7.5" in reviewer.content())
    for clause in ("QC2024 Đ10.1a", "QC2024 Đ10.1b-1", "QC2024 Đ10.1b-2", "QC2024 Đ10.1b-3"):
        expect(reviewer.locator("main")).to_contain_text(clause)

    reviewer.goto(f"{portal.staff_url}/audit/verification")
    submit(reviewer)
    expect(reviewer.locator(".notice.done, .badge.good").first).to_be_visible(timeout=60_000)

    reviewer.goto(f"{portal.staff_url}/audit/exports/new?thing={thing}")
    submit(reviewer)
    expect(reviewer.locator(".summary")).to_be_visible()
    reviewer.fill("[name=purpose]", "Kiểm tra định kỳ quý I")
    submit(reviewer)
    reviewer.wait_for_url(re.compile(r"/audit/exports/[0-9a-f-]{36}"))
    with reviewer.expect_download() as taken:
        reviewer.click("a[href$='/file']")
    text = taken.value.path().read_text(encoding="utf-8-sig")
    assert "content.article.published" in text or "Đ10.1b-3" in text

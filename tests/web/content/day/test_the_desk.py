"""The desk: what waits for whoever is signed in, how long, and with whom everything else is."""

import re
from datetime import timedelta

from tests.web.content.day.conftest import MORNING, Member, Newsroom

ARRIVAL = {
    "title": "Lịch tiêm chủng",
    "channel": "post",
    "provider": "Sở Y tế",
    "classification": "announcement",
    "origin": "Thông báo của Sở",
    "purpose": "Đăng thông báo",
    "received_on": "2026-11-20",
}


def pile(page: str, name: str) -> str:
    """Return one pile of the desk; empty when it is not there."""
    return page.partition(f'id="pile-{name}"')[2].partition("</section>")[0]


def test_what_waits_for_a_person_stands_first_on_their_own_desk(
    editor: Member, secretary: Member, deputy: Member
) -> None:
    item = editor.write("Đi qua ba bàn")
    assert item in pile(editor.look("/"), "editing")
    assert item not in secretary.look("/").partition('id="way"')[0]

    editor.act(item, "send", attest_accuracy="yes", attest_lawfulness="yes", attest_no_state_secret="yes")
    assert item in pile(secretary.look("/"), "clearing")
    assert item not in pile(editor.look("/"), "editing")
    assert item in editor.look("/").partition('id="way"')[2]

    secretary.act(item, "clear")
    assert item in pile(deputy.look("/"), "publishing")
    assert "01/QĐ-STTTT" in pile(secretary.look("/"), "publishing")


def test_what_was_sent_back_comes_before_what_waits_longer(editor: Member, secretary: Member) -> None:
    longer = editor.write("Chờ lâu hơn")
    returned = editor.sent("Vừa bị trả")
    secretary.act(returned, "return-to-team", reason="Bổ sung.")

    waiting = pile(editor.look("/"), "editing")

    assert waiting.index(returned) < waiting.index(longer)
    assert "Chuyển trả" in waiting[waiting.index(returned) :].partition("</tr>")[0]


def test_a_line_says_how_long_it_waits_and_who_holds_it(newsroom: Newsroom, editor: Member) -> None:
    item = editor.sent("Chờ ba ngày")

    with newsroom.on(MORNING + timedelta(days=3), "secretary") as secretary:
        line = pile(secretary.look("/"), "clearing").partition(item)[2].partition("</tr>")[0]
        secretary.get("/content/?lang=en")
        in_english = secretary.look("/")

    assert "3 ngày" in line
    assert "Đỗ Minh Châu" in line
    assert "3 days" in in_english.partition(item)[2].partition("</tr>")[0]


def test_the_head_sees_sensitive_items_until_having_agreed_to_their_present_content(
    editor: Member, secretary: Member, head: Member
) -> None:
    item = editor.sent("Chờ Trưởng ban")
    assert item not in pile(head.look("/"), "head")

    secretary.act(item, "flag-secretary", sensitivity="sensitive", reason="Phức tạp.")
    assert item in pile(head.look("/"), "head")

    head.act(item, "agree", board_view="Nhất trí.")
    assert item not in pile(head.look("/"), "head")

    secretary.act(item, "edit", summary_vi="Đã sửa.")
    assert item in pile(head.look("/"), "head")


def test_submissions_wait_on_the_teams_desk_until_decided(editor: Member) -> None:
    recorded = editor.fill("/submissions/new", **ARRIVAL)
    address = recorded.headers["location"].removeprefix("/content")
    assert address in pile(editor.look("/"), "arrived")

    page = editor.look(f"{address}/accept")
    assert "Không có tệp Word" in page
    assert "Thông báo của Sở" in page
    refused = editor.fill(f"{address}/refuse", reason="", ground="Luật Báo chí")
    assert refused.status_code == 422
    assert "Luật Báo chí" in refused.text

    editor.act(address, "refuse", reason="Trùng nội dung", ground="QC2019 Đ3.5", notice="Thư điện tử")
    assert address not in pile(editor.look("/"), "arrived")
    told = editor.look(address)
    assert "<blockquote>Trùng nội dung</blockquote>" in told
    assert "Thư điện tử" in told


def test_who_only_reads_along_is_told_so(newsroom: Newsroom) -> None:
    assert "Bạn theo dõi tại đây" in newsroom.member("deputy").look("/")


def test_a_desk_says_how_much_waits(editor: Member) -> None:
    editor.write("Đếm được")

    page = editor.look("/")

    told = re.search(r"Có (\d+) việc chờ bạn xử lý", page)
    tallies = re.findall(r'class="tally">(\d+)<', page)
    assert told
    assert int(told.group(1)) == sum(int(tally) for tally in tallies)

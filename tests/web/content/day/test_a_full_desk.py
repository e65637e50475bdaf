"""A desk with more work than a page: what was sent back is still first, and all of it can be reached."""

from services.content.queries import PAGE_SIZE
from tests.web.content.day.conftest import Member


def test_more_than_a_page_of_work_leads_to_all_of_it(editor: Member, secretary: Member) -> None:
    for number in range(PAGE_SIZE + 1):
        editor.write(f"Bài số {number}")
    returned = editor.sent("Vừa bị trả")
    secretary.act(returned, "return-to-team", reason="Bổ sung.")

    waiting = editor.look("/").partition('id="pile-editing"')[2].partition("</section>")[0]

    assert f'class="tally">{PAGE_SIZE + 1}+<' in waiting
    assert 'href="/content/articles?step=editing"' in waiting
    assert returned in waiting.partition("</tr>")[2].partition("</tr>")[0]

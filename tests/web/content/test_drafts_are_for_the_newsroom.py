"""What is not public yet is read by the newsroom only, whichever page is asked and however it is asked."""

import io

import pytest

from services.content.messages import Attachment
from tests.builders.content import a_content
from tests.web.content.conftest import Enter, Office, posted

TITLE = a_content().texts["vi"].title
WRITTEN = {"form_name": "writing", "title_vi": "x", "kind": "news", "section": "tin-tuc", "expected_version": "99"}


@pytest.mark.parametrize("page", ["", "/edit", "/publish", "/send", "/withdraw", "/preview/vi"])
def test_no_page_of_an_item_shows_it_to_others(office: Office, signed_in: Enter, page: str) -> None:
    address = f"/content/articles/{office.item}{page}"
    lan, hung = signed_in("lan").get(address), signed_in("hung").get(address)

    assert (lan.status_code, TITLE in lan.text) == (200, True)
    assert (hung.status_code, TITLE in hung.text) == (403, False)


def test_a_form_that_seems_stale_does_not_show_others_what_is_stored(office: Office, signed_in: Enter) -> None:
    hung = signed_in("hung")

    answer = hung.send(posted(hung, f"/content/articles/{office.item}/edit", **WRITTEN))

    assert (answer.status_code, TITLE in answer.text) == (403, False)


def test_who_orders_an_act_of_another_office_is_recorded_and_shown_nothing(office: Office, signed_in: Enter) -> None:
    hung = signed_in("hung")
    order = posted(hung, f"/content/articles/{office.item}/stop", form_name="stop", expected_version="1", reason="x")

    answer = hung.send(order)

    assert (answer.status_code, TITLE in answer.text) == (403, False)
    assert office.refused() == ["content.attempt.refused"]


def test_files_are_for_the_newsroom_too(office: Office, signed_in: Enter) -> None:
    kept = office.desk.material.take(io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "a.pdf")
    assert isinstance(kept, Attachment)

    assert signed_in("lan").get(f"/files/{kept.file}").headers["content-disposition"].startswith("attachment")
    assert signed_in("hung").get(f"/files/{kept.file}").status_code == 403


@pytest.mark.parametrize("page", ["articles", "submissions"])
def test_a_made_up_place_in_a_list_is_no_page(signed_in: Enter, page: str) -> None:
    assert signed_in("lan").get(f"/content/{page}?after=%7B%22%24ne%22%3A1%7D").status_code == 404

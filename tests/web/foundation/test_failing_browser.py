"""What the browser does when sending fails: what was typed and the files that were chosen stay."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from infra.event_store.errors import StoreUnavailable
from tests.web.foundation.conftest import Newsroom
from tests.web.foundation.writing import fill_in, save

pytestmark = pytest.mark.browser

PDF = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1"}
AWAY = StoreUnavailable("away")
A_DAY_LATER = """() => {
  for (const key of Object.keys(localStorage)) {
    const entry = JSON.parse(localStorage.getItem(key));
    localStorage.setItem(key, JSON.stringify({ ...entry, at: entry.at - 24 * 60 * 60 * 1000 }));
  }
}"""
FROM_IN_FRONT = "<html><body><h1>413 Request Entity Too Large</h1></body></html>"


def intercept(page: Page, answer: Callable[[Route], None]) -> None:
    """Have something else than the portal answer what is sent next."""
    page.route("**/notes/new", lambda route: answer(route) if route.request.method == "POST" else route.continue_())


def open_again(page: Page) -> None:
    """Go to another page of the staff, then to the empty form."""
    page.goto("/newsroom/notes")
    page.goto("/newsroom/notes/new")


def restore(page: Page) -> None:
    page.locator(".autosaved").get_by_role("button", name="Khôi phục").click()


def save_in_vain(page: Page, room: Newsroom, failure: Exception = AWAY) -> None:
    """Send the form while nothing can be saved."""
    room.notes.failure = failure
    save(page)
    expect(page.locator("main.failure")).to_be_visible()
    room.notes.failure = None


def save_and_lose_the_answer(page: Page, room: Newsroom) -> None:
    """Send the form; it is saved, and nobody says so."""
    room.notes.lost_answer = AWAY
    save(page)
    expect(page.locator("main.failure")).to_be_visible()
    room.notes.lost_answer = None


def typed(page: Page) -> tuple[str, str]:
    return page.input_value("[name=title]"), page.input_value("textarea[name=body]")


def test_the_page_of_a_failure_sends_everything_again(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    save_in_vain(page, room)
    page.get_by_role("button", name="Gửi lại").click()

    expect(page.locator(".notice.done")).to_be_visible()
    (note,) = room.notes.kept.values()
    assert note.draft.body == "<p>Nước lên nhanh.</p>"
    page.goto("/newsroom/notes/new")
    expect(page.locator(".autosaved")).to_have_count(0)


@pytest.mark.parametrize("failure", [AWAY, ZeroDivisionError()], ids=["outage", "fault"])
def test_text_whose_sending_failed_is_offered_again_on_later_pages(
    page: Page, room: Newsroom, failure: Exception
) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    save_in_vain(page, room, failure)
    open_again(page)
    expect(page.locator(".autosaved")).to_contain_text("chưa rõ đã lưu hay chưa")
    restore(page)
    assert typed(page) == ("Lũ về", "<p>Nước lên nhanh.</p>")
    save(page)

    expect(page.locator(".notice.done")).to_be_visible()
    assert len(room.notes.kept) == 1


def test_text_that_met_a_closed_door_is_offered_again(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    intercept(page, lambda route: route.abort("connectionrefused"))
    save(page)
    page.wait_for_url("chrome-error://**")
    page.unroute_all()
    open_again(page)
    restore(page)

    assert typed(page) == ("Lũ về", "<p>Nước lên nhanh.</p>")
    save(page)
    expect(page.locator(".notice.done")).to_be_visible()
    assert len(room.notes.kept) == 1


def test_text_that_was_saved_although_the_answer_was_lost_is_not_saved_twice(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    save_and_lose_the_answer(page, room)
    open_again(page)
    restore(page)
    save(page)

    expect(page.locator(".notice.done")).to_be_visible()
    assert len(room.notes.kept) == 1


def test_what_is_restored_after_the_portal_has_forgotten_its_number_is_recorded_anew(
    page: Page, room: Newsroom
) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    save_and_lose_the_answer(page, room)
    page.evaluate(A_DAY_LATER)
    open_again(page)
    restore(page)
    page.fill("[name=title]", "Lũ đã rút")
    save(page)

    expect(page.locator(".notice.done")).to_be_visible()
    assert [note.draft.title for note in room.notes.kept.values()] == ["Lũ về", "Lũ đã rút"]


def test_saving_one_form_does_not_forget_another_whose_sending_failed(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    save(page)
    address = page.url
    page.goto("/newsroom/notes/new")
    fill_in(page, title="Bão về")
    save_in_vain(page, room)
    page.goto(f"{address}/edit")
    page.fill("[name=title]", "Lũ đã về")
    save(page)
    expect(page.locator(".notice.done")).to_be_visible()

    page.goto("/newsroom/notes/new")
    restore(page)
    assert page.input_value("[name=title]") == "Bão về"


def test_a_failure_leaves_the_form_and_its_files_and_is_said_above(page: Page, room: Newsroom) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    page.set_input_files("[name=files]", PDF)
    room.notes.failure = AWAY
    save(page)
    expect(page.locator(".notice.unsent")).to_be_focused()
    expect(page.locator(".notice.unsent")).to_contain_text("Tạm thời chưa phục vụ được.")
    room.notes.failure = None
    save(page)

    expect(page.locator(".notice.done")).to_be_visible()
    assert room.notes.files == [("a.pdf", 6, b"%PDF")]
    assert len(room.notes.kept) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda route: route.fulfill(status=413, body=FROM_IN_FRONT, content_type="text/html"), "quá lớn"),
        (lambda route: route.fulfill(status=502, body="", content_type="text/html"), "Không gửi được"),
        (lambda route: route.abort("connectionrefused"), "Không gửi được"),
    ],
    ids=["too large for the server in front", "an empty answer", "a closed door"],
)
def test_answers_that_are_not_the_portals_leave_the_form_and_its_files(
    page: Page, room: Newsroom, answer: Callable[[Route], None], said: str
) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    page.set_input_files("[name=files]", PDF)
    intercept(page, answer)
    save(page)
    expect(page.locator(".notice.unsent")).to_contain_text(said)
    expect(page.locator(".upload")).to_have_count(0)
    page.unroute_all()
    save(page)

    expect(page.locator(".notice.done")).to_be_visible()
    assert room.notes.files == [("a.pdf", 6, b"%PDF")]


def test_what_was_typed_otherwise_the_second_time_stands_below_what_is_said_of_the_first(
    page: Page, room: Newsroom
) -> None:
    page.goto("/newsroom/notes/new")
    fill_in(page)
    room.notes.lost_answer = AWAY
    save(page)
    room.notes.lost_answer = None
    open_again(page)
    restore(page)
    page.fill("[name=title]", "Lũ lên nhanh")
    save(page)

    expect(page.locator(".notice.differs")).to_be_focused()
    expect(page.locator(".autosaved")).to_have_count(0)
    assert page.input_value("[name=title]") == "Lũ lên nhanh"

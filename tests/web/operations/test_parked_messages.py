"""What could not be taken in is seen with its reason, tried again and, at last, given up; and all of that is on record."""

import pytest

from infra.operations.deeds import GIVEN_UP, READ_AGAIN, RETRIED, RETRIED_ALL
from tests.builders.newsroom.identities import HUNG, LAN
from tests.builders.newsroom.reader import Reader, forms_of
from tests.web.operations.conftest import ITEM, OTHER, Station

pytestmark = pytest.mark.servers
LIST = "/operations/parked"
ONE = f"{LIST}/audit/content/{ITEM}"
GIVE_UP = f"{LIST}/audit/content/1/give-up"


def press(reader: Reader, ending: str, page: str = LIST) -> int:
    """Press the button whose form goes to an address that ends so."""
    return reader.send(reader.form(reader.get(page), ending)).status_code


def test_when_nothing_is_parked_the_page_says_so_in_both_languages(station: Station, technician: Reader) -> None:
    assert station.taken_in == []
    assert "Không có gì bị tạm giữ" in technician.get(LIST).text
    technician.get(f"{LIST}?lang=en")
    assert "Nothing is parked" in technician.get(LIST).text


def test_what_is_parked_is_told_with_reason_item_attempts_and_what_waits_behind_it(
    station: Station, technician: Reader
) -> None:
    station.hear(ITEM, OTHER, ITEM)
    technician.get(f"{LIST}?lang=en")

    listed, one = technician.get(LIST).text, technician.get(ONE).text

    assert listed.count("This service failed while taking it in") == 2
    for said in ("content.article.published", str(ITEM), str(OTHER), "1 message<", "Audit hears Content"):
        assert said in listed
    assert "ValueError: a title of 312 characters does not fit" in one
    assert "Cầu Mã Đà" not in listed + one


def test_an_event_of_a_version_that_is_not_known_is_told_in_plain_words(station: Station, technician: Reader) -> None:
    station.hear(ITEM)
    message = station.parked.waiting()[0]
    station.parked.park(message.envelope, "UnknownVersion: version 3, and 1 is known here", station.clock())

    assert "phiên bản mới hơn" in technician.get(LIST).text


def test_a_retry_after_the_fault_is_corrected_takes_the_messages_in_and_is_on_record(
    station: Station, technician: Reader
) -> None:
    station.hear(ITEM, ITEM)
    assert press(technician, f"{ITEM}/retry") == 303
    assert "Sẽ thử trong vài giây" in technician.get(LIST).text

    station.fails = ""
    station.inbox.retry_asked()

    assert station.taken_in == [1, 2]
    page = technician.get(LIST).text
    assert "Không có gì bị tạm giữ" in page
    assert "Đã tiếp nhận" in page
    (deed,) = station.deeds.latest(10)
    assert (deed.account, deed.what, deed.about, deed.refused) == (LAN, RETRIED, str(ITEM), "")


def test_a_retry_that_fails_again_says_so(station: Station, technician: Reader) -> None:
    station.hear(ITEM)
    press(technician, f"{ITEM}/retry")

    station.inbox.retry_asked()

    page = technician.get(LIST).text
    assert "Vẫn lỗi" in page
    assert station.parked.waiting()[0].attempts == 2


def test_a_retry_that_fails_again_ends_also_for_what_waits_behind_and_shows_the_way_out(
    station: Station, technician: Reader
) -> None:
    station.hear(ITEM, ITEM, ITEM)
    press(technician, f"{ITEM}/retry")

    for _ in range(3):
        station.inbox.retry_asked()

    assert [kept.attempts for kept in station.parked.waiting()] == [2, 0, 0]
    page = technician.get(LIST)
    assert "Sẽ thử trong vài giây" not in page.text
    assert "Vẫn lỗi" in page.text
    assert technician.form(page, f"{ITEM}/retry")
    assert GIVE_UP in page.text


def test_everything_of_one_log_is_tried_again_with_one_button(station: Station, technician: Reader) -> None:
    station.hear(ITEM, OTHER)

    assert press(technician, "/parked/audit/content/retry") == 303

    assert station.parked.asked("content") == {ITEM, OTHER}
    assert station.deeds.latest(1)[0].what == RETRIED_ALL


def test_a_double_click_orders_once(station: Station, technician: Reader) -> None:
    station.hear(ITEM)
    form = technician.form(technician.get(LIST), f"{ITEM}/retry")

    assert {technician.send(form).status_code, technician.send(form).status_code} == {303}

    assert len(station.deeds.latest(10)) == 1


def test_giving_up_asks_why_and_lets_what_waits_behind_go_on(station: Station, technician: Reader) -> None:
    station.hear(ITEM, ITEM)
    page = technician.get(GIVE_UP)
    assert technician.send(technician.form(page), {"because": ""}).status_code == 422

    assert technician.send(technician.form(page), {"because": "Phiên bản 3 đã bị thu hồi."}).status_code == 303

    station.fails = ""
    station.inbox.retry_asked()
    assert station.taken_in == [2]
    assert "Phiên bản 3 đã bị thu hồi." in technician.get(LIST).text
    (given_up,) = station.parked.given_up()
    assert (given_up.by, given_up.because) == (LAN, "Phiên bản 3 đã bị thu hồi.")
    assert station.deeds.latest(1)[0].what == GIVEN_UP


def test_bytes_that_are_no_event_are_shown_read_again_and_given_up(station: Station, technician: Reader) -> None:
    station.parked.set_aside(
        "content", b"{\xff<script>", "content.events", "MalformedEnvelope: no JSON", station.clock()
    )
    digest = station.parked.unreadable()[0].id.rpartition("/")[2]
    here = f"/operations/unreadable/audit/content/{digest}"

    shown = technician.get(here).text
    assert "MalformedEnvelope: no JSON" in shown
    assert "&lt;script&gt;" in shown

    assert press(technician, f"{digest}/read") == 303
    assert station.parked.unreadable()[0].asked
    give_up = technician.form(technician.get(f"{here}/give-up"))
    assert technician.send(give_up, {"because": "Thử nghiệm."}).status_code == 303
    assert station.parked.unreadable() == []
    assert [deed.what for deed in station.deeds.latest(10)] == [GIVEN_UP, READ_AGAIN]


def test_qc2024_8_2_reviewers_see_it_all_and_change_nothing(
    station: Station, technician: Reader, reviewer: Reader
) -> None:
    station.hear(ITEM)
    form = technician.form(technician.get(LIST), f"{ITEM}/retry")
    seen = reviewer.get(LIST)

    assert str(ITEM) in seen.text
    assert [found.action for found in forms_of(seen)] == ["/sign-out"]
    form.fields = [(n, v) for n, v in form.fields if n != "csrf_token"]
    token = reviewer.form(reviewer.get(GIVE_UP)).value("csrf_token")
    assert reviewer.send(form, {"csrf_token": token}).status_code == 403
    assert station.parked.asked("content") == frozenset()
    (deed,) = station.deeds.latest(10)
    assert (deed.account, deed.refused) == (HUNG, "operations_are_for_the_technical_team")


def test_an_order_about_what_does_not_wait_any_more_is_refused_in_plain_words(
    station: Station, technician: Reader
) -> None:
    station.hear(ITEM)
    page = technician.get(LIST)
    station.parked.release("content/1")

    answer = technician.send(technician.form(page, f"{ITEM}/retry"))

    assert answer.status_code == 422
    assert "không còn gì đang chờ" in answer.text


@pytest.mark.parametrize("address", ["/operations/", "/operations/state", LIST, f"{LIST}/list", ONE, GIVE_UP])
def test_nobody_else_sees_how_the_system_fares(station: Station, technician: Reader, address: str) -> None:
    station.hear(ITEM)
    station.identities.holdings = ()

    assert technician.get(address).status_code == 403


def test_what_is_not_there_is_not_found(technician: Reader) -> None:
    unreadable = "/operations/unreadable/audit/content/abc"
    for address in (ONE, GIVE_UP, f"{LIST}/nowhere/content/{ITEM}", unreadable, f"{unreadable}/give-up"):
        assert technician.get(address).status_code == 404

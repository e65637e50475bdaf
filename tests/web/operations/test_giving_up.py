"""Who gives up a message gives up the one that was shown, or none; and what became of earlier orders stays true."""

import pytest

from infra.operations.deeds import GIVEN_UP
from tests.builders.newsroom.reader import Reader
from tests.web.operations.conftest import ITEM, OTHER, Station

pytestmark = pytest.mark.servers
LIST = "/operations/parked"
WHY = "Bài đã được đăng lại."
GONE = {
    "vi": "Thông điệp này không còn chờ với tư cách thông điệp bị lỗi",
    "en": "This message does not wait as the one that failed any more",
}


def give_up(position: int) -> str:
    return f"{LIST}/audit/content/{position}/give-up"


def retry(reader: Reader, ending: str) -> None:
    assert reader.send(reader.form(reader.get(LIST), f"{ending}/retry")).status_code == 303


def test_the_page_says_which_message_is_to_be_given_up(station: Station, technician: Reader) -> None:
    station.hear(OTHER, ITEM, ITEM)
    technician.get(f"{LIST}?lang=en")

    page = technician.get(give_up(2)).text

    for said in ("content.article.published", "<dt>Position</dt><dd>2</dd>", "Audit hears Content"):
        assert said in page
    assert give_up(2) in technician.get(LIST).text
    assert give_up(2) in technician.get(f"{LIST}/audit/content/{ITEM}").text
    assert technician.get(give_up(3)).status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("next_one", ["fails", "is_taken_in"])
def test_whoever_comes_second_gives_up_nothing_that_was_not_shown(
    station: Station, technician: Reader, language: str, next_one: str
) -> None:
    station.hear(ITEM, ITEM)
    technician.get(f"{LIST}?lang={language}")
    first, second = (technician.form(technician.get(give_up(1))) for _ in range(2))
    assert technician.send(first, {"because": "Phiên bản 3 đã bị thu hồi."}).status_code == 303
    station.fails = station.fails if next_one == "fails" else ""
    station.inbox.retry_asked()

    answer = technician.send(second, {"because": WHY})

    assert answer.status_code == 422
    for said in (GONE[language], WHY, "content.article.published", "<dd>1</dd>"):
        assert said in answer.text
    assert [decided.id for decided in station.parked.given_up()] == ["content/1"]
    assert [kept.id for kept in station.parked.waiting()] == (["content/2"] if next_one == "fails" else [])
    refused, _ = station.deeds.latest(10)
    assert (refused.what, refused.about, refused.refused) == (
        GIVEN_UP,
        "content/1",
        "message_does_not_wait_any_more",
    )


def test_bytes_that_somebody_else_gave_up_meanwhile_lose_nothing_typed(station: Station, technician: Reader) -> None:
    station.parked.set_aside("content", b"{", "content.events", "MalformedEnvelope: no JSON", station.clock())
    digest = station.parked.unreadable()[0].id.rpartition("/")[2]
    here = f"/operations/unreadable/audit/content/{digest}/give-up"
    first, second = (technician.form(technician.get(here)) for _ in range(2))
    assert technician.send(first, {"because": "Thử nghiệm."}).status_code == 303

    answer = technician.send(second, {"because": WHY})

    assert answer.status_code == 422
    assert GONE["vi"] in answer.text
    assert WHY in answer.text
    assert [decided.because for decided in station.parked.given_up()] == ["Thử nghiệm."]


def test_a_retry_of_what_was_given_up_since_is_not_said_to_have_been_taken_in(
    station: Station, technician: Reader
) -> None:
    station.hear(ITEM, OTHER)
    retry(technician, str(ITEM))
    retry(technician, str(OTHER))
    station.inbox.retry_asked()
    station.clock.forward(minutes=1)
    technician.send(technician.form(technician.get(give_up(1))), {"because": WHY})
    station.fails = ""
    station.inbox.retry_all()

    page = technician.get(LIST).text

    assert page.count("Sau đó có thông điệp bị bỏ qua") == 1
    assert page.count("Đã tiếp nhận") == 1


def test_a_retry_after_an_earlier_message_was_given_up_is_said_to_have_been_taken_in(
    station: Station, technician: Reader
) -> None:
    station.hear(ITEM)
    technician.send(technician.form(technician.get(give_up(1))), {"because": WHY})
    station.clock.forward(minutes=1)
    station.hear(ITEM)
    retry(technician, str(ITEM))
    station.fails = ""
    station.inbox.retry_asked()

    page = technician.get(LIST).text

    assert "Đã tiếp nhận" in page
    assert "Sau đó có thông điệp bị bỏ qua" not in page

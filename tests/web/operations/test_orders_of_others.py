"""QC2024 Đ8.2: whoever has no business here is shown nothing, whatever is sent, and each attempt is on record."""

import pytest

from infra.operations.deeds import GIVEN_UP, READ_AGAIN, RETRIED, RETRIED_ALL
from tests.builders.newsroom.identities import HUNG
from tests.builders.newsroom.reader import FoundForm, Reader, forms_of
from tests.web.operations.conftest import ITEM, Station

pytestmark = pytest.mark.servers
REASON = "a title of 312 characters does not fit"
ORDERS = {
    f"parked/audit/content/{ITEM}/retry": (RETRIED, "retry"),
    "parked/audit/content/retry": (RETRIED_ALL, "retry"),
    "parked/audit/content/1/give-up": (GIVEN_UP, "give-up"),
    "unreadable/audit/content/{digest}/read": (READ_AGAIN, "retry"),
    "unreadable/audit/content/{digest}/give-up": (GIVEN_UP, "give-up"),
}


@pytest.fixture
def digest(station: Station) -> str:
    station.hear(ITEM, ITEM)
    station.parked.set_aside("content", b"{", "content.events", REASON, station.clock())
    return station.parked.unreadable()[0].id.rpartition("/")[2]


@pytest.mark.parametrize("named", [True, False], ids=["with-the-form's-name", "without"])
@pytest.mark.parametrize("order", ORDERS)
def test_an_order_of_somebody_who_may_not_look_is_forbidden_shows_nothing_and_is_on_record(
    station: Station, editor: Reader, digest: str, order: str, *, named: bool
) -> None:
    what, form_name = ORDERS[order]
    token = forms_of(editor.get("/newsroom/notes"))[0].value("csrf_token")
    fields = [("csrf_token", token), ("because", "Không cần nữa."), *([("form_name", form_name)] if named else [])]

    answer = editor.send(FoundForm(f"/operations/{order.format(digest=digest)}", fields))

    assert answer.status_code == 403
    for hidden in ("content.article.published", REASON, str(HUNG), "tạm giữ"):
        assert hidden not in answer.text
    (deed,) = station.deeds.latest(10)
    assert (deed.account, deed.what, deed.refused) == (HUNG, what, "operations_are_for_the_technical_team")
    assert station.parked.asked("content") == frozenset()
    assert station.parked.given_up() == []
    assert [kept.asked for kept in station.parked.unreadable()] == [False]


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_of_a_reviewer_is_on_record_also_when_its_form_is_not_whole(
    station: Station, reviewer: Reader, digest: str, order: str
) -> None:
    token = forms_of(reviewer.get("/operations/parked"))[0].value("csrf_token")

    answer = reviewer.send(FoundForm(f"/operations/{order.format(digest=digest)}", [("csrf_token", token)]))

    assert answer.status_code == 422
    (deed,) = station.deeds.latest(10)
    assert (deed.account, deed.what, deed.refused) == (HUNG, ORDERS[order][0], "operations_are_for_the_technical_team")

"""A reviewer keeps searches under names; each sees the own ones only, and a deletion can be taken back."""

from collections.abc import Iterator

import pytest
from httpx import Response

from tests.builders.newsroom.reader import Reader
from tests.web.audit.conftest import Office

pytestmark = pytest.mark.servers

QUERY = "?thing=ma+da&refused=yes"


def kept(reader: Reader, name: str, query: str = QUERY) -> Response:
    return reader.send(reader.form(reader.get(f"/audit/searches/new{query}")), {"name": name})


def pressed(reader: Reader, page: str, action: str) -> Response:
    return reader.send(reader.form(reader.get(page), action), {})


def id_of(office: Office, name: str) -> str:
    found = office.audit.desk.store["saved_searches"].find_one({"name": name})
    assert found is not None
    return str(found["_id"])


@pytest.fixture(autouse=True)
def nothing_kept(office: Office) -> Iterator[None]:
    yield
    office.audit.desk.store["saved_searches"].delete_many({})


def test_a_kept_search_is_offered_beside_the_search_and_finds_the_same(reviewer: Reader) -> None:
    answer = kept(reviewer, "Bị từ chối ở Mã Đà")

    assert answer.status_code == 303
    page = reviewer.get("/audit/acts").text
    assert "Bị từ chối ở Mã Đà" in page
    assert "/audit/acts?thing=ma+da&amp;refused=yes" in page


def test_a_search_belongs_to_whoever_kept_it(reviewer: Reader, office: Office) -> None:
    kept(reviewer, "Của tôi")
    head, number = office.signed_in("head"), id_of(office, "Của tôi")

    assert "Của tôi" not in head.get("/audit/searches").text
    assert head.get(f"/audit/searches/{number}/rename").status_code == 404


def test_a_name_stands_once_and_what_was_typed_is_not_lost(reviewer: Reader) -> None:
    kept(reviewer, "Hàng tuần")

    again = kept(reviewer, "Hàng tuần", "?kind=board")

    assert again.status_code == 422
    assert "đã có tìm kiếm mang tên này" in again.text
    assert 'value="Hàng tuần"' in again.text


def test_a_search_is_renamed(reviewer: Reader, office: Office) -> None:
    kept(reviewer, "Tên cũ")
    address = f"/audit/searches/{id_of(office, 'Tên cũ')}/rename"

    assert reviewer.send(reviewer.form(reviewer.get(address)), {"name": "Tên mới"}).status_code == 303

    page = reviewer.get("/audit/searches").text
    assert "Tên mới" in page
    assert "Tên cũ" not in page


def test_a_deleted_search_is_gone_and_comes_back_when_the_deletion_is_undone(reviewer: Reader, office: Office) -> None:
    kept(reviewer, "Xóa nhầm")
    number = id_of(office, "Xóa nhầm")

    gone = pressed(reviewer, "/audit/searches", f"/audit/searches/{number}/delete")
    assert "Xóa nhầm" not in reviewer.get("/audit/acts").text
    back = pressed(reviewer, gone.headers["location"], f"/audit/searches/{number}/restore")

    assert back.status_code == 303
    assert "Xóa nhầm" in reviewer.get("/audit/acts").text


def test_a_search_does_not_come_back_over_another_of_its_name(reviewer: Reader, office: Office) -> None:
    kept(reviewer, "Trùng tên")
    number = id_of(office, "Trùng tên")
    gone = pressed(reviewer, "/audit/searches", f"/audit/searches/{number}/delete")
    kept(reviewer, "Trùng tên", "?kind=board")

    answer = pressed(reviewer, gone.headers["location"], f"/audit/searches/{number}/restore")

    assert answer.status_code == 422
    assert "đã có tìm kiếm mang tên này" in answer.text


def test_nobody_is_asked_for_a_name_for_a_search_of_somebody_who_does_not_inspect(office: Office) -> None:
    assert office.signed_in("secretary").get("/audit/searches").status_code == 403


def test_when_somebody_is_erased_the_searches_go_too(reviewer: Reader, office: Office) -> None:
    kept(reviewer, "Sẽ mất")
    searches = office.audit.desk.searches
    account = office.audit.desk.store["saved_searches"].find_one({"name": "Sẽ mất"})

    assert account is not None
    searches.forget(account["account"])

    assert "Sẽ mất" not in reviewer.get("/audit/searches").text

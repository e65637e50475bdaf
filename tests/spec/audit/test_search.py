"""Filters as somebody types them into the address, and as they are stored."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.audit.queries.criteria import Criteria
from services.audit.ui.search import NO_DATE, Search

PROVINCE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("day", ["31/12/9999", "0001-01-01", "31/02/2026", "yesterday"])
def test_a_day_that_cannot_be_reckoned_with_is_told_and_no_fault(day: str) -> None:
    search = Search.read({"since": day, "until": day}, PROVINCE)

    assert search.wrong == {"since": NO_DATE, "until": NO_DATE}
    assert (search.texts["since"], search.criteria.since, search.criteria.until) == (day, None, None)


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(),
        Criteria(
            "a", "b", "c", "d", datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC), refused=True
        ),
        Criteria(thing="cầu", things=("one", "two")),
        Criteria(thing="no such words", things=()),
    ],
)
def test_criteria_that_an_event_has_stored_are_read_as_they_were(criteria: Criteria) -> None:
    assert Criteria.read(criteria.as_record()) == criteria


def test_criteria_that_were_stored_without_ids_are_read_too() -> None:
    assert Criteria.read({"thing": "cầu"}) == Criteria(thing="cầu", things=None)

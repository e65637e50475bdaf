"""Filters as somebody types them into the address."""

from zoneinfo import ZoneInfo

import pytest

from services.audit.ui.search import NO_DATE, Search

PROVINCE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("day", ["31/12/9999", "0001-01-01", "31/02/2026", "yesterday"])
def test_a_day_that_cannot_be_reckoned_with_is_told_and_no_fault(day: str) -> None:
    search = Search.read({"since": day, "until": day}, PROVINCE)

    assert search.wrong == {"since": NO_DATE, "until": NO_DATE}
    assert (search.texts["since"], search.criteria.since, search.criteria.until) == (day, None, None)

"""What the search form asks for: read from the address, so that every search can be kept as a link."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from infra.web.languages import msg
from services.audit.queries.criteria import Criteria

FILTERS = ("account", "office", "thing", "kind", "since", "until", "refused")
LONGEST = 300
_YEARS = range(1900, 2200)
"""Years that people mean: the day after the last one, and midnight in any time zone, can still be reckoned."""
NO_DATE = msg("Write a date, such as 20/11/2025.")
WRONG_ORDER = msg("This day is before the first one.")


@dataclass(frozen=True, slots=True)
class Search:
    """The filters as they were typed, and what is wrong with them by name; `texts` has every filter."""

    texts: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    criteria: Criteria = field(default_factory=Criteria)

    @classmethod
    def read(cls, given: Mapping[str, str], timezone: ZoneInfo) -> "Search":
        """Read the filters of an address; days are days of the province, the last one included."""
        texts = {name: given.get(name, "").strip()[:LONGEST] for name in FILTERS}
        days = {name: _day(texts[name]) for name in ("since", "until")}
        wrong = {name: NO_DATE for name, day in days.items() if texts[name] and day is None}
        since, until = days["since"], days["until"]
        if since and until and until < since:
            wrong["until"] = WRONG_ORDER
        criteria = Criteria(
            account=texts["account"],
            office=texts["office"],
            thing=texts["thing"],
            kind=texts["kind"],
            since=_midnight(since, timezone),
            until=_midnight(until and until + timedelta(days=1), timezone),
            refused=bool(texts["refused"]),
        )
        return cls(texts, wrong, criteria)

    @classmethod
    def of(cls, criteria: Criteria, timezone: ZoneInfo) -> "Search":
        """Return the search that asks for these criteria, so that it can be shown or repeated."""
        since, until = criteria.since, criteria.until
        texts = {name: getattr(criteria, name) for name in ("account", "office", "thing", "kind")}
        texts["since"] = since.astimezone(timezone).date().isoformat() if since else ""
        last = until.astimezone(timezone) - timedelta.resolution if until else None
        texts["until"] = last.date().isoformat() if last else ""
        return cls({**texts, "refused": "yes" if criteria.refused else ""}, criteria=criteria)

    @property
    def narrows(self) -> bool:
        """Tell whether anything restricts the search."""
        return any(self.texts.values())

    def address(self, path: str, **more: str) -> str:
        """Return the address of a page with these filters."""
        query = urlencode({**{name: text for name, text in self.texts.items() if text}, **more})
        return f"{path}?{query}" if query else path


def _day(text: str) -> date | None:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        return day if day.year in _YEARS else None
    return None


def _midnight(day: date | None, timezone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), timezone)

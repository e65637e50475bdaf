"""Law on Access to Information: how soon what concerns the public is published, and what is wrong is corrected."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

PUBLISHED_WITHIN_DAYS = 5
"""Working days from when information was made until it is published (Luật Tiếp cận thông tin Đ18.4)."""
CORRECTED_WITHIN_DAYS = 5
"""Working days from when information was found wrong until it is corrected (Luật Tiếp cận thông tin Đ32.1)."""
PUBLISHING = "Luật TCTT Đ18.4"
CORRECTING = "Luật TCTT Đ32.1"

_SATURDAY = 5


def end_of_working_days(begun: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the instant after so many working days in the province; the day of the beginning does not count.

    Saturdays and Sundays are left out. Public holidays are not known here: a deadline is never told too late.

    >>> end_of_working_days(datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("UTC")), 5, ZoneInfo("UTC")).isoformat()
    '2026-11-28T00:00:00+00:00'
    """
    day, left = begun.astimezone(zone).date(), days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return datetime.combine(day + timedelta(days=1), time(), zone)

"""How long something has been waiting, as a person would say it."""

from datetime import datetime

from babel.dates import format_timedelta

from infra.web.page import Page


def waited(page: Page, since: datetime) -> str:
    """Return the time since an instant in its largest unit: `3 ngày`, `2 hours`; never less than a minute."""
    return format_timedelta(page.now - since, granularity="minute", threshold=1, locale=page.language)

"""How durations and topics are said."""

from datetime import timedelta

from infra.web.languages import msg
from infra.web.page import Page

_DAYS, _HOURS, _MINUTES, _SECONDS = msg("{days} d {hours} h"), msg("{hours} h {minutes} min"), msg("{minutes} min"), msg("{seconds} s")  # fmt: skip
_AT_ONCE = msg("at once")


def duration(page: Page, lasted: timedelta) -> str:
    """Say how long something took, in its two largest units."""
    seconds = max(0, int(lasted.total_seconds()))
    minutes, hours = seconds // 60, seconds // 3600
    if hours >= 24:  # noqa: PLR2004 - hours of a day
        return page.say(_DAYS, days=hours // 24, hours=hours % 24)
    if hours:
        return page.say(_HOURS, hours=hours, minutes=minutes % 60)
    if minutes:
        return page.say(_MINUTES, minutes=minutes)
    return page.say(_SECONDS, seconds=seconds) if seconds else page.say(_AT_ONCE)


def topic_words(page: Page, topic: str) -> str:
    """Say what happened; a topic that this version does not know is shown as it is."""
    return page.kit.catalogues.words(page.language).pgettext("topic", topic)

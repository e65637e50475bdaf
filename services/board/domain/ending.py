"""Ending sessions: after everything on record, so that a session begun a moment before ends too."""

from dataclasses import replace
from datetime import datetime, timedelta

from infra.kernel.act import Act

_NEXT_INSTANT = timedelta(microseconds=1)


def ending(act: Act, last: datetime) -> Act:
    """Return the act that ends all sessions, moved behind the last thing on record where that has overtaken it.

    A session counts from the instant at which sessions are valid on. Whoever asked to come in after this act was asked for,
    and was recorded before it, would otherwise stay.
    """
    return act if act.at >= last else replace(act, at=last + _NEXT_INSTANT)

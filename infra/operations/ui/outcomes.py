"""What became of an order about parked messages, as far as what waits and what was given up can tell."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from infra.messaging.parked import GivenUp, UnreadableMessage
from infra.operations.deeds import GIVEN_UP, RETRIED_ALL, Deed
from infra.operations.tending import Stuck
from infra.web.languages import msg

OUTCOMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "coming": ("waiting", msg("Comes within seconds")),
        "failed": ("bad", msg("Failed again")),
        "taken_in": ("good", msg("Taken in")),
        "given_up_since": ("plain", msg("A message was given up since")),
        "passed_over": ("plain", msg("Passed over")),
        "refused": ("bad", msg("Refused")),
    }
)
"""What became of an order: the tone and the words of its badge."""


def outcome(
    deed: Deed,
    stuck: Sequence[Stuck],
    unreadable: Sequence[tuple[str, UnreadableMessage]],
    given_up: Sequence[tuple[str, GivenUp]],
) -> str:
    """Say what became of an order: one of `OUTCOMES`."""
    if deed.refused:
        return "refused"
    if deed.what == GIVEN_UP:
        return "passed_over"
    asked = [each.asked for each in stuck if _is_about(deed, each.service, each.log, str(each.subject))]
    asked += [each.asked for service, each in unreadable if _is_about(deed, service, each.upstream, each.id)]
    if asked:
        return "coming" if any(asked) else "failed"
    return "given_up_since" if any(_was_in_vain(deed, service, each) for service, each in given_up) else "taken_in"


def _was_in_vain(deed: Deed, service: str, message: GivenUp) -> bool:
    """Tell whether an order was about a message that waited then and was given up later: it was not taken in between."""
    name = message.id if message.subject is None else str(message.subject)
    return _is_about(deed, service, message.upstream, name) and message.since <= deed.at <= message.at


def _is_about(deed: Deed, service: str, log: str, name: str) -> bool:
    whole_log = deed.what == RETRIED_ALL and "/bytes/" not in name
    return (deed.service, deed.log) == (service, log) and (whole_log or deed.about == name)

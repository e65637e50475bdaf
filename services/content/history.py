"""The story of one item or submission as its events tell it, newest last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_TOLD = (
    "reason",
    "ground",
    "board_view",
    "number",
    "sensitivity",
    "to_step",
    "change_note",
    "explanation",
    "edition",
    "note",
)
"""The fields of events that a story tells."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One event: what happened (its topic), who did it in which capacity, for whom, under which clause, when."""

    topic: str
    at: datetime
    account: str
    capacity: str
    on_behalf_of: str | None
    delegation: str | None
    clause: str
    version: int
    content_hash: str
    told: Mapping[str, Any]


def story_of(events: Iterable[Any]) -> Sequence[Deed]:
    """Return the deeds behind the events of one item or submission, in order."""
    return [_deed(event) for event in events]


def _deed(event: Any) -> Deed:
    fields = vars(event)
    act = fields["act"]
    return Deed(
        topic=type(event).TOPIC,
        at=fields["timestamp"],
        account=act["account"],
        capacity=act["capacity"],
        on_behalf_of=act["on_behalf_of"],
        delegation=act["delegation"],
        clause=fields["clause"],
        version=fields["originator_version"],
        content_hash=fields.get("content_hash", ""),
        told={name: fields[name] for name in _TOLD if fields.get(name)},
    )

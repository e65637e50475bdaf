"""Reads what was recorded about one item and names every breach of the regulation, knowing nothing of the code that decided."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.event_store import LogEntry
from infra.kernel.authority import Authority
from infra.kernel.canonical import content_hash

_ARTICLE = "content.article."


@dataclass(frozen=True)
class Happened:
    """One recorded event of the item: what (`published`), by whom, as what, and its facts."""

    position: int
    what: str
    facts: Mapping[str, Any]

    @classmethod
    def read(cls, entry: LogEntry) -> "Happened":
        return cls(entry.position, entry.topic.removeprefix(_ARTICLE), json.loads(entry.state))

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.facts["timestamp"])

    @property
    def account(self) -> UUID:
        return UUID(self.facts["act"]["account"])

    @property
    def capacity(self) -> str:
        return str(self.facts["act"]["capacity"])

    def __str__(self) -> str:
        return f"{self.position}: {self.what} by {self.capacity} on day {self.at:%j} under {self.facts['clause']}"


class Round:
    """What has been approved since the item was begun, or since it was last opened for correction."""

    def __init__(self) -> None:
        self.sender: UUID | None = None
        self.cleared: str | None = None


class Chronicle:
    """Goes through the history once; `breaches` says in words what should never have been recorded."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._round = Round()
        self._present = self._sensitivity = ""
        self._agreed: set[str] = set()
        self._chairman: dict[str, bool] = {}
        self._halted = False
        self._public: list[Happened] = []
        self._gone = False

    def breaches(self, history: Iterable[LogEntry]) -> list[str]:
        """Return every breach, with the event in which it lies."""
        told = (Happened.read(entry) for entry in history if entry.topic.startswith(_ARTICLE))
        return [f"{breach} ({event})" for event in told for breach in self._take(event)]

    def _take(self, event: Happened) -> Iterator[str]:
        if not self._authority.holds(event.account, event.capacity, event.at):
            yield f"{event.capacity} was not held by the account on that day"
        if self._gone and event.what in {"published", "sent", "cleared", "withdrawn", "correction_begun"}:
            yield "something withdrawn went on"
        step = getattr(self, f"on_{event.what}", None)
        if step is not None:
            yield from step(event) or ()

    def on_drafted(self, event: Happened) -> None:
        self._present = event.facts["content_hash"]

    def on_revised(self, event: Happened) -> Iterator[str]:
        if event.capacity not in {"content-team", "secretary"}:
            yield "edited by neither the team nor the secretary"
        self._present = event.facts["content_hash"]

    def on_sent(self, event: Happened) -> Iterator[str]:
        if event.capacity != "content-team":
            yield "step 1 was not done by the team"
        if event.facts["content_hash"] != self._present:
            yield "other bytes were sent than those that were there"
        self._round.sender, self._round.cleared = event.account, None

    def on_recalled(self, _: Happened) -> None:
        self._round = Round()

    def on_returned(self, event: Happened) -> None:
        self._round.cleared = None
        if event.facts["to_step"] == "editing":
            self._round = Round()

    def on_cleared(self, event: Happened) -> Iterator[str]:
        if event.capacity != "secretary":
            yield "step 2 was not done by the secretary"
        if self._round.sender is None:
            yield "step 2 came without step 1"
        if self._round.sender == event.account:
            yield "the same person did steps 1 and 2"
        if event.facts["content_hash"] != self._present:
            yield "other bytes were cleared than those that were there"
        self._round.cleared = event.facts["content_hash"]

    def on_flagged(self, event: Happened) -> None:
        self._sensitivity = event.facts["sensitivity"]

    def on_head_agreed(self, event: Happened) -> None:
        self._agreed.add(event.facts["content_hash"])

    def on_opinion_recorded(self, event: Happened) -> None:
        self._chairman[event.facts["content_hash"]] = event.facts["favourable"]

    def on_stopped(self, event: Happened) -> Iterator[str]:
        yield from _by_the_head(event)
        self._halted = True

    def on_released(self, event: Happened) -> Iterator[str]:
        yield from _by_the_head(event)
        self._halted = False

    def on_published(self, event: Happened) -> Iterator[str]:
        digest = event.facts["content_hash"]
        if not digest == self._present == content_hash(event.facts["content"]):
            yield "other bytes were published than those that were approved"
        if self._sensitivity == "special" and not self._chairman.get(digest):
            yield "a special item was published without the chairman's opinion"
        if event.facts["clause"] == "QC2019 Đ4.6":
            yield from _by_the_head(event)
        else:
            yield from self._by_three_approvals(event)
        yield from self._next_edition(event)
        self._round = Round()

    def _by_three_approvals(self, event: Happened) -> Iterator[str]:
        if self._round.cleared != event.facts["content_hash"]:
            yield "published without the clearance of these bytes"
        if event.account == self._round.sender:
            yield "the same person did steps 1 and 3"
        if not self._may_publish(event):
            yield "step 3 was not done by the standing deputy, nor under a delegation in force"
        if self._halted:
            yield "published although the head had stopped it"
        if self._sensitivity not in {"", "ordinary"} and event.facts["content_hash"] not in self._agreed:
            yield "a sensitive item was published without the head's agreement"

    def _may_publish(self, event: Happened) -> bool:
        office = event.facts["act"]["on_behalf_of"]
        if office is None:
            return event.capacity == "standing-deputy"
        given = self._authority.delegation(office, event.capacity, "publish", event.at)
        return given is not None and given.number == event.facts["act"]["delegation"]

    def _next_edition(self, event: Happened) -> Iterator[str]:
        if event.facts["edition"] != len(self._public) + 1:
            yield "an edition was left out or counted twice"
        if self._public and event.facts["first_published_at"] != self._public[0].facts["first_published_at"]:
            yield "the day of first publication changed"
        if self._public and not self._public[-1].facts["slugs"].items() <= event.facts["slugs"].items():
            yield "a public address changed"
        if self._public and not event.facts["change_note"]:
            yield "readers were not told what was corrected"
        self._public.append(event)

    def on_correction_begun(self, _: Happened) -> Iterator[str]:
        if not self._public:
            yield "something was corrected that was never public"
        self._round = Round()

    def on_correction_abandoned(self, event: Happened) -> Iterator[str]:
        if event.facts["content"] != self._public[-1].facts["content"]:
            yield "giving a correction up did not bring back what is public"
        self._present, self._round = event.facts["content_hash"], Round()

    def on_withdrawn(self, event: Happened) -> Iterator[str]:
        if not self._public:
            yield "something was withdrawn that was never public"
        if event.capacity not in {"standing-deputy", "head"}:
            yield "withdrawn by somebody who does not answer for it"
        self._gone = True


def _by_the_head(event: Happened) -> Iterator[str]:
    if event.capacity != "head":
        yield "the head's decision was taken by somebody else"

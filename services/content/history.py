"""The story of one item or submission as its events tell it, newest last, and what follows from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.content.messages import Content
from services.content.policy.facts import Sensitivity, Step

DRAFTED = "content.article.drafted"
SENT = "content.article.sent"
RECALLED = "content.article.recalled"
RETURNED = "content.article.returned"
CLEARED = "content.article.cleared"
HEAD_AGREED = "content.article.head_agreed"
OPINION_RECORDED = "content.article.opinion_recorded"
STOPPED = "content.article.stopped"
PUBLISHED = "content.article.published"
CORRECTION_BEGUN = "content.article.correction_begun"
CORRECTION_ABANDONED = "content.article.correction_abandoned"
WITHDRAWN = "content.article.withdrawn"
DECLINED = "content.submission.declined"

_TOLD = (
    "reason",
    "ground",
    "notice",
    "board_view",
    "number",
    "favourable",
    "sensitivity",
    "to_step",
    "change_note",
    "explanation",
    "edition",
    "note",
    "attestations",
)
"""The fields of events that a story tells."""
_MOVED_ON = frozenset({SENT, CLEARED, PUBLISHED, CORRECTION_BEGUN, CORRECTION_ABANDONED})
"""After one of these, an earlier return is answered."""
_ARRIVALS = (*_MOVED_ON, DRAFTED, RECALLED, RETURNED, WITHDRAWN)


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


@dataclass(frozen=True, slots=True)
class Approval:
    """What somebody stands for with a name: `deed` is None as long as nobody does.

    `kind` is "attested", "cleared", "head_agreed" or "chairman_agreed"; `holds` tells whether it counts for the
    present content: every approval is bound to a content hash.
    """

    kind: str
    deed: Deed | None
    holds: bool


def story_of(events: Iterable[Any]) -> Sequence[Deed]:
    """Return the deeds behind the events of one item or submission, in order."""
    return [_deed(event) for event in events]


def content_at(events: Iterable[Any], version: int) -> Content | None:
    """Return the content of an item as its version of that number had it; None when there was none yet."""
    records = [event.content for event in events if event.originator_version <= version and hasattr(event, "content")]
    return Content.read(records[-1]) if records else None


def unanswered_return(story: Sequence[Deed]) -> Deed | None:
    """Return the deed by which an item was sent back, as long as it has not gone on since."""
    last = _last(story, RETURNED, *_MOVED_ON)
    return last if last is not None and last.topic == RETURNED else None


def arrived_at_step(story: Sequence[Deed]) -> datetime:
    """Return when the item came to the step at which it stands."""
    last = _last(story, *_ARRIVALS)
    return last.at if last else story[0].at


def last_deed(story: Sequence[Deed], topic: str) -> Deed | None:
    """Return the last deed of that topic."""
    return _last(story, topic)


def this_round(story: Sequence[Deed]) -> Sequence[Deed]:
    """Return what happened since the item was begun, or since it was last public: approvals before that do not count."""
    for index in range(len(story) - 1, -1, -1):
        if story[index].topic in (PUBLISHED, CORRECTION_ABANDONED):
            return story[index + 1 :]
    return story


def approvals(story: Sequence[Deed], content_hash: str, sensitivity: str) -> Sequence[Approval]:
    """Return what must be there before publication, as far as it is (QC2024 Đ10.1b, Đ10.2)."""
    now = this_round(story)
    wanted = {"attested": _unless_undone(now, SENT), "cleared": _unless_undone(now, CLEARED)}
    if sensitivity != Sensitivity.ORDINARY:
        wanted["head_agreed"] = _last(story, HEAD_AGREED)
    if sensitivity == Sensitivity.SPECIAL:
        wanted["chairman_agreed"] = _last(story, OPINION_RECORDED)
    return [Approval(kind, deed, _holds(deed, content_hash)) for kind, deed in wanted.items()]


def baselines(story: Sequence[Deed], content_hash: str) -> Mapping[str, Deed]:
    """Return the deeds whose content is worth comparing with the present one, by what they are.

    "returned" is what was sent back last, "sent" what the team attested, "public" what readers see. Those with the
    present content are left out; a deed without a content of its own stands for the content as it was then.
    """
    now = this_round(story)
    found = {
        "returned": _last(now, RETURNED),
        "sent": _last(now, SENT),
        "public": _last(story, PUBLISHED, CORRECTION_ABANDONED),
    }
    hashes = _hashes(story)
    return {name: deed for name, deed in found.items() if deed and hashes[deed.version] != content_hash}


def _hashes(story: Sequence[Deed]) -> Mapping[int, str]:
    """Return the hash of the content after each version: the last one told until then."""
    found: dict[int, str] = {}
    present = ""
    for deed in story:
        if deed.topic not in (HEAD_AGREED, OPINION_RECORDED):
            present = deed.content_hash or present
        found[deed.version] = present
    return found


def _holds(deed: Deed | None, content_hash: str) -> bool:
    return deed is not None and deed.content_hash == content_hash and deed.told.get("favourable", True)


def _unless_undone(story: Sequence[Deed], topic: str) -> Deed | None:
    """Return the last deed of that topic, unless the item went back to that step, or before it, since."""
    for deed in reversed(story):
        if topic in _undone_by(deed):
            return None
        if deed.topic == topic:
            return deed
    return None


def _undone_by(deed: Deed) -> tuple[str, ...]:
    if deed.topic == RECALLED:
        return (SENT,)
    if deed.topic == RETURNED:
        return (SENT, CLEARED) if deed.told["to_step"] == Step.EDITING else (CLEARED,)
    return ()


def _last(story: Sequence[Deed], *topics: str) -> Deed | None:
    return next((deed for deed in reversed(story) if deed.topic in topics), None)


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
        told={name: fields[name] for name in _TOLD if fields.get(name) not in (None, "", [], {})},
    )

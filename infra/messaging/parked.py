"""Messages that a service could not take in: kept with the reason, in order, until they can be taken in or are given up."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo import ASCENDING
from pymongo.collection import Collection

from infra.messaging.envelope import Envelope

BEHIND = "behind_a_parked_message"
"""The reason of a message that did not fail itself, but follows one that did on the same aggregate."""
BYTES_KEPT = 64 * 1024
"""So much of a message that cannot be read is kept here; the queue of dead letters has all of it."""
UNREADABLE_KEPT = 1_000
"""So many unreadable messages of one upstream service are kept here; the queue of dead letters has the rest as well."""
REASON_KEPT = 4_000
"""So many characters of a reason are kept, at most."""

Document = dict[str, Any]

_GIVEN_UP = "given_up"
_READABLE = {"body": {"$exists": False}}
_WAITS = {_GIVEN_UP: {"$exists": False}}
_ORDER = [("service", ASCENDING), ("position", ASCENDING), ("since", ASCENDING)]


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """A message that waits: why, how often it was tried, since when, and whether somebody asked to try again."""

    envelope: Envelope
    reason: str
    attempts: int
    since: datetime
    asked: bool

    @property
    def id(self) -> str:
        """What the message is given up by: `content/42`."""
        return self.envelope.id


@dataclass(frozen=True, slots=True)
class UnreadableMessage:
    """Bytes that came where events of `upstream` come, and are none.

    `origin` is where they were sent (exchange and routing key), `size` how many bytes they were, `body` the first
    `BYTES_KEPT` of them, `times` how often they came or were tried again.
    """

    id: str
    upstream: str
    origin: str
    size: int
    body: bytes
    reason: str
    times: int
    since: datetime
    asked: bool


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A message that is never to be taken in here: who decided so, why and when; `since` is when it was parked.

    `topic` is empty and `subject` None for unreadable bytes.
    """

    id: str
    upstream: str
    topic: str
    subject: UUID | None
    reason: str
    since: datetime
    by: UUID
    because: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Aggregates of which messages wait, and positions of messages that are never to be taken in."""

    held: frozenset[UUID]
    given_up: frozenset[int]


class Parked:
    """The parked messages of one service, in its collection `parked`; each is there once."""

    def __init__(self, collection: Collection[Document]) -> None:
        self._collection = collection.with_options(codec_options=collection.codec_options.with_options(tz_aware=True))

    def park(self, envelope: Envelope, reason: str, at: datetime) -> None:
        """Keep a message that failed; if it is kept already, note one more failure.

        That answers who asked for a retry, for all that waits of the aggregate: none of it is tried again before
        somebody asks anew. Where the answer is cut off after the failure was noted, one more attempt gives it.
        """
        if self._note(envelope.id, {**_stored(envelope), "since": at}, reason):
            asked = {"service": envelope.service, "subject": str(envelope.subject), "asked": True}
            self._collection.update_many(asked, {"$set": {"asked": False}})

    def hold(self, envelope: Envelope, at: datetime) -> None:
        """Keep a message that has to wait for an earlier one of its aggregate, unless it is kept already."""
        kept = {**_stored(envelope), "since": at, "reason": BEHIND, "asked": False, "attempts": 0}
        self._collection.update_one({"_id": envelope.id}, {"$setOnInsert": kept}, upsert=True)

    def set_aside(self, upstream: str, body: bytes, origin: str, reason: str, at: datetime) -> None:
        """Keep bytes that are no event; beyond `UNREADABLE_KEPT` only those that are kept already are counted."""
        name = f"{upstream}/bytes/{hashlib.sha256(body).hexdigest()}"
        if self._has_room_for(name, upstream):
            kept = {"service": upstream, "origin": origin, "size": len(body), "body": body[:BYTES_KEPT], "since": at}
            self._note(name, kept, reason)

    def still_unreadable(self, message: str, reason: str) -> None:
        """Note that bytes set aside, by their id, were read again in vain, unless they have been released meanwhile."""
        self._collection.update_one({"_id": message}, _failed_once_more(reason))

    def release(self, message: str) -> None:
        """Forget a message, by its id, that has been taken in."""
        self._collection.delete_one({"_id": message})

    def subjects(self, upstream: str) -> frozenset[UUID]:
        """Return the aggregates of an upstream service of which messages wait."""
        return self.standing(upstream).held

    def asked(self, upstream: str) -> frozenset[UUID]:
        """Return the aggregates for which another attempt was asked, or of which nothing is left that others wait behind."""
        wanted = {"service": upstream, **_READABLE, **_WAITS}
        asked: Document = {
            "_id": "$subject",
            "asked": {"$max": "$asked"},
            "failed": {"$max": {"$ne": ["$reason", BEHIND]}},
        }
        to_try = {"$or": [{"asked": True}, {"failed": False}]}
        found = self._collection.aggregate([{"$match": wanted}, {"$group": asked}, {"$match": to_try}])
        return frozenset(UUID(each["_id"]) for each in found)

    def standing(self, upstream: str) -> Standing:
        """Return what stands in the way of messages of an upstream service, in one look."""
        fields = {"position": 1, "subject": 1, _GIVEN_UP: 1}
        found = list(self._collection.find({"service": upstream, **_READABLE}, fields))
        return Standing(
            frozenset(UUID(document["subject"]) for document in found if _GIVEN_UP not in document),
            frozenset(document["position"] for document in found if _GIVEN_UP in document),
        )

    def waiting(self, upstream: str | None = None) -> list[ParkedMessage]:
        """Return the events that wait, of one upstream service or of all, in the order in which they happened."""
        found = self._collection.find({**_of(upstream), **_READABLE, **_WAITS}).sort(_ORDER)
        return [_read(document) for document in found]

    def unreadable(self, upstream: str | None = None, *, asked: bool | None = None) -> list[UnreadableMessage]:
        """Return the messages that cannot be read, of one upstream service or of all, oldest first.

        `asked` leaves only those for which another reading was asked, or was not.
        """
        wanted = {} if asked is None else {"asked": asked}
        found = self._collection.find({**_of(upstream), "body": {"$exists": True}, **wanted, **_WAITS}).sort(_ORDER)
        return [_unreadable(document) for document in found]

    def given_up(self, upstream: str | None = None) -> list[GivenUp]:
        """Return what was given up, of one upstream service or of all; it is never forgotten."""
        found = self._collection.find({**_of(upstream), _GIVEN_UP: {"$exists": True}}).sort(_ORDER)
        return [_given_up(document) for document in found]

    def ask_retry(self, upstream: str, subject: UUID) -> bool:
        """Ask for another attempt with the messages of an aggregate; False when none waits."""
        return self._ask({"service": upstream, "subject": str(subject)})

    def ask_reading(self, message: str) -> bool:
        """Ask that an unreadable message, by its id, is read once more; False when it does not wait."""
        return self._ask({"_id": message, "body": {"$exists": True}})

    def give_up(self, message: str, *, by: UUID, because: str, at: datetime) -> bool:
        """Decide that a message, by its id, is never to be taken in here; what waits behind it is tried again.

        False when it does not wait, or only waits behind another one, which has to be decided on first. The decision
        stays on record and also counts when the reader begins again from the first event.
        """
        decided = {_GIVEN_UP: {"by": str(by), "because": because, "at": at}, "asked": False}
        wanted = {"_id": message, "reason": {"$ne": BEHIND}, **_WAITS}
        found = self._collection.find_one_and_update(wanted, {"$set": decided})
        if found is None:
            return False
        if "subject" in found:
            self.ask_retry(found["service"], UUID(found["subject"]))
        return True

    def _note(self, name: str, kept: Document, reason: str) -> bool:
        """Note a failure of a message, and tell whether it was kept already."""
        change = {"$setOnInsert": kept, **_failed_once_more(reason)}
        return self._collection.update_one({"_id": name}, change, upsert=True).matched_count > 0

    def _has_room_for(self, name: str, upstream: str) -> bool:
        if self._collection.count_documents({"_id": name}, limit=1):
            return True
        unreadable = {"service": upstream, "body": {"$exists": True}}
        return self._collection.count_documents(unreadable, limit=UNREADABLE_KEPT) < UNREADABLE_KEPT

    def _ask(self, wanted: Document) -> bool:
        return self._collection.update_many({**wanted, **_WAITS}, {"$set": {"asked": True}}).matched_count > 0


def _failed_once_more(reason: str) -> Document:
    return {"$set": {"reason": _storable(reason), "asked": False}, "$inc": {"attempts": 1}}


def _storable(reason: str) -> str:
    """Return the beginning of a reason, whatever somebody wrote into it, as text that can be kept and shown."""
    return reason[:REASON_KEPT].encode(errors="replace").decode()


def _of(upstream: str | None) -> Document:
    return {} if upstream is None else {"service": upstream}


def _stored(envelope: Envelope) -> Document:
    return {
        "service": envelope.service,
        "position": envelope.position,
        "topic": envelope.topic,
        "subject": str(envelope.subject),
        "version": envelope.version,
        "at": envelope.at.isoformat(),
        "state": envelope.state.decode(),
    }


def _read(document: Mapping[str, Any]) -> ParkedMessage:
    envelope = Envelope(
        service=document["service"],
        position=document["position"],
        topic=document["topic"],
        subject=UUID(document["subject"]),
        version=document["version"],
        at=datetime.fromisoformat(document["at"]),
        data=json.loads(document["state"]),
    )
    return ParkedMessage(envelope, document["reason"], document["attempts"], document["since"], document["asked"])


def _unreadable(document: Mapping[str, Any]) -> UnreadableMessage:
    return UnreadableMessage(
        id=document["_id"],
        upstream=document["service"],
        origin=document["origin"],
        size=document["size"],
        body=bytes(document["body"]),
        reason=document["reason"],
        times=document["attempts"],
        since=document["since"],
        asked=document["asked"],
    )


def _given_up(document: Mapping[str, Any]) -> GivenUp:
    decision = document[_GIVEN_UP]
    return GivenUp(
        id=document["_id"],
        upstream=document["service"],
        topic=document.get("topic", ""),
        subject=UUID(document["subject"]) if "subject" in document else None,
        reason=document["reason"],
        since=document["since"],
        by=UUID(decision["by"]),
        because=decision["because"],
        at=decision["at"],
    )

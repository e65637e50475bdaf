"""Messages that a service could not take in: kept with the reason, in order, until they can be taken in."""

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

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """A message that waits: why, how often it was tried, since when, and whether somebody asked to try again."""

    envelope: Envelope
    reason: str
    attempts: int
    since: datetime
    asked: bool


class Parked:
    """The parked messages of one service, in its collection `parked`; each is there once."""

    def __init__(self, collection: Collection[Document]) -> None:
        self._collection = collection.with_options(codec_options=collection.codec_options.with_options(tz_aware=True))

    def park(self, envelope: Envelope, reason: str, at: datetime) -> None:
        """Keep a message that failed; if it is kept already, note one more failure. Answers who asked for a retry."""
        kept = {**_stored(envelope), "since": at}
        failed = {"reason": reason, "asked": False}
        change = {"$setOnInsert": kept, "$set": failed, "$inc": {"attempts": 1}}
        self._collection.update_one({"_id": envelope.id}, change, upsert=True)

    def hold(self, envelope: Envelope, at: datetime) -> None:
        """Keep a message that has to wait for an earlier one of its aggregate, unless it is kept already."""
        kept = {**_stored(envelope), "since": at, "reason": BEHIND, "asked": False, "attempts": 0}
        self._collection.update_one({"_id": envelope.id}, {"$setOnInsert": kept}, upsert=True)

    def release(self, envelope: Envelope) -> None:
        """Forget a message that has been taken in."""
        self._collection.delete_one({"_id": envelope.id})

    def subjects(self, upstream: str) -> frozenset[UUID]:
        """Return the aggregates of an upstream service of which messages wait."""
        return frozenset(UUID(each) for each in self._collection.distinct("subject", {"service": upstream}))

    def waiting(self, upstream: str | None = None) -> list[ParkedMessage]:
        """Return what waits, of one upstream service or of all, in the order in which it happened."""
        wanted = {} if upstream is None else {"service": upstream}
        order = [("service", ASCENDING), ("position", ASCENDING)]
        return [_read(document) for document in self._collection.find(wanted).sort(order)]

    def ask_retry(self, upstream: str, subject: UUID) -> bool:
        """Ask for another attempt with the messages of an aggregate; False when none waits."""
        wanted = {"service": upstream, "subject": str(subject)}
        return self._collection.update_many(wanted, {"$set": {"asked": True}}).matched_count > 0

    def asked(self, upstream: str) -> frozenset[UUID]:
        """Return the aggregates for which another attempt was asked."""
        wanted = {"service": upstream, "asked": True}
        return frozenset(UUID(each) for each in self._collection.distinct("subject", wanted))


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

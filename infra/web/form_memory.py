"""What is remembered of forms: drafts kept when a session ran out, and answers already given, so that a form acts once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any, Protocol
from uuid import UUID

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

Texts = Mapping[str, list[str]]

_KEPT_SECONDS = 24 * 60 * 60
_DRAFT_CHARACTERS_MOST = 4_000_000
_ABANDONED = timedelta(seconds=60)
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class DraftKey:
    """Whose draft of which form at which address."""

    account: UUID
    action: str
    form: str

    @property
    def id(self) -> str:
        """The key as the store knows it."""
        return f"{self.account}|{self.action}|{self.form}"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a form that was sent before: where its answer stands, "" when nobody knows whether it has acted.

    `same`: it was sent with the same.
    """

    address: str
    same: bool


class Memory(Protocol):
    """What pages need of it."""

    def keep_draft(self, key: DraftKey, texts: Texts, at: datetime) -> None:
        """Keep what was typed for a day."""

    def draft(self, key: DraftKey) -> Texts | None:
        """Return what was typed, if anything is kept."""

    def drop_draft(self, key: DraftKey) -> None:
        """Forget what was typed."""

    def begin(self, form_id: str, digest: str, at: datetime) -> Answered | None:
        """Take the form, sent with what `digest` stands for, for acting; returns what came of it if it was sent before."""

    def finish(self, form_id: str, address: str) -> None:
        """Note the address of the answer: the form has acted."""

    def release(self, form_id: str) -> None:
        """The form has not acted (refused, failed): it may be sent again."""

    def doubt(self, form_id: str) -> None:
        """Whether the form has acted is unknown: the same may be sent again, for commands act once."""


class StillRunningError(Exception):
    """The same form is being carried out by another request and does not come to an end."""


class FormMemory:
    """Keeps both in the service's own store, each for a day."""

    def __init__(self, store: Database[dict[str, Any]]) -> None:
        self._drafts = store["form_drafts"]
        self._answers = store["form_answers"]
        self._forgets = False

    def keep_draft(self, key: DraftKey, texts: Texts, at: datetime) -> None:
        """Keep what was typed, unless it is larger than any form that people write."""
        if sum(len(text) for values in texts.values() for text in values) > _DRAFT_CHARACTERS_MOST:
            return
        self._let_forget()
        fields = [[name, list(values)] for name, values in texts.items()]  # pairs: a name may contain "$" or "."
        self._drafts.replace_one({"_id": key.id}, {"at": at, "fields": fields}, upsert=True)

    def draft(self, key: DraftKey) -> Texts | None:
        """Return what was typed, if anything is kept."""
        row = self._drafts.find_one({"_id": key.id})
        return None if row is None else dict(row["fields"])

    def drop_draft(self, key: DraftKey) -> None:
        """Forget what was typed."""
        self._drafts.delete_one({"_id": key.id})

    def begin(self, form_id: str, digest: str, at: datetime) -> Answered | None:
        """Take the form, or wait for the request that took it first and return what came of it.

        Raises `StillRunningError` when that request takes too long.
        """
        self._let_forget()
        patience = monotonic() + _PATIENCE_SECONDS
        while not self._take(form_id, digest, at):
            other = {"digest": {"$nin": [digest, None]}, **_abandoned(at)}
            row = self._answers.find_one({"_id": form_id, "$or": [{"address": {"$ne": ""}}, other]})
            if row is not None:
                return Answered(row["address"], same=row.get("digest", digest) == digest)
            if monotonic() > patience:
                raise StillRunningError(form_id)
            sleep(0.05)
        return None

    def finish(self, form_id: str, address: str) -> None:
        """Note the address of the answer."""
        self._answers.update_one({"_id": form_id}, {"$set": {"address": address}})

    def release(self, form_id: str) -> None:
        """Let the form be sent again."""
        self._answers.delete_one({"_id": form_id, "address": ""})

    def doubt(self, form_id: str) -> None:
        """Let the same be sent again, as if whoever took the form had died."""
        long_ago = {"$subtract": ["$at", 2 * _ABANDONED // timedelta(milliseconds=1)]}
        self._answers.update_one({"_id": form_id, "address": ""}, [{"$set": {"at": long_ago}}])

    def _let_forget(self) -> None:
        """Have the store forget by itself. At the first use, so that pages come up while the store is away."""
        if not self._forgets:
            for collection in (self._drafts, self._answers):
                collection.create_index("at", expireAfterSeconds=_KEPT_SECONDS)
            self._forgets = True

    def _take(self, form_id: str, digest: str, at: datetime) -> bool:
        """Take the form if nobody has it, or if whoever took it has died, and was sent the same."""
        try:
            self._answers.insert_one({"_id": form_id, "address": "", "digest": digest, "at": at})
        except DuplicateKeyError:
            again = {"_id": form_id, "digest": {"$in": [digest, None]}, **_abandoned(at)}
            return self._answers.update_one(again, {"$set": {"digest": digest, "at": at}}).modified_count == 1
        return True


def _abandoned(at: datetime) -> dict[str, Any]:
    return {"address": "", "at": {"$lt": at - _ABANDONED}}

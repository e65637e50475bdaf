"""Parts of the newsroom that a test can make fail."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pymongo.database import Database

from infra.kernel.act import Act
from infra.kernel.verdicts import Verdict
from infra.web.form_memory import FormMemory
from tests.builders.newsroom.identities import Identities
from tests.builders.newsroom.part import Draft, Notes


@dataclass
class FailingNotes(Notes):
    """Use cases that fail before anything is done, or after: then the answer is lost."""

    failure: Exception | None = None
    lost_answer: Exception | None = None

    def write(self, note_id: UUID, draft: Draft, act: Act) -> Verdict:
        if self.failure is not None:
            raise self.failure
        verdict = super().write(note_id, draft, act)
        if self.lost_answer is not None:
            raise self.lost_answer
        return verdict


@dataclass
class FailingIdentities(Identities):
    """An authority store that may be away."""

    away: Exception | None = None

    def session_ended(self, session: UUID) -> bool:
        if self.away is not None:
            raise self.away
        return super().session_ended(session)


class FailingMemory(FormMemory):
    """A memory of forms whose store may be away when a form has acted."""

    def __init__(self, store: Database[dict[str, Any]]) -> None:
        super().__init__(store)
        self.away: Exception | None = None

    def finish(self, form_id: str, address: str) -> None:
        if self.away is not None:
            raise self.away
        super().finish(form_id, address)

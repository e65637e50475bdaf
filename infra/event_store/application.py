"""What the applications of all services share: load, decide, save, and the answer to whoever asked."""

from collections.abc import Sequence
from typing import TypeVar, cast
from uuid import UUID

from eventsourcing.application import Application, ProcessingEvent
from eventsourcing.persistence import InfrastructureFactory, IntegrityError, ProcessRecorder, Tracking, Transcoder
from eventsourcing.utils import Environment, EnvType
from pymongo.database import Database

from infra.event_store.connection import Document
from infra.event_store.errors import NotFound
from infra.event_store.factory import MongoFactory
from infra.event_store.remembering import RememberingLoader
from infra.event_store.transcoder import CanonicalTranscoder
from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, FirstEvent
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal, Verdict

CHANGED_MEANWHILE = Refusal("", "changed_meanwhile")
"""Somebody else changed the same thing between our reading and our writing."""

Kind = TypeVar("Kind", bound=Aggregate)


class ServiceApplication(Application[UUID]):
    """The use cases of a service derive from this; it keeps the service's aggregates in the service's log.

    `attempts` is the service's one-event aggregate of refused attempts on authority; its event is nested in it as
    `Refused`, with the fields command, subject and code. Every method raises `StoreUnavailable` when the store is
    away. Nothing is read from the environment.
    """

    recorder: ProcessRecorder

    def __init__(self, log: Database[Document], attempts: type[Aggregate]) -> None:
        self._log = log
        self._attempts = attempts
        super().__init__()
        self._loader = RememberingLoader(self.recorder, self.mapper)

    def load(self, kind: type[Kind], subject: UUID) -> Kind:
        """Return the aggregate as it is now. Raises `NotFound` when this id names nothing of this kind."""
        found = self.find(kind, subject)
        if found is None:
            raise NotFound(f"no {kind.__name__} {subject}")
        return found

    def find(self, kind: type[Kind], subject: UUID) -> Kind | None:
        """Return the aggregate as it is now, None when this id names nothing of this kind."""
        found = self._loader.load(subject)
        return found if isinstance(found, kind) else None

    def settle(
        self,
        aggregate: Aggregate | None,
        refusal: Refusal | None,
        *,
        act: Act,
        command: str,
        together_with: Sequence[Aggregate] = (),
    ) -> Verdict:
        """Answer a command: save what the aggregate decided, or pass on why it is refused.

        Without refusal the pending events are saved in one commit; `Accepted.position` is that of the last, or 0 when
        there was nothing to save. Whoever loses a race for the same version gets `CHANGED_MEANWHILE`. A refusal on
        authority is recorded as an attempt, once for each account, correlation, command, aggregate and code: whoever sends
        the same form twice is recorded once, whoever sends its number with another order is recorded again.
        `aggregate` may be None where the refusal came before there was one. `together_with` is saved in the same commit,
        before it.
        """
        if refusal is not None:
            self._record_attempt(aggregate, refusal, act, command)
            return refusal
        if aggregate is None:
            raise AssertionError(f"{command} was neither refused nor done to anything")
        try:
            recordings = self.save(*together_with, aggregate)
        except IntegrityError:
            return CHANGED_MEANWHILE
        position = recordings[-1].notification.id if recordings else 0
        return Accepted(aggregate.id, aggregate.version, position)

    def save_reaction(self, upstream: str, position: int, *aggregates: Aggregate) -> bool:
        """Save what an upstream event led to, in one commit with the fact that its position was handled.

        Returns False, and saves nothing, when the position was handled before. Raises `IntegrityError` when an
        aggregate changed meanwhile: react again.
        """
        reaction: ProcessingEvent[UUID] = ProcessingEvent(tracking=Tracking(upstream, position))
        reaction.collect_events(*aggregates)
        try:
            self._record(reaction)
        except IntegrityError:
            if self.recorder.has_tracking_id(upstream, position):
                return False
            raise
        return True

    def _record_attempt(self, aggregate: Aggregate | None, refusal: Refusal, act: Act, command: str) -> None:
        if not refusal.on_authority:
            return
        topic = cast("str", self._attempts.TOPIC)  # type: ignore[attr-defined]
        subject = "" if aggregate is None else str(aggregate.id)
        attempt = self._attempts.begin(
            cast("type[FirstEvent]", self._attempts.Refused),  # type: ignore[attr-defined]
            natural_id(topic, str(act.account), str(act.correlation), command, subject, refusal.code),
            act=act,
            clause=refusal.clause,
            command=command,
            subject=subject,
            code=refusal.code,
        )
        try:
            self.save(attempt)
        except IntegrityError:
            return  # the same attempt, heard twice

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:  # noqa: ARG002
        """Give the library an empty environment, so that no stray variable changes how events are stored."""
        return Environment(name, {})

    def construct_factory(self, env: Environment) -> InfrastructureFactory:
        """Keep events in the given database."""
        return MongoFactory(env, self._log)

    def construct_recorder(self) -> ProcessRecorder:
        """Record handled upstream positions in the same commits as events."""
        return self.factory.process_recorder()

    def construct_transcoder(self) -> Transcoder:
        """Store canonical JSON."""
        return CanonicalTranscoder()

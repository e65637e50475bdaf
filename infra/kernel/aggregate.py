"""What all aggregates share: events that say who acted, in which capacity, under which clause."""

from typing import Any, Self
from uuid import UUID

from eventsourcing.domain import BaseAggregate, CanInitAggregate, CanMutateAggregate, DomainEvent, TAggregate

from infra.kernel.act import Act


class Event(CanMutateAggregate[UUID], DomainEvent):
    """Something that happened. Subclasses add flat, primitive fields and an eternal `TOPIC`.

    `act` is `Act.as_record()`; `timestamp` is the act's instant; `clause` is the paragraph under which it happened.
    """

    act: dict[str, str | None]
    clause: str

    def mutate(self, aggregate: TAggregate | None) -> TAggregate | None:
        """Apply the event, and remember which request it came from."""
        changed = super().mutate(aggregate)
        if isinstance(changed, Aggregate):
            changed.remember(self.act["correlation"])
        return changed


class FirstEvent(Event, CanInitAggregate[UUID]):
    """The event that begins an aggregate."""

    originator_topic: str


AnyEvent = type[Event]


class Aggregate(BaseAggregate[UUID]):
    """A thing with a history. Public methods decide; events assign."""

    class Event(Event):
        """Base of this aggregate's events."""

    @classmethod
    def begin(cls, event: type[FirstEvent], subject: UUID, /, *, act: Act, clause: str, **facts: Any) -> Self:
        """Record the first event of a new aggregate with the id `subject`."""
        return cls._create(event, id=subject, timestamp=act.at, act=act.as_record(), clause=clause, **facts)

    def remember(self, correlation: str | None) -> None:
        """Remember a request that has changed this aggregate."""
        self.__dict__.setdefault("_requests", set()).add(correlation)

    def has_answered(self, act: Act) -> bool:
        """Tell whether the request of this act has changed the aggregate already: a command sent twice acts once."""
        return str(act.correlation) in self.__dict__.get("_requests", ())

    def record(self, event: AnyEvent, /, *, act: Act, clause: str, **facts: Any) -> None:
        """Record that something happened to this aggregate. Values are computed before, never in the event."""
        self.trigger_event(event, timestamp=act.at, act=act.as_record(), clause=clause, **facts)

"""A small aggregate to store, and who acts on it."""

from uuid import UUID

from infra.event_store import ServiceApplication
from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.clock import system_clock
from infra.kernel.ids import new_id
from infra.kernel.verdicts import Accepted, Verdict

CLAUSE = "QC2024 Đ10"


class Thing(Aggregate):
    """Something with a name."""

    TOPIC = "test.thing"
    name: str = ""

    class Begun(FirstEvent):
        """It is there."""

        TOPIC = "test.thing.begun"
        name: str

        def apply(self, aggregate: "Thing") -> None:
            aggregate.name = self.name

    class Named(Event):
        """It was named."""

        TOPIC = "test.thing.named"
        name: str

        def apply(self, aggregate: "Thing") -> None:
            aggregate.name = self.name


class OtherThing(Aggregate):
    """Something else."""

    TOPIC = "test.other_thing"


class Attempt(Aggregate):
    """A refused attempt on authority."""

    TOPIC = "test.attempt"

    class Refused(FirstEvent):
        """It was refused."""

        TOPIC = "test.attempt.refused"
        command: str
        subject: str
        code: str

        def apply(self, aggregate: "Attempt") -> None:
            aggregate.__dict__.update(command=self.command, subject=self.subject, code=self.code)


def an_act() -> Act:
    return Act(new_id(), "content-team", system_clock(), new_id())


def a_thing(name: str = "một", subject: UUID | None = None) -> Thing:
    return Thing.begin(Thing.Begun, subject or new_id(), act=an_act(), clause=CLAUSE, name=name)


def name_it(thing: Thing, name: str) -> Thing:
    thing.record(Thing.Named, act=an_act(), clause=CLAUSE, name=name)
    return thing


def saved(application: ServiceApplication, thing: Thing) -> Thing:
    application.save(thing)
    return thing


class Naming(ServiceApplication):
    """The smallest use case: a request that was answered already is answered alike."""

    def give_name(self, subject: UUID, name: str, *, act: Act) -> Verdict:
        """Give a thing a name."""
        thing = self.load(Thing, subject)
        if thing.has_answered(act):
            return Accepted(subject, thing.version, 0)
        thing.record(Thing.Named, act=act, clause=CLAUSE, name=name)
        return self.settle(thing, None, act=act, command="name")

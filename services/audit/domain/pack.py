"""An audit pack: acts with their proofs left the portal in one file, for a purpose of a closed list."""

from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.verdicts import Refusal, first_refusal
from services.audit.policy import purposes, qc2024_article_6


@dataclass(frozen=True, slots=True)
class Order:
    """What a pack is for and what it holds.

    `ground` is from the closed list; `purpose` says on whose order; `criteria` restrict the acts among the first
    `entries` entries of the log, whose tree had this `root`; `named` asks for the names that the ground allows.
    """

    ground: str
    purpose: str
    criteria: dict[str, str]
    named: bool
    entries: int
    root: str

    def refusal(self) -> Refusal | None:
        """Tell what speaks against it."""
        return (
            purposes.a_pack_serves_a_purpose_of_the_list(self.ground)
            or first_refusal(
                qc2024_article_6.paragraph_7_data_leave_for_a_stated_purpose(self.purpose),
                purposes.names_stand_in_a_pack_only_where_its_purpose_needs_them(self.ground, named=self.named),
                purposes.a_pack_of_own_data_is_about_one_person(self.ground, self.criteria.get("account", "")),
            )
            or (None if self.entries else Refusal("", "nothing_logged"))
        )


@dataclass(frozen=True, slots=True)
class Contents:
    """What a finished pack holds: how many events and records of people; its bytes and their SHA-256.

    Everything in it is proved under the `root` of the first `entries` entries of the log.
    """

    events: int
    people: int
    size: int
    sha256: str
    entries: int
    root: str


class Pack(Aggregate):
    """QC2024 Đ6.7: what was taken away with proofs, by whom, for what; nobody fetches it before both events stand."""

    TOPIC = "audit.pack"

    ground: str = ""
    purpose: str = ""
    criteria: dict[str, str] = field(default_factory=dict)
    named: bool = False
    entries: int = 0
    root: str = ""
    taken_by: str = ""
    capacity: str = ""
    sha256: str = ""

    class Ordered(FirstEvent):
        """Somebody who inspects has ordered a pack of the acts that meet the criteria among those known by then."""

        TOPIC = "audit.pack.ordered"
        ground: str
        purpose: str
        criteria: dict[str, str]
        named: bool
        entries: int
        root: str
        taken_by: str

        def apply(self, pack: "Pack") -> None:
            """Remember in which capacity it was ordered."""
            pack.capacity = self.act["capacity"] or ""

    class Sealed(Event):
        """The pack is made and can be fetched from now on: exactly the bytes with this SHA-256."""

        TOPIC = "audit.pack.sealed"
        events: int
        people: int
        size: int
        sha256: str
        entries: int
        root: str

        def apply(self, pack: "Pack") -> None:
            """Remember which bytes."""
            pack.sha256 = self.sha256

    @classmethod
    def order(cls, pack_id: UUID, order: Order, *, act: Act) -> Self | Refusal:
        """Order a pack for a purpose of the list."""
        refusal = order.refusal()
        if refusal is not None:
            return refusal
        return cls.begin(
            cls.Ordered,
            pack_id,
            act=act,
            clause=purposes.PURPOSES[order.ground].clause,
            ground=order.ground,
            purpose=order.purpose.strip(),
            criteria=order.criteria,
            named=order.named,
            entries=order.entries,
            root=order.root,
            taken_by=str(act.account),
        )

    def seal(self, contents: Contents, *, act: Act) -> None:
        """Record which bytes the pack has; made again with the same bytes, nothing is recorded."""
        if contents.sha256 != self.sha256:
            self.record(
                self.Sealed,
                act=act,
                clause="QC2024 Đ6.7",
                events=contents.events,
                people=contents.people,
                size=contents.size,
                sha256=contents.sha256,
                entries=contents.entries,
                root=contents.root,
            )

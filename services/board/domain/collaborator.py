"""A collaborator: somebody outside the teams who supplies items, in a field, steered by a seat of the board."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.authority import Term
from infra.kernel.verdicts import Refusal, first_refusal
from services.board.domain.erasure import CLAUSE, Erasure
from services.board.domain.terms import cut, read_term, term_as_record, written
from services.board.policy.qc2024_article_8 import (
    paragraph_4_a_contract_has_an_end,
    paragraph_4_the_centre_keeps_the_collaborators,
    paragraph_4_who_is_not_of_the_state_has_a_contract,
)
from services.board.policy.qd2461_article_1 import terms_overlap
from services.board.policy.terms import a_term_ends_after_it_begins, a_term_is_cut_inside

_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Profile:
    """What is registered of a collaborator besides the person.

    `field` they write about, `steered_by` the seat that steers them (QC2019 Đ7.7), `unit` they come from,
    `account` if they sign in.
    """

    field: str
    steered_by: str
    unit: str
    account: UUID | None
    person_hash: str


@dataclass(frozen=True, slots=True)
class Engagement:
    """What lets them collaborate for a term: staff of the state, or a contract's number."""

    id: UUID
    state_employee: bool
    contract: str
    term: Term

    def refusal(self) -> Refusal | None:
        """Tell what speaks against it (QC2024 Đ8.4)."""
        return first_refusal(
            paragraph_4_who_is_not_of_the_state_has_a_contract(
                state_employee=self.state_employee, contract=self.contract
            ),
            paragraph_4_a_contract_has_an_end(state_employee=self.state_employee, until=self.term.until),
            a_term_ends_after_it_begins(self.term, "QC2024 Đ8.4"),
        )

    def as_record(self) -> dict[str, str | bool | None]:
        """Return what an event stores of it."""
        record: dict[str, str | bool | None] = {"engagement": str(self.id), "contract": self.contract}
        return record | {"state_employee": self.state_employee} | term_as_record(self.term)


class Collaborator(Aggregate):
    """A collaborator with the last engagement."""

    TOPIC = "board.collaborator"
    account: str | None = None
    engagement: str = ""
    term: Term = Term(_BEGINNING, _BEGINNING)
    erased: bool = False

    class Registered(FirstEvent):
        """Somebody collaborates, from `since` to before `until`, as staff of the state or by `contract`."""

        TOPIC = "board.collaborator.registered"
        field: str
        steered_by: str
        unit: str
        account: str | None
        person_hash: str
        engagement: str
        state_employee: bool
        contract: str
        since: str
        until: str | None

        def apply(self, collaborator: "Collaborator") -> None:
            """Take the term."""
            collaborator.term = read_term(self.since, self.until)

    class ContractRenewed(Event):
        """Another engagement follows."""

        TOPIC = "board.collaborator.contract_renewed"
        account: str | None
        engagement: str
        state_employee: bool
        contract: str
        since: str
        until: str | None

        def apply(self, collaborator: "Collaborator") -> None:
            """Take the new term."""
            collaborator.engagement = self.engagement
            collaborator.term = read_term(self.since, self.until)

    class StruckOff(Event):
        """The last engagement ends at `until`."""

        TOPIC = "board.collaborator.struck_off"
        account: str | None
        engagement: str
        until: str

        def apply(self, collaborator: "Collaborator") -> None:
            """Cut the term."""
            collaborator.term = cut(collaborator.term, self.until)

    class PersonErased(Event):
        """Name, contact and salt were deleted on a ground of the law; the register keeps that somebody collaborated."""

        TOPIC = "board.collaborator.person_erased"
        ground: str = ""
        decision: str = ""
        decided_on: str = ""

        def apply(self, collaborator: "Collaborator") -> None:
            """Closed for good."""
            collaborator.erased = True

    @classmethod
    def register(
        cls, collaborator: UUID, profile: Profile, engagement: Engagement, *, act: Act
    ) -> "Collaborator | Refusal":
        """Enter somebody in the register (QC2024 Đ8.4, QC2019 Đ3.7)."""
        refusal = paragraph_4_the_centre_keeps_the_collaborators(act.capacity) or engagement.refusal()
        if refusal:
            return refusal
        return cls.begin(
            cls.Registered,
            collaborator,
            act=act,
            clause="QC2024 Đ8.4",
            field=profile.field,
            steered_by=profile.steered_by,
            unit=profile.unit,
            account=str(profile.account) if profile.account else None,
            person_hash=profile.person_hash,
            **engagement.as_record(),
        )

    def renew(self, engagement: Engagement, *, act: Act) -> Refusal | None:
        """Let another contract follow the last one, without overlap (QC2024 Đ8.4)."""
        overlap = Refusal("QC2024 Đ8.4", "contracts_overlap", about="since")
        refusal = first_refusal(
            paragraph_4_the_centre_keeps_the_collaborators(act.capacity),
            Refusal("QC2024 Đ8.4", "person_erased") if self.erased else None,
            engagement.refusal(),
            overlap if terms_overlap(self.term, engagement.term) else None,
        )
        if refusal is None:
            facts = {"account": self.account, **engagement.as_record()}
            self.record(self.ContractRenewed, act=act, clause="QC2024 Đ8.4", **facts)
        return refusal

    def strike_off(self, until: datetime, *, act: Act) -> Refusal | None:
        """End the last engagement at an instant (QC2024 Đ8.4)."""
        refusal = first_refusal(
            paragraph_4_the_centre_keeps_the_collaborators(act.capacity),
            a_term_is_cut_inside(self.term, until, "QC2024 Đ8.4"),
        )
        if refusal is None:
            facts = {"account": self.account, "engagement": self.engagement, "until": written(until)}
            self.record(self.StruckOff, act=act, clause="QC2024 Đ8.4", **facts)
        return refusal

    def erase_person(self, erasure: Erasure, *, act: Act) -> Refusal | None:
        """Record that who they were has been deleted; only once the collaboration is over (Law 91/2025 Đ14)."""
        running = self.term.until is None or act.at < self.term.until
        refusal = first_refusal(
            paragraph_4_the_centre_keeps_the_collaborators(act.capacity),
            erasure.refusal(in_office=False, act=act),
            Refusal(CLAUSE, "end_before_erasing") if running or self.erased else None,
        )
        if refusal is None:
            self.record(self.PersonErased, act=act, clause=CLAUSE, **erasure.as_record())
        return refusal

"""Draft regulation of 2024, article 8: the board, its two teams, its secretary and its collaborators."""

from collections.abc import Collection
from datetime import datetime

from infra.kernel.authority import Term
from infra.kernel.offices import SECRETARY, STANDING_DEPUTY, SYSTEM, TECHNICAL_TEAM
from infra.kernel.verdicts import Refusal


def paragraph_2_the_standing_office_forms_teams(capacity: str) -> Refusal | None:
    """QC2024 Đ8.2: the standing office (its director is the standing deputy) decides that a team is set up."""
    if capacity == STANDING_DEPUTY:
        return None
    return Refusal("QC2024 Đ8.2", "teams_are_formed_by_the_standing_deputy", on_authority=True)


def paragraph_2_a_team_has_at_most(limit: int | None, others: Collection[Term], wanted: Term) -> Refusal | None:
    """QC2024 Đ8.2: never more than `limit` people at the same instant of the wanted term, the new one included.

    `limit` None means that the regulation sets none.
    """
    if limit is None or _most_at_once(others, wanted) < limit:
        return None
    return Refusal("QC2024 Đ8.2", "team_full", about="account", facts={"limit": limit})


def paragraph_2_members_come_from_the_centre(unit: str, home_unit: str | None) -> Refusal | None:
    """QC2024 Đ8.2: the teams' people come from the staff of the centre; `home_unit` None asks for no unit."""
    if home_unit is None or unit == home_unit:
        return None
    return Refusal("QC2024 Đ8.2", "not_of_the_centre", about="account")


def paragraph_2_nobody_sits_twice(members: Collection[Term], wanted: Term) -> Refusal | None:
    """QC2024 Đ8.2: a person counts once; `members` are the terms of the same person in the same team."""
    if not any(_meet(term, wanted) for term in members):
        return None
    return Refusal("QC2024 Đ8.2", "already_in_the_team", about="account")


def paragraph_2_the_technical_team_administers_accounts(capacity: str) -> Refusal | None:
    """QC2024 Đ8.2, Đ7.3: system administration is the technical team's; set-up issues the first accounts."""
    if capacity in {TECHNICAL_TEAM, SYSTEM}:
        return None
    return Refusal("QC2024 Đ8.2", "accounts_are_for_the_technical_team", on_authority=True)


def paragraph_3_the_secretary_assigns_the_teams(capacity: str) -> Refusal | None:
    """QC2024 Đ8.3: the secretary manages and assigns both teams, under the standing office that formed them (Đ8.2)."""
    if capacity in {SECRETARY, STANDING_DEPUTY}:
        return None
    return Refusal("QC2024 Đ8.3", "teams_are_assigned_by_the_secretary", on_authority=True)


def paragraph_4_the_centre_keeps_the_collaborators(capacity: str) -> Refusal | None:
    """QC2024 Đ8.4 with Đ8.3: contracts are the portal's, so the secretary or the standing deputy registers them."""
    if capacity in {SECRETARY, STANDING_DEPUTY}:
        return None
    return Refusal("QC2024 Đ8.4", "collaborators_are_registered_by_the_secretary", on_authority=True)


def paragraph_4_who_is_not_of_the_state_has_a_contract(*, state_employee: bool, contract: str) -> Refusal | None:
    """QC2024 Đ8.4: only the staff of state bodies collaborate without a collaborator's contract."""
    if state_employee or contract.strip():
        return None
    return Refusal("QC2024 Đ8.4", "contract_missing", about="contract")


def paragraph_4_a_contract_has_an_end(*, state_employee: bool, until: datetime | None) -> Refusal | None:
    """QC2024 Đ8.4: a contract runs for a time that it names."""
    if state_employee or until is not None:
        return None
    return Refusal("QC2024 Đ8.4", "contract_without_end", about="until")


def _most_at_once(others: Collection[Term], wanted: Term) -> int:
    """Count how many of the others share one instant of the wanted term, at the busiest one."""
    shared = [term for term in others if _meet(term, wanted)]
    starts = [max(term.since, wanted.since) for term in shared]
    return max((sum(term.contains(start) for term in shared) for start in starts), default=0)


def _meet(one: Term, other: Term) -> bool:
    start = max(one.since, other.since)
    return one.contains(start) and other.contains(start)

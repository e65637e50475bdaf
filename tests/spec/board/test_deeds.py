"""The table that the board publishes of who may do what says exactly what its rules say."""

from collections.abc import Callable, Mapping

import pytest

from infra.kernel.offices import CONTENT_TEAM, DEPUTY, HEAD, REVIEWER, SECRETARY, STANDING_DEPUTY, TECHNICAL_TEAM
from infra.kernel.powers import Deed
from infra.kernel.verdicts import Refusal
from services.board import messages
from services.board.messages import ACCOUNT_HOLDER, COLLABORATOR, DEEDS
from services.board.policy import delegations, qc2019_article_4, qc2024_article_8, qc2024_article_18

EVERYBODY = (HEAD, STANDING_DEPUTY, DEPUTY, SECRETARY, CONTENT_TEAM, TECHNICAL_TEAM, REVIEWER, COLLABORATOR)
Rule = Callable[[str], Refusal | None]


def names_reviewers(capacity: str) -> Refusal | None:
    return qc2024_article_18.reviewers_are_named_by_the_head_or_the_standing_office(capacity)


def delegates(capacity: str) -> Refusal | None:
    answers = (
        delegations.only_named_scopes_are_delegated(scope, capacity, receiver)
        for scope, (_, receiver) in delegations.SCOPES.items()
    )
    return next((answer for answer in answers if answer is not None), None) if not gives(capacity) else None


def gives(capacity: str) -> bool:
    return any(
        delegations.only_named_scopes_are_delegated(scope, capacity, receiver) is None
        for scope, (_, receiver) in delegations.SCOPES.items()
    )


def revokes(capacity: str) -> Refusal | None:
    answers = [
        delegations.only_the_giver_or_the_head_revokes(capacity, giver) for giver, _ in delegations.SCOPES.values()
    ]
    return None if None in answers else answers[0]


SEATS = (qc2019_article_4.paragraph_1_the_head_or_the_standing_office_registers_who_holds_a_seat,)
ASSIGNS = (qc2024_article_8.paragraph_3_the_secretary_assigns_the_teams, names_reviewers)
REGISTER = (qc2024_article_8.paragraph_4_the_centre_keeps_the_collaborators,)
ACCOUNTS = (qc2024_article_8.paragraph_2_the_technical_team_administers_accounts,)
RULES: Mapping[str, tuple[Rule, ...]] = {
    "appoint": SEATS,
    "release": SEATS,
    "form": (qc2024_article_8.paragraph_2_the_standing_office_forms_teams, names_reviewers),
    "admit": ASSIGNS,
    "dismiss": ASSIGNS,
    "delegate": (delegates,),
    "revoke": (revokes,),
    **dict.fromkeys(("register_collaborator", "renew_contract", "strike_off", "erase_collaborator"), REGISTER),
    **dict.fromkeys(("issue_account", "unlock", "suspend", "restore", "reset_password", "erase_person"), ACCOUNTS),
}
"""The rules that open each deed; it is open to whom one of them does not refuse."""
SET_UP = {messages.BOARD_FOUNDED, messages.BOARD_OPENED, messages.OFFICE_ESTABLISHED}


@pytest.mark.parametrize("capacity", EVERYBODY)
@pytest.mark.parametrize("deed", [deed for deed in DEEDS if not deed.of_owner], ids=lambda deed: deed.command)
def test_whoever_the_table_names_may_and_nobody_else(deed: Deed, capacity: str) -> None:
    allowed = any(rule(capacity) is None for rule in RULES[deed.command])

    assert allowed == (capacity in {power.capacity for power in deed.powers})


def test_every_event_of_the_board_but_setting_up_is_in_the_table() -> None:
    names = [
        name
        for name in vars(messages)
        if name.startswith(("OFFICE_", "TEAM_", "DELEGATION_", "COLLABORATOR_", "ACCOUNT_", "BOARD_"))
    ]
    topics = {getattr(messages, name) for name in names} - {ACCOUNT_HOLDER}

    assert {topic for deed in DEEDS for topic in deed.topics} == topics - SET_UP


def test_passwords_and_sessions_are_their_owners_business() -> None:
    owned = {deed.command for deed in DEEDS if deed.of_owner}

    assert owned == {"sign_in", "sign_out", "choose_password"}

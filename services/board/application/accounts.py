"""Accounts: issuing, suspending, erasing, and the passwords that open them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from uuid import UUID

from infra.event_store.application import CHANGED_MEANWHILE
from infra.kernel.act import Act
from infra.kernel.verdicts import Refusal, Verdict, first_refusal
from services.board.application.log import BoardLog, already, insist
from services.board.application.passwords import Passwords, in_force
from services.board.application.people import PeopleStore, person_key
from services.board.application.sign_in import SignIn
from services.board.domain.account import Account, account_id
from services.board.domain.erasure import Erasure
from services.board.policy.level_3_security import (
    login_is_plain,
    password_does_not_contain_the_login,
    password_is_another_one,
    password_is_long_and_mixed,
)
from services.board.policy.qc2024_article_8 import paragraph_2_the_technical_team_administers_accounts
from services.board.profile import BoardProfile

Decide = Callable[[Account, Callable[[str], bool]], Refusal | None]
"""What an account decides about another password, given whether a password opens it now."""

_LOGIN_TAKEN = Refusal("QC2024 Đ10.1b", "login_taken", about="login")
_UNIT_UNKNOWN = Refusal("QC2024 Đ8.2", "unit_unknown", about="unit")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Who gets an account: login, the person's name, and the unit they serve in."""

    login: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Vault:
    """Where what must not be in the log is kept."""

    people: PeopleStore
    passwords: Passwords


class Accounts:
    """What the technical team and the owners do to accounts."""

    def __init__(self, log: BoardLog, profile: BoardProfile, vault: Vault) -> None:
        self._log = log
        self._profile = profile
        self._door = SignIn(log, profile, vault.passwords)
        self._people = vault.people
        self._passwords = vault.passwords

    def issue(self, new: NewAccount, first_password: str, *, act: Act) -> Verdict:
        """Issue a personal account; its first password must be changed (QC2024 Đ10.1b, Đ8.2)."""
        account = account_id(new.login)
        known = self._log.find(Account, account)
        if known is not None:
            return already(known) if known.has_answered(act) else _LOGIN_TAKEN
        refusal = self._not_issuable(new, first_password, act)
        if refusal:
            return self._log.settle(None, refusal, act=act, command="issue_account")
        person_hash = self._people.put(person_key(account), {"name": new.name, "login": new.login})
        self._passwords.put(account, first_password)
        made = Account.issue(account, new.unit, person_hash, act=act)
        return self._log.answer(made, act=act, command="issue_account")

    def choose_password(self, current: str, new: str, *, act: Act) -> Verdict:
        """Let the owner choose another password; all sessions begun before end (QC2024 Đ5.3b, Đ6.1)."""

        def decide(account: Account, opens: Callable[[str], bool]) -> Refusal | None:
            return (
                self._door.confirm_password(account, right=opens(current), act=act)
                or self._unfit(account.id, new, opens, act)
                or account.choose_password(act=act)
            )

        return self._set_password(act.account, new, decide, act=act, command="choose_password")

    def reset_password(self, subject: UUID, new: str, *, act: Act) -> Verdict:
        """Hand out another first password (QC2024 Đ8.2)."""

        def decide(account: Account, opens: Callable[[str], bool]) -> Refusal | None:
            return (
                self._log.not_entitled(act)
                or account.reset_password(act=act)
                or self._unfit(account.id, new, opens, act)
            )

        return self._set_password(subject, new, decide, act=act, command="reset_password")

    def unlock(self, subject: UUID, *, act: Act) -> Verdict:
        """Let the owner in before the lock-out ends (QC2024 Đ8.2)."""
        return self._administer(subject, act, "unlock", lambda account: account.unlock(act=act))

    def suspend(self, subject: UUID, ground: str, *, act: Act) -> Verdict:
        """Close an account and end its sessions (QC2024 Đ6.3)."""
        return self._administer(subject, act, "suspend", lambda account: account.suspend(ground, act=act))

    def restore(self, subject: UUID, *, act: Act) -> Verdict:
        """Open a suspended account again (QC2024 Đ8.2)."""
        return self._administer(subject, act, "restore", lambda account: account.restore(act=act))

    def erase_person(self, subject: UUID, erasure: Erasure, *, act: Act) -> Verdict:
        """Delete who the owner was; what the account did stays provable (Law 91/2025 Đ14).

        The data goes first: a crash between leaves nothing behind that the event says is gone, and the order can be
        given again.
        """
        in_office = self._log.serves(subject, (seat.capacity for seat in self._profile.seats(act.at)), act.at)

        def erase(account: Account) -> Refusal | None:
            refusal = account.erase_person(erasure, in_office=in_office, act=act)
            if refusal is None:
                self._people.erase(person_key(subject))
                self._passwords.erase(subject)
            return refusal

        return self._administer(subject, act, "erase_person", erase)

    def _administer(
        self, subject: UUID, act: Act, command: str, decide: Callable[[Account], Refusal | None]
    ) -> Verdict:
        def attempt() -> Verdict:
            account = self._log.find(Account, subject)
            if account is None:
                return Refusal("QC2024 Đ10.1b", "account_unknown", about="account")
            if account.has_answered(act):
                return already(account)
            refusal = self._log.not_entitled(act) or decide(account)
            return self._log.settle(account, refusal, act=act, command=command)

        return insist(attempt)

    def _set_password(self, subject: UUID, new: str, decide: Decide, *, act: Act, command: str) -> Verdict:
        """Lay the new hash beside the present one, then record: what is broken off between can be ordered again.

        Hashes are made and compared once: a second attempt must be quick, or others overtake it again.
        """
        hashed, matches = cache(self._passwords.hashed), cache(self._passwords.matches)

        def attempt() -> Verdict:
            account = self._log.load(Account, subject)
            if account.has_answered(act):
                return already(account)
            present, version = in_force(account), account.version
            refusal = decide(account, partial(matches, present))
            if not refusal and not self._passwords.lay_beside(present, version, hashed(new), act.correlation):
                refusal = CHANGED_MEANWHILE
            return self._log.settle(account, refusal, act=act, command=command)

        return insist(attempt)

    def _not_issuable(self, new: NewAccount, password: str, act: Act) -> Refusal | None:
        return self._log.not_entitled(act) or first_refusal(
            paragraph_2_the_technical_team_administers_accounts(act.capacity),
            login_is_plain(new.login),
            None if new.unit in self._profile.units(act.at) else _UNIT_UNKNOWN,
            password_is_long_and_mixed(password, self._profile.account_rules(act.at)),
            password_does_not_contain_the_login(password, new.login),
        )

    def _unfit(self, account: UUID, new: str, opens: Callable[[str], bool], act: Act) -> Refusal | None:
        person = self._people.get(person_key(account)) or {}
        login = person.get("login")
        return first_refusal(
            password_is_long_and_mixed(new, self._profile.account_rules(act.at)),
            password_does_not_contain_the_login(new, login) if login else None,
            password_is_another_one(same_as_before=opens(new)),
        )

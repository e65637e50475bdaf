"""Accounts: issuing, suspending, erasing, and the passwords that open them."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.verdicts import Accepted, Refusal, Verdict, first_refusal
from services.board.application.log import BoardLog, already
from services.board.application.passwords import Passwords
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
        account = self._log.load(Account, act.account)
        if account.has_answered(act):
            return already(account)
        refusal = self._door.confirm_password(current, act=act)
        if refusal:
            return refusal
        account, refusal = self._log.load(Account, act.account), self._unfit(act.account, new, act)
        return self._with_password(account, new, refusal or account.choose_password(act=act), act, "choose_password")

    def reset_password(self, subject: UUID, new: str, *, act: Act) -> Verdict:
        """Hand out another first password (QC2024 Đ8.2)."""
        account = self._log.load(Account, subject)
        if account.has_answered(act):
            return already(account)
        refusal = self._log.not_entitled(act) or account.reset_password(act=act) or self._unfit(subject, new, act)
        return self._with_password(account, new, refusal, act, "reset_password")

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
        account = self._log.find(Account, subject)
        if account is None:
            return Refusal("QC2024 Đ10.1b", "account_unknown", about="account")
        if account.has_answered(act):
            return already(account)
        refusal = self._log.not_entitled(act) or decide(account)
        return self._log.settle(account, refusal, act=act, command=command)

    def _with_password(self, account: Account, new: str, refusal: Refusal | None, act: Act, command: str) -> Verdict:
        """Keep the new hash, then record it: a crash between leaves a password that must be changed once more."""
        if refusal:
            return self._log.settle(account, refusal, act=act, command=command)
        before = self._passwords.put(account.id, new)
        verdict = self._log.settle(account, None, act=act, command=command)
        if not isinstance(verdict, Accepted):
            self._passwords.restore(account.id, before)
        return verdict

    def _not_issuable(self, new: NewAccount, password: str, act: Act) -> Refusal | None:
        return self._log.not_entitled(act) or first_refusal(
            paragraph_2_the_technical_team_administers_accounts(act.capacity),
            login_is_plain(new.login),
            None if new.unit in self._profile.units(act.at) else _UNIT_UNKNOWN,
            password_is_long_and_mixed(password, self._profile.account_rules(act.at)),
            password_does_not_contain_the_login(password, new.login),
        )

    def _unfit(self, account: UUID, new: str, act: Act) -> Refusal | None:
        person = self._people.get(person_key(account)) or {}
        login = person.get("login")
        return first_refusal(
            password_is_long_and_mixed(new, self._profile.account_rules(act.at)),
            password_does_not_contain_the_login(new, login) if login else None,
            password_is_another_one(same_as_before=self._passwords.matches(account, new)),
        )

"""Signing in and out: one answer for every reason to stay outside, in the same time."""

from dataclasses import replace
from uuid import UUID

from infra.event_store.application import CHANGED_MEANWHILE
from infra.event_store.errors import NotFound
from infra.kernel.act import Act
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from infra.metrics.instruments import count_lockout
from services.board.application.log import BoardLog
from services.board.application.passwords import Passwords
from services.board.domain.account import Account, not_let_in
from services.board.profile import BoardProfile

_TRIES = 5
"""So often an attempt is made again that another one has overtaken; after that it is refused, whatever was typed."""


class SignIn:
    """The door. The act's account is the one whose login was typed."""

    def __init__(self, log: BoardLog, profile: BoardProfile, passwords: Passwords) -> None:
        self._log = log
        self._profile = profile
        self._passwords = passwords

    def sign_in(self, password: str, session: UUID, *, act: Act) -> Verdict:
        """Begin a session, or record that it was refused (QC2024 Đ10.1b, Đ6.2).

        Every refusal looks the same and takes the same time, whether the login exists or not.
        """
        right, rules = self._passwords.matches(act.account, password), self._profile.account_rules(act.at)
        for _ in range(_TRIES):
            account = self._log.find(Account, act.account)
            if account is None:
                break
            refusal = account.sign_in(session, rules, password_right=right, act=act)
            verdict = self._settle(account, act, "sign_in")
            if verdict != CHANGED_MEANWHILE:
                return refusal or verdict
        return not_let_in(rules)

    def confirm_password(self, password: str, *, act: Act) -> Refusal | None:
        """Believe that the actor knows the own password, or record that not (QC2024 Đ5.3b)."""
        right, rules = self._passwords.matches(act.account, password), self._profile.account_rules(act.at)
        for _ in range(_TRIES):
            account = self._mine(act)
            # Under a number of its own: the form may be sent again under the act's, with the right password.
            number = natural_id("board.account.present_password", str(act.correlation), str(account.version))
            trial = replace(act, correlation=number)
            refusal = account.confirm_password(rules, password_right=right, act=trial)
            if self._settle(account, trial, "choose_password") != CHANGED_MEANWHILE:
                return refusal
        return CHANGED_MEANWHILE

    def sign_out(self, session: UUID, *, act: Act) -> Verdict:
        """End one session of the actor everywhere (QC2024 Đ6.2)."""
        account = self._mine(act)
        return self._log.settle(account, account.sign_out(session, act=act), act=act, command="sign_out")

    def end_sessions(self, *, act: Act) -> Verdict:
        """End all sessions of the actor everywhere (QC2024 Đ6.2)."""
        account = self._mine(act)
        if account.has_answered(act):
            return Accepted(account.id, account.version, 0)
        return self._log.settle(account, account.end_sessions(act=act), act=act, command="end_sessions")

    def _settle(self, account: Account, act: Act, command: str) -> Verdict:
        """Save what the account decided. Every guess counts, also when many come at once: see `_TRIES`."""
        locks = any(isinstance(event, Account.LockedOut) for event in account.pending_events)
        verdict = self._log.settle(account, None, act=act, command=command)
        if locks and isinstance(verdict, Accepted):
            count_lockout()
        return verdict

    def _mine(self, act: Act) -> Account:
        account = self._log.find(Account, act.account)
        if account is None:
            raise NotFound(f"no Account {act.account}")
        return account

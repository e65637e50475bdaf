"""Signing in and out: one answer for every reason to stay outside."""

from dataclasses import replace
from functools import cache
from uuid import UUID

from infra.event_store.application import CHANGED_MEANWHILE
from infra.kernel.act import Act
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Refusal, Verdict
from infra.metrics.instruments import count_lockout
from services.board.application.log import BoardLog, already, insist
from services.board.application.passwords import InForce, Passwords, in_force
from services.board.domain.account import Account, not_let_in
from services.board.profile import BoardProfile


class SignIn:
    """The door. The act's account is the one whose login was typed."""

    def __init__(self, log: BoardLog, profile: BoardProfile, passwords: Passwords) -> None:
        self._log = log
        self._profile = profile
        self._passwords = passwords

    def sign_in(self, password: str, session: UUID, *, act: Act) -> Verdict:
        """Begin a session, or record that it was refused (QC2024 Đ10.1b, Đ6.2).

        Every refusal reads the same and costs one comparison of a password, whether the login exists or not. One at an
        account that is open for guesses takes a commit longer, because it is on record; decision 0051 says what that tells.
        """
        rules, matches = self._profile.account_rules(act.at), cache(self._passwords.matches)

        def attempt() -> Verdict:
            account = self._log.find(Account, act.account)
            right = matches(in_force(account) if account else InForce(act.account), password)
            if account is None:
                return not_let_in(rules)
            refusal = account.sign_in(session, rules, password_right=right, act=act)
            return self._settle(account, refusal, act, "sign_in")

        verdict = insist(attempt)
        return not_let_in(rules) if verdict == CHANGED_MEANWHILE else verdict

    def confirm_password(self, account: Account, *, right: bool, act: Act) -> Refusal | None:
        """Believe that the actor knows the own password, or record that not (QC2024 Đ5.3b)."""
        # Under a number of its own: the form may be sent again under the act's, with the right password.
        number = natural_id("board.account.present_password", str(act.correlation), str(account.version))
        trial = replace(act, correlation=number)
        refusal = account.confirm_password(self._profile.account_rules(act.at), password_right=right, act=trial)
        settled = self._settle(account, refusal, trial, "choose_password") if refusal else None
        return settled if isinstance(settled, Refusal) else None

    def sign_out(self, session: UUID, *, act: Act) -> Verdict:
        """End one session of the actor everywhere (QC2024 Đ6.2)."""

        def attempt() -> Verdict:
            account = self._log.load(Account, act.account)
            return self._log.settle(account, account.sign_out(session, act=act), act=act, command="sign_out")

        return insist(attempt)

    def end_sessions(self, *, act: Act) -> Verdict:
        """End all sessions of the actor everywhere (QC2024 Đ6.2)."""

        def attempt() -> Verdict:
            account = self._log.load(Account, act.account)
            if account.has_answered(act):
                return already(account)
            return self._log.settle(account, account.end_sessions(act=act), act=act, command="end_sessions")

        return insist(attempt)

    def _settle(self, account: Account, refusal: Refusal | None, act: Act, command: str) -> Verdict:
        """Save what the account decided, a refusal too: every guess counts, also when many come at once."""
        locks = any(isinstance(event, Account.LockedOut) for event in account.pending_events)
        verdict = self._log.settle(account, None, act=act, command=command)
        if isinstance(verdict, Refusal):
            return verdict
        if locks:
            count_lockout()
        return refusal or verdict

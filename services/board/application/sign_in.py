"""Signing in and out: one answer for every reason to stay outside, in the same time."""

from uuid import UUID

from infra.event_store.errors import NotFound
from infra.kernel.act import Act
from infra.kernel.verdicts import Accepted, Verdict
from services.board.application.log import BoardLog
from services.board.application.passwords import Passwords
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

        Every refusal looks the same and takes the same time, whether the login exists or not.
        """
        right = self._passwords.matches(act.account, password)
        account, rules = self._log.find(Account, act.account), self._profile.account_rules(act.at)
        if account is None:
            return not_let_in(rules)
        refusal = account.sign_in(session, rules, password_right=right, act=act)
        verdict = self._log.settle(account, None, act=act, command="sign_in")
        return refusal or verdict

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

    def _mine(self, act: Act) -> Account:
        account = self._log.find(Account, act.account)
        if account is None:
            raise NotFound(f"no Account {act.account}")
        return account

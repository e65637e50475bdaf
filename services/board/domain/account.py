"""An account: one person's way in, whose password and name are kept elsewhere and can be erased."""

from collections.abc import Set as AbstractSet
from dataclasses import field
from datetime import datetime
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Refusal, first_refusal
from services.board.domain.ending import ending
from services.board.domain.erasure import CLAUSE, Erasure
from services.board.domain.terms import written
from services.board.policy.level_3_security import AccountRules, locks_after
from services.board.policy.qc2024_article_6 import (
    paragraph_2_nobody_uses_the_account_of_another,
    paragraph_3_nobody_registers_an_office_for_the_own_account,
)
from services.board.policy.qc2024_article_8 import paragraph_2_the_technical_team_administers_accounts

GROUNDS = ("left", "idle", "misuse", "compromised")
"""Why an account is suspended; a closed list, so that no remark about a person gets into the log."""


def account_id(login: str) -> UUID:
    """Return the id of the account with this login, however it is capitalised."""
    return natural_id("board.account", login.strip().casefold())


class Account(Aggregate):
    """What is remembered of an account in order to let its owner in."""

    TOPIC = "board.account"
    unit: str = ""
    suspended: bool = False
    erased: bool = False
    must_change_password: bool = True
    failures: int = 0
    locked_until: datetime | None = None
    sessions: AbstractSet[str] = field(default_factory=frozenset)
    password_request: str | None = None  # with which the present password came; None: it is the first one

    class Issued(FirstEvent):
        """The account exists; `person_hash` is the salted hash of who it was issued to, `unit` where they serve."""

        TOPIC = "board.account.issued"
        unit: str
        person_hash: str

    class SignedIn(Event):
        """A session begins."""

        TOPIC = "board.account.signed_in"
        session: str

        def apply(self, account: "Account") -> None:
            """Remember the session and forget failures."""
            account.sessions = account.sessions | {self.session}
            account.failures = 0

    class SignInRefused(Event):
        """Somebody with the right login was not let in, or knew the present password wrongly; `failures` counts them in a row."""

        TOPIC = "board.account.sign_in_refused"
        code: str
        failures: int

        def apply(self, account: "Account") -> None:
            """Remember the count."""
            account.failures = self.failures

    class LockedOut(Event):
        """After too many failures nobody is let in before `until`; `norm` is the rule that says how many."""

        TOPIC = "board.account.locked_out"
        until: str
        failures: int
        norm: str

        def apply(self, account: "Account") -> None:
            """Close, and count anew afterwards."""
            account.locked_until = datetime.fromisoformat(self.until)
            account.failures = 0

    class Unlocked(Event):
        """The technical team lets the owner in before the lock-out ends."""

        TOPIC = "board.account.unlocked"

        def apply(self, account: "Account") -> None:
            """Open."""
            account.locked_until = None

    class SignedOut(Event):
        """A session ends."""

        TOPIC = "board.account.signed_out"
        session: str

        def apply(self, account: "Account") -> None:
            """Forget the session."""
            account.sessions = account.sessions - {self.session}

    class SessionsEnded(Event):
        """The owner ends all sessions begun before now."""

        TOPIC = "board.account.sessions_ended"

        def apply(self, account: "Account") -> None:
            """Forget all sessions."""
            account.sessions = frozenset()

    class PasswordChosen(Event):
        """The owner has chosen a password; all sessions begun before now end."""

        TOPIC = "board.account.password_chosen"

        def apply(self, account: "Account") -> None:
            """The owner's own password from now on."""
            account.must_change_password = False
            account.password_request = self.act["correlation"]
            account.sessions = frozenset()

    class PasswordReset(Event):
        """The technical team has handed out a new first password; all sessions end, a lock-out too."""

        TOPIC = "board.account.password_reset"

        def apply(self, account: "Account") -> None:
            """To be changed at the next sign-in."""
            account.must_change_password = True
            account.password_request = self.act["correlation"]
            account.locked_until = None
            account.failures = 0
            account.sessions = frozenset()

    class Suspended(Event):
        """Nobody is let in any more; all sessions end."""

        TOPIC = "board.account.suspended"
        ground: str

        def apply(self, account: "Account") -> None:
            """Close."""
            account.suspended = True
            account.sessions = frozenset()

    class Restored(Event):
        """The owner is let in again."""

        TOPIC = "board.account.restored"

        def apply(self, account: "Account") -> None:
            """Open."""
            account.suspended = False

    class PersonErased(Event):
        """Name, login, password and salt were deleted on a ground of the law; what the account did stays provable."""

        TOPIC = "board.account.person_erased"
        ground: str = ""
        decision: str = ""
        decided_on: str = ""

        def apply(self, account: "Account") -> None:
            """Closed for good."""
            account.erased = True

    @classmethod
    def issue(cls, account: UUID, unit: str, person_hash: str, *, act: Act) -> "Account | Refusal":
        """Issue an account to one person (QC2024 Đ10.1b: a personal account and password)."""
        refusal = paragraph_2_the_technical_team_administers_accounts(act.capacity)
        if refusal:
            return refusal
        facts = {"unit": unit, "person_hash": person_hash}
        return cls.begin(cls.Issued, account, act=act, clause="QC2024 Đ10.1b", **facts)

    def sign_in(self, session: UUID, rules: AccountRules, *, password_right: bool, act: Act) -> Refusal | None:
        """Let the owner in, or record why not; a refused sign-in is an event too (QC2024 Đ10.1b, Đ6.2).

        While the account is locked only the lock itself is on record, not every knock at the door.
        """
        if self.is_locked(act.at):
            return not_let_in(rules)
        if self.suspended or self.erased or not password_right:
            return self._refuse_sign_in("wrong_password" if not password_right else "suspended", rules, act=act)
        self.record(self.SignedIn, act=act, clause="QC2024 Đ10.1b", session=str(session))
        return None

    def sign_out(self, session: UUID, *, act: Act) -> Refusal | None:
        """End one of the own sessions; ending it twice changes nothing."""
        refusal = self._not_mine(act)
        if refusal is None and str(session) in self.sessions:
            self.record(self.SignedOut, act=act, clause="QC2024 Đ6.2", session=str(session))
        return refusal

    def end_sessions(self, *, act: Act) -> Refusal | None:
        """End all own sessions, such as one left open elsewhere (QC2024 Đ6.2)."""
        refusal = self._not_mine(act)
        if refusal is None:
            self.record(self.SessionsEnded, act=ending(act, self.modified_on), clause="QC2024 Đ6.2")
        return refusal

    def confirm_password(self, rules: AccountRules, *, password_right: bool, act: Act) -> Refusal | None:
        """Believe that the owner knows the present password, or record that not (QC2024 Đ5.3b).

        It counts as at the door: an open session is no place to go on guessing, and while the account is locked no
        answer is given.
        """
        if self.is_locked(act.at):
            return Refusal("QC2024 Đ5.3b", "account_locked", about="current")
        if password_right:
            return None
        self._refuse_sign_in("wrong_present_password", rules, act=act)
        return Refusal("QC2024 Đ6.2", "password_wrong", about="current")

    def choose_password(self, *, act: Act) -> Refusal | None:
        """Record that the owner has another password; whether it is good enough is asked before (QC2024 Đ6.1)."""
        refusal = self._not_mine(act) or self._closed()
        if refusal is None:
            self.record(self.PasswordChosen, act=ending(act, self.modified_on), clause="QC2024 Đ5.3b")
        return refusal

    def reset_password(self, *, act: Act) -> Refusal | None:
        """Record that the technical team handed out a first password (QC2024 Đ8.2)."""
        refusal = self._not_administered(act) or self._closed()
        if refusal is None:
            self.record(self.PasswordReset, act=ending(act, self.modified_on), clause="QC2024 Đ8.2")
        return refusal

    def unlock(self, *, act: Act) -> Refusal | None:
        """Let the owner in before the lock-out ends (QC2024 Đ8.2)."""
        refusal = self._not_administered(act)
        if refusal is None and not self.is_locked(act.at):
            refusal = Refusal("QC2024 Đ8.2", "account_not_locked")
        if refusal is None:
            self.record(self.Unlocked, act=act, clause="QC2024 Đ8.2")
        return refusal

    def suspend(self, ground: str, *, act: Act) -> Refusal | None:
        """Close the account until it is restored (QC2024 Đ6.1-3)."""
        refusal = self._not_administered(act) or self._closed()
        if refusal is None and ground not in GROUNDS:
            refusal = Refusal("QC2024 Đ6.3", "ground_unknown", about="ground")
        if refusal is None:
            self.record(self.Suspended, act=ending(act, self.modified_on), clause="QC2024 Đ6.3", ground=ground)
        return refusal

    def restore(self, *, act: Act) -> Refusal | None:
        """Open a suspended account again (QC2024 Đ8.2)."""
        refusal = self._not_administered(act)
        if refusal is None and (self.erased or not self.suspended):
            refusal = Refusal("QC2024 Đ8.2", "account_not_suspended")
        if refusal is None:
            self.record(self.Restored, act=act, clause="QC2024 Đ8.2")
        return refusal

    def erase_person(self, erasure: Erasure, *, in_office: bool, act: Act) -> Refusal | None:
        """Record that who the owner was has been deleted; only after the account was suspended (Law 91/2025 Đ14)."""
        refusal = self._not_administered(act) or erasure.refusal(in_office=in_office, act=act)
        if refusal is None and (self.erased or not self.suspended):
            refusal = Refusal(CLAUSE, "suspend_before_erasing")
        if refusal is None:
            self.record(self.PersonErased, act=act, clause=CLAUSE, **erasure.as_record())
        return refusal

    def is_locked(self, at: datetime) -> bool:
        """Tell whether a lock-out is running at the instant."""
        return self.locked_until is not None and at < self.locked_until

    def _refuse_sign_in(self, code: str, rules: AccountRules, *, act: Act) -> Refusal:
        failures = self.failures + 1
        self.record(self.SignInRefused, act=act, clause="QC2024 Đ6.2", code=code, failures=failures)
        until = locks_after(failures, rules, act.at)
        if until is not None:
            facts = {"until": written(until), "failures": failures, "norm": rules.norm}
            self.record(self.LockedOut, act=act, clause="QC2024 Đ5.3b", **facts)
        return not_let_in(rules)

    def _not_mine(self, act: Act) -> Refusal | None:
        return paragraph_2_nobody_uses_the_account_of_another(self.id, act.account)

    def _not_administered(self, act: Act) -> Refusal | None:
        return first_refusal(
            paragraph_2_the_technical_team_administers_accounts(act.capacity),
            paragraph_3_nobody_registers_an_office_for_the_own_account(self.id, act.account),
        )

    def _closed(self) -> Refusal | None:
        return Refusal("QC2024 Đ6.3", "account_suspended") if self.suspended or self.erased else None


def not_let_in(rules: AccountRules) -> Refusal:
    """Return the one answer for every reason: who stands at the door learns nothing about accounts."""
    facts = {"failures": rules.failures_before_lock, "hours": rules.lock_hours}
    return Refusal("QC2024 Đ10.1b", "sign_in_refused", facts=facts)

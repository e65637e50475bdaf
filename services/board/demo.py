"""Loads the demo province's board by running its use cases as the right people on the right days.

`python -m services.board.demo`: repeating it records nothing new. Names are invented.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from infra import logs
from infra.kernel.act import Act
from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.offices import (
    CONTENT_TEAM,
    DEPUTY,
    HEAD,
    REVIEWER,
    SECRETARY,
    STANDING_DEPUTY,
    SYSTEM,
    TECHNICAL_TEAM,
)
from infra.kernel.verdicts import Refusal, Verdict
from infra.local.secret_store import SecretStore
from infra.settings import ServiceSettings
from services.board.application.accounts import NewAccount
from services.board.application.collaborators import NewCollaborator
from services.board.application.teams import Admission
from services.board.bootstrap import Commands, desk
from services.board.domain.account import account_id
from services.board.domain.collaborator import Engagement
from services.board.domain.decision import PROVINCE_TIME, Decision
from services.board.domain.delegation import Grant
from services.board.domain.office import Appointment
from services.board.messages import ACCOUNT_HOLDER
from services.board.policy.qc2019_article_5 import ACT_FOR_THE_HEAD
from services.board.policy.qc2024_article_10 import PUBLISH

FOUNDING = Decision("2461/QĐ-UBND", date(2019, 11, 19))
TEAMS = Decision("08/QĐ-STTTT", date(2020, 1, 6))
INSPECTION = Decision("02/QĐ-BBT", date(2020, 2, 3))
NEW_DEPUTY = Decision("377/QĐ-UBND", date(2023, 3, 15))
MORE_EDITORS = Decision("19/QĐ-STTTT", date(2024, 2, 19))

LEADERS = (
    NewAccount("head", "Lê Thị Hồng Phượng", "peoples-committee"),
    NewAccount("standing-deputy", "Nguyễn Quang Thắng", "standing-office"),
    NewAccount("secretary", "Đỗ Minh Châu", "centre"),
    NewAccount("tech1", "Đặng Quốc Huy", "centre"),
)
"""Who has an account before anybody can issue one."""

STAFF = (
    NewAccount("tech2", "Trịnh Anh Khoa", "centre"),
    NewAccount("editor1", "Vũ Ngọc Lan", "centre"),
    NewAccount("editor2", "Hoàng Gia Bảo", "centre"),
    NewAccount("editor3", "Bùi Thanh Trúc", "centre"),
    NewAccount("editor4", "Lý Kim Ngân", "centre"),
    NewAccount("deputy", "Phạm Hữu Lộc", "committee-office"),
    NewAccount("former-deputy", "Cao Xuân Hậu", "committee-office"),
    NewAccount("reviewer", "Phan Thế Vinh", "inspectorate"),
    NewAccount("collaborator1", "Điểu Thị Mai", "outside"),
)
"""Whom the technical team issues accounts to."""

WITH_A_FIRST_PASSWORD = "editor4"  # noqa: S105 - a login
"""Shows what everybody sees at the first sign-in: the first password must be changed."""

log = logs.get_logger("demo")


class DemoRefusedError(Exception):
    """A step of the demo was refused: the demo and the rules do not agree."""


@dataclass(frozen=True, slots=True)
class Step:
    """Who does something in which capacity, on which day, at nine in the morning."""

    login: str
    capacity: str
    day: date
    name: str

    def act(self) -> Act:
        """Return the act; the same step is the same request each time."""
        at = datetime.combine(self.day, time(9), PROVINCE_TIME)
        return Act(account_id(self.login), self.capacity, at, natural_id("board.demo", self.name))


def begin(day: date) -> datetime:
    """Return the first instant of a day in the province."""
    return datetime.combine(day, time(0), PROVINCE_TIME)


class DemoProvince:
    """The board's story from its founding until today."""

    def __init__(self, commands: Commands, passwords: Mapping[str, str]) -> None:
        self._commands = commands
        self._passwords = passwords

    def load(self) -> None:
        """Tell the whole story. Raises `DemoRefusedError`."""
        self._found()
        self._form_teams()
        self._issue_accounts()
        self._name_people()
        self._change_deputies()
        self._delegate()
        self._engage_collaborators()

    def _found(self) -> None:
        day = FOUNDING.signed_on
        self._done(self._commands.founding.found("binh-phuoc", act=_setting_up("found", day).act()))
        for new in LEADERS:
            self._issue(new, _setting_up(f"issue {new.login}", day))
        for seat in (HEAD, STANDING_DEPUTY):
            self._appoint(seat, seat, FOUNDING, _setting_up(f"appoint {seat}", day))
        self._done(self._commands.founding.open(act=_setting_up("open", day).act()))
        self._appoint(SECRETARY, SECRETARY, FOUNDING, _by_the_standing_deputy("appoint secretary", day))

    def _form_teams(self) -> None:
        for team in (CONTENT_TEAM, TECHNICAL_TEAM):
            act = _by_the_standing_deputy(f"form {team}", TEAMS.signed_on)
            self._done(self._commands.teams.form(team, TEAMS, act=act.act()))
        act = _by_the_head("form reviewers", INSPECTION.signed_on)
        self._done(self._commands.teams.form(REVIEWER, INSPECTION, act=act.act()))
        self._admit(TECHNICAL_TEAM, "tech1", TEAMS, _by_the_standing_deputy("admit tech1", TEAMS.signed_on))

    def _issue_accounts(self) -> None:
        for new in STAFF:
            self._issue(new, Step("tech1", TECHNICAL_TEAM, TEAMS.signed_on, f"issue {new.login}"))

    def _name_people(self) -> None:
        for login, team in (("tech2", TECHNICAL_TEAM), ("editor1", CONTENT_TEAM), ("editor2", CONTENT_TEAM)):
            self._admit(team, login, TEAMS, _by_the_secretary(f"admit {login}", TEAMS.signed_on))
        for login in ("editor3", "editor4"):
            act = _by_the_secretary(f"admit {login}", MORE_EDITORS.signed_on)
            self._admit(CONTENT_TEAM, login, MORE_EDITORS, act)
        self._admit(REVIEWER, "reviewer", INSPECTION, _by_the_head("admit reviewer", INSPECTION.signed_on))

    def _change_deputies(self) -> None:
        """The seat stays, its holder changes: the old one until the new one's first day."""
        end, appoint = begin(NEW_DEPUTY.signed_on), _by_the_head("appoint former-deputy", TEAMS.signed_on)
        self._appoint(DEPUTY, "former-deputy", TEAMS, appoint)
        release = _by_the_standing_deputy("release former-deputy", NEW_DEPUTY.signed_on)
        held = _appointment(DEPUTY, "former-deputy", TEAMS)
        self._done(self._commands.offices.release(DEPUTY, held.id, end, NEW_DEPUTY, act=release.act()))
        self._appoint(DEPUTY, "deputy", NEW_DEPUTY, _by_the_standing_deputy("appoint deputy", NEW_DEPUTY.signed_on))
        suspend = Step("tech1", TECHNICAL_TEAM, NEW_DEPUTY.signed_on, "suspend former-deputy").act()
        self._done(self._commands.accounts.suspend(account_id("former-deputy"), "left", act=suspend))

    def _delegate(self) -> None:
        summer = Grant(SECRETARY, PUBLISH, begin(date(2025, 7, 1)), begin(date(2025, 10, 1)))
        now = Grant(SECRETARY, PUBLISH, begin(date(2026, 1, 5)), begin(date(2031, 1, 1)))
        away = Grant(STANDING_DEPUTY, ACT_FOR_THE_HEAD, begin(date(2025, 10, 6)), begin(date(2025, 10, 20)))
        for step, grant, number in (
            (_by_the_standing_deputy("delegate 2025", date(2025, 6, 27)), summer, "45/QĐ-STTTT"),
            (_by_the_head("delegate to the standing deputy", date(2025, 10, 3)), away, "07/QĐ-BBT"),
            (_by_the_standing_deputy("delegate 2026", date(2026, 1, 2)), now, "01/QĐ-STTTT"),
        ):
            self._done(self._commands.delegations.give(grant, Decision(number, step.day), act=step.act()))

    def _engage_collaborators(self) -> None:
        mai = NewCollaborator("Điểu Thị Mai", "mai@example.vn", "culture", "outside", account_id("collaborator1"))
        teacher = NewCollaborator("Ngô Thị Thu Hà", "ha@example.vn", "education", "member-agency", None)
        designer = NewCollaborator("Lâm Chí Dũng", "dung@example.vn", "design", "outside", None)
        for new, number, since, until in (
            (mai, "03/HĐ-CTV", date(2026, 1, 12), date(2028, 1, 12)),
            (teacher, "", date(2024, 9, 5), None),
            (designer, "11/HĐ-CTV", date(2024, 5, 6), date(2025, 5, 6)),
        ):
            term = Term(begin(since), begin(until) if until else None)
            contract = Engagement(natural_id("board.demo.engagement", new.name), not number, number, term)
            act = _by_the_secretary(f"register {new.name}", since).act()
            collaborator = natural_id("board.demo.collaborator", new.name)
            self._done(self._commands.collaborators.register(collaborator, new, contract, act=act))

    def _issue(self, new: NewAccount, step: Step) -> None:
        """Issue an account and let its owner choose the demo password, except one who has not come yet."""
        password = self._passwords.get(new.login) or _unused(new.login)
        first = password if new.login == WITH_A_FIRST_PASSWORD else f"Lần đầu: {password}"
        self._done(self._commands.accounts.issue(new, first, act=step.act()))
        if new.login != WITH_A_FIRST_PASSWORD:
            chosen = Step(new.login, ACCOUNT_HOLDER, step.day + timedelta(days=1), f"choose {new.login}").act()
            self._done(self._commands.accounts.choose_password(first, password, act=chosen))

    def _appoint(self, seat: str, login: str, decision: Decision, step: Step) -> None:
        appointment = _appointment(seat, login, decision)
        self._done(self._commands.offices.appoint(seat, appointment, decision, act=step.act()))

    def _admit(self, team: str, login: str, decision: Decision, step: Step) -> None:
        place = natural_id("board.demo.place", team, login)
        admission = Admission(place, account_id(login), Term(begin(decision.signed_on)))
        self._done(self._commands.teams.admit(team, admission, decision, act=step.act()))

    def _done(self, verdict: Verdict) -> None:
        if isinstance(verdict, Refusal):
            raise DemoRefusedError(f"{verdict.clause}: {verdict.code}")


def _setting_up(name: str, day: date) -> Step:
    return Step("set-up", SYSTEM, day, name)


def _by_the_head(name: str, day: date) -> Step:
    return Step("head", HEAD, day, name)


def _by_the_standing_deputy(name: str, day: date) -> Step:
    return Step("standing-deputy", STANDING_DEPUTY, day, name)


def _by_the_secretary(name: str, day: date) -> Step:
    return Step("secretary", SECRETARY, day, name)


def _appointment(seat: str, login: str, decision: Decision) -> Appointment:
    number = natural_id("board.demo.appointment", seat, login)
    return Appointment(number, account_id(login), Term(begin(decision.signed_on)))


def _unused(login: str) -> str:
    """Return the password of an account that nobody signs in to."""
    return f"Không dùng! {natural_id('board.demo.password', login)} Aa1"


def main() -> int:
    """Load the demo province."""
    logs.configure("demo.board")
    settings = ServiceSettings.load("board")
    passwords = SecretStore(settings.var_dir / "secrets").demo_passwords()
    DemoProvince(desk(settings).commands, passwords).load()
    log.info("demo_board_loaded")
    return 0


if __name__ == "__main__":
    sys.exit(main())

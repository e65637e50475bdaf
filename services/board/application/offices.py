"""Who holds the seats of the board."""

from datetime import datetime
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.verdicts import Refusal, Verdict
from services.board.application.log import BoardLog, already
from services.board.domain.decision import Decision
from services.board.domain.office import Appointment, Office, office_id

_UNKNOWN = Refusal("QD2461 Đ1", "office_unknown", about="capacity")


class Offices:
    """Appointing and releasing."""

    def __init__(self, log: BoardLog) -> None:
        self._log = log

    def appoint(self, capacity: str, appointment: Appointment, decision: Decision, *, act: Act) -> Verdict:
        """Register who holds a seat from when to when, by a signed decision (QD2461 Đ1, QC2019 Đ4.1)."""
        office = self._log.find(Office, office_id(capacity))
        if office is None:
            return _UNKNOWN
        if appointment.id in office.appointments:
            return already(office)
        refusal = (
            self._log.not_entitled(act)
            or self._log.unknown_account(appointment.account)
            or office.appoint(appointment, decision, act=act)
        )
        return self._log.settle(office, refusal, act=act, command="appoint")

    def release(self, capacity: str, appointment: UUID, until: datetime, decision: Decision, *, act: Act) -> Verdict:
        """End somebody's time in a seat, by a signed decision (QC2019 Đ4.1)."""
        office = self._log.find(Office, office_id(capacity))
        if office is None:
            return _UNKNOWN
        if office.has_answered(act):
            return already(office)
        refusal = self._log.not_entitled(act) or office.release(appointment, until, decision, act=act)
        return self._log.settle(office, refusal, act=act, command="release")

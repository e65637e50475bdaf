"""Delegations from office to office."""

from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.verdicts import Refusal, Verdict
from services.board.application.log import BoardLog, already
from services.board.domain.decision import Decision
from services.board.domain.delegation import Delegation, Grant, delegation_id


class Delegations:
    """Giving and taking back."""

    def __init__(self, log: BoardLog) -> None:
        self._log = log

    def give(self, grant: Grant, decision: Decision, *, act: Act) -> Verdict:
        """Let another office do one thing for the actor's, for a time (QC2024 Đ10.1b step 3, QC2019 Đ5.1)."""
        known = self._log.find(Delegation, delegation_id(decision))
        if known is not None:
            return already(known) if known.is_about(grant, act.capacity) else _NUMBER_TAKEN
        made = self._log.not_entitled(act) or Delegation.give(grant, decision, act=act)
        return self._log.answer(made, act=act, command="delegate")

    def revoke(self, delegation: UUID, decision: Decision, *, act: Act) -> Verdict:
        """Take a delegation back from now on (QC2019 Đ4.1)."""
        given = self._log.load(Delegation, delegation)
        if given.has_answered(act):
            return already(given)
        refusal = self._log.not_entitled(act) or given.revoke(decision, act=act)
        return self._log.settle(given, refusal, act=act, command="revoke")


_NUMBER_TAKEN = Refusal("QC2024 Đ6.6", "decision_already_delegates", about="decision")

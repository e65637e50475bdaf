"""The register of collaborators."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.verdicts import Refusal, Verdict
from services.board.application.log import BoardLog, already
from services.board.application.people import PeopleStore, collaborator_key
from services.board.domain.collaborator import Collaborator, Engagement, Profile
from services.board.domain.erasure import Erasure
from services.board.policy.qc2024_article_8 import paragraph_4_the_centre_keeps_the_collaborators
from services.board.profile import BoardProfile


@dataclass(frozen=True, slots=True)
class NewCollaborator:
    """Who is entered: name and contact (kept outside the log), field, unit, and the account if they sign in."""

    name: str
    contact: str
    field: str
    unit: str
    account: UUID | None


class Collaborators:
    """Entering, renewing, striking off."""

    def __init__(self, log: BoardLog, profile: BoardProfile, people: PeopleStore) -> None:
        self._log = log
        self._profile = profile
        self._people = people

    def register(self, collaborator: UUID, new: NewCollaborator, engagement: Engagement, *, act: Act) -> Verdict:
        """Enter somebody, steered by the seat that the profile gives to the field (QC2024 Đ8.4, QC2019 Đ7.7)."""
        known = self._log.find(Collaborator, collaborator)
        if known is not None:
            return already(known)
        refusal = self._not_registrable(new, engagement, act)
        if refusal:
            return self._log.settle(None, refusal, act=act, command="register_collaborator")
        who = {"name": new.name, "contact": new.contact}
        person_hash = self._people.put(collaborator_key(collaborator), who)
        steered_by = self._steered_by(new.field, act.at) or ""
        profile = Profile(new.field, steered_by, new.unit, new.account, person_hash)
        made = Collaborator.register(collaborator, profile, engagement, act=act)
        return self._log.answer(made, act=act, command="register_collaborator")

    def renew(self, collaborator: UUID, engagement: Engagement, *, act: Act) -> Verdict:
        """Let another contract follow (QC2024 Đ8.4)."""
        known = self._log.load(Collaborator, collaborator)
        if known.has_answered(act):
            return already(known)
        refusal = self._log.not_entitled(act) or known.renew(engagement, act=act)
        return self._log.settle(known, refusal, act=act, command="renew_contract")

    def strike_off(self, collaborator: UUID, until: datetime, *, act: Act) -> Verdict:
        """End somebody's collaboration (QC2024 Đ8.4)."""
        known = self._log.load(Collaborator, collaborator)
        if known.has_answered(act):
            return already(known)
        refusal = self._log.not_entitled(act) or known.strike_off(until, act=act)
        return self._log.settle(known, refusal, act=act, command="strike_off")

    def erase_person(self, collaborator: UUID, erasure: Erasure, *, act: Act) -> Verdict:
        """Delete who somebody was, once the collaboration is over (Law 91/2025 Đ14)."""
        known = self._log.load(Collaborator, collaborator)
        if known.has_answered(act):
            return already(known)
        refusal = self._log.not_entitled(act) or known.erase_person(erasure, act=act)
        if refusal is None:
            self._people.erase(collaborator_key(collaborator))
        return self._log.settle(known, refusal, act=act, command="erase_collaborator")

    def _not_registrable(self, new: NewCollaborator, engagement: Engagement, act: Act) -> Refusal | None:
        return (
            self._log.not_entitled(act)
            or paragraph_4_the_centre_keeps_the_collaborators(act.capacity)
            or engagement.refusal()
            or (None if self._steered_by(new.field, act.at) else _FIELD_UNKNOWN)
            or (self._log.unknown_account(new.account) if new.account else None)
        )

    def _steered_by(self, field: str, at: datetime) -> str | None:
        return next((known.steered_by for known in self._profile.fields(at) if known.slug == field), None)


_FIELD_UNKNOWN = Refusal("QC2019 Đ7.7", "field_unknown", about="field")

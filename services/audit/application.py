"""The use cases of the audit service: load, decide, save."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pymongo.database import Database

from infra.event_store import ServiceApplication
from infra.event_store.connection import Document
from infra.kernel.act import Act
from infra.kernel.authority import Authority
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from services.audit.domain.attempt import Attempt
from services.audit.domain.export import Export
from services.audit.domain.inspection import Inspection
from services.audit.domain.log_key import LogKey
from services.audit.domain.pack import Contents, Order, Pack
from services.audit.domain.tampering import Tampering
from services.audit.policy import qc2024_article_18

__all__ = ["AuditApplication", "MadeExport", "Order", "OrderedPack"]


@dataclass(frozen=True, slots=True)
class MadeExport:
    """An export as it was recorded: what its file must hold, and who may fetch it."""

    id: UUID
    purpose: str
    file_format: str
    criteria: Mapping[str, str]
    entries: int
    made_at: datetime
    taken_by: str


@dataclass(frozen=True, slots=True)
class OrderedPack:
    """A pack as it was ordered, by whom in which capacity, and the SHA-256 of its bytes once it is made."""

    id: UUID
    order: Order
    ordered_at: datetime
    taken_by: str
    capacity: str
    sha256: str


class AuditApplication(ServiceApplication):
    """What inspectors do besides reading. `authority` tells who may act as this service knows it now."""

    name = "audit"

    def __init__(self, log: Database[Document], authority: Callable[[], Authority]) -> None:
        super().__init__(log, Attempt)
        self._authority = authority

    def export(
        self, export_id: UUID, purpose: str, file_format: str, criteria: dict[str, str], entries: int, *, act: Act
    ) -> Verdict:
        """Take rows of the audit log away for a stated purpose (QC2024 Đ6.7)."""
        known = self.find(Export, export_id)
        if known is not None:
            return Accepted(export_id, known.version, 0)
        refusal = self.may_inspect(act)
        made = refusal or Export.make(export_id, purpose, file_format, criteria, entries, act=act)
        if isinstance(made, Refusal):
            return self.settle(None, made, act=act, command="export")
        return self.settle(made, None, act=act, command="export")

    def made_export(self, export_id: UUID) -> MadeExport | None:
        """Return an export that was recorded; None when there is none with this id."""
        made = self.find(Export, export_id)
        if made is None:
            return None
        return MadeExport(
            made.id, made.purpose, made.file_format, made.criteria, made.entries, made.created_on, made.taken_by
        )

    def order_pack(self, pack_id: UUID, order: Order, *, act: Act) -> Verdict:
        """Order a pack of acts with their proofs for a purpose of the list (QC2024 Đ6.7)."""
        known = self.find(Pack, pack_id)
        if known is not None:
            return Accepted(pack_id, known.version, 0)
        made = self.may_inspect(act) or Pack.order(pack_id, order, act=act)
        if isinstance(made, Refusal):
            return self.settle(None, made, act=act, command="order_pack")
        return self.settle(made, None, act=act, command="order_pack")

    def seal_pack(self, pack_id: UUID, contents: Contents, *, act: Act) -> Verdict:
        """Record which bytes a pack that was ordered has, before anybody may fetch them (QC2024 Đ6.7)."""
        pack = self.load(Pack, pack_id)
        pack.seal(contents, act=act)
        return self.settle(pack, None, act=act, command="seal_pack")

    def ordered_pack(self, pack_id: UUID) -> OrderedPack | None:
        """Return a pack that was ordered; None when there is none with this id."""
        pack = self.find(Pack, pack_id)
        if pack is None:
            return None
        order = Order(pack.ground, pack.purpose, pack.criteria, pack.named, pack.entries, pack.root)
        return OrderedPack(pack.id, order, pack.created_on, pack.taken_by, pack.capacity, pack.sha256)

    def admit(self, command: str, *, act: Act) -> Refusal | None:
        """Tell whether a command of those who inspect may begin (QC2024 Đ18, Đ19.1); a refused attempt is recorded."""
        refusal = self.may_inspect(act)
        if refusal is not None:
            self.settle(None, refusal, act=act, command=command)
        return refusal

    def finish_inspection(
        self, inspection_id: UUID, entries: int, root: bytes, found: Sequence[str], *, act: Act
    ) -> Verdict:
        """Record what an inspection that was allowed to begin has found (QC2024 Đ19.1)."""
        finished = Inspection.finish(inspection_id, entries, root, found, act=act)
        return self.settle(finished, None, act=act, command="inspect")

    def record_tampering(
        self, finding_id: UUID, entries: int, root: bytes, found: Sequence[str], *, act: Act
    ) -> Verdict:
        """Record differences that the monitor has found, once for each id (QC2024 Đ6.5)."""
        known = self.find(Tampering, finding_id)
        if known is not None:
            return Accepted(finding_id, known.version, 0)
        recorded = Tampering.find(finding_id, entries, root, found, act=act)
        return self.settle(recorded, None, act=act, command="record_tampering")

    def record_key(self, key_id: UUID, change: str, *, act: Act) -> Verdict:
        """Record that a key of the audit log took over, for whoever checks the log later (QC2024 Đ6.5)."""
        known = self.find(LogKey, key_id)
        if known is not None:
            return Accepted(key_id, known.version, 0)
        return self.settle(LogKey.rotate(key_id, change, act=act), None, act=act, command="rotate_key")

    def may_inspect(self, act: Act) -> Refusal | None:
        """Tell whether the act's capacity inspects and is held at its instant (QC2024 Đ18, Đ19.1)."""
        held = self._authority().capacities(act.account, act.at)
        return qc2024_article_18.head_and_standing_office_inspect(act.capacity, held)

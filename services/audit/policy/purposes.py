"""For what a pack may leave the portal: a closed list, each with its clause and whose names it may show."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from infra.kernel.verdicts import Refusal


class Named(StrEnum):
    """Whose names a purpose lets a pack show; everybody else stays a hash."""

    NOBODY = "nobody"
    ONESELF = "oneself"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose: the paragraph that knows it, and whose names may stand in the pack."""

    clause: str
    names: Named


INSPECTION = "inspection"
PETITION = "petition"
INCIDENT = "incident"
REPORT = "report"
OWN_DATA = "own-data"

PURPOSES: Mapping[str, Purpose] = {
    INSPECTION: Purpose("QC2024 Đ19.1", Named.STAFF),
    PETITION: Purpose("QC2024 Đ12.2", Named.STAFF),
    INCIDENT: Purpose("QC2024 Đ11", Named.NOBODY),
    REPORT: Purpose("QC2024 Đ19.4", Named.NOBODY),
    OWN_DATA: Purpose("NĐ 356/2025 Đ5", Named.ONESELF),
}
"""Every purpose. Who inspects, or verifies a petition, must know who acted; handling an incident and reporting need only
how often and when; who asks for the own data sees the own name. People behind submissions are named to nobody."""


def a_pack_serves_a_purpose_of_the_list(ground: str) -> Refusal | None:
    """QC2024 Đ6.7: data of the system leave only for what the regulation or the law knows."""
    return None if ground in PURPOSES else Refusal("QC2024 Đ6.7", "ground_unknown", "ground")


def names_stand_in_a_pack_only_where_its_purpose_needs_them(ground: str, *, named: bool) -> Refusal | None:
    """Law 91/2025 Đ19.1c: without consent only what the state body's task needs; all other people stay a hash."""
    if not named or PURPOSES[ground].names is not Named.NOBODY:
        return None
    return Refusal(PURPOSES[ground].clause, "names_not_needed", "named")


def a_pack_of_own_data_is_about_one_person(ground: str, account: str) -> Refusal | None:
    """NĐ 356/2025 Đ5: who asks for the own data gets these and nobody else's."""
    if ground != OWN_DATA or account:
        return None
    return Refusal(PURPOSES[OWN_DATA].clause, "person_missing", "ground")

"""What every term must be, whatever office, place, delegation or contract it belongs to."""

from datetime import datetime

from infra.kernel.authority import Term
from infra.kernel.verdicts import Refusal


def a_term_ends_after_it_begins(term: Term, clause: str) -> Refusal | None:
    """Refuse a term without any instant; an open end is none of our business."""
    if term.until is None or term.since < term.until:
        return None
    return Refusal(clause, "ends_before_it_begins", about="until")


def a_term_is_cut_inside(term: Term, until: datetime, clause: str) -> Refusal | None:
    """Refuse to end a term before its beginning, or later than it ends anyway; at its beginning it never was."""
    if until < term.since:
        return Refusal(clause, "ends_before_it_begins", about="until")
    if term.until is not None and until > term.until:
        return Refusal(clause, "already_ended", about="until")
    return None

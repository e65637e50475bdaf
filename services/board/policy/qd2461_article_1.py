"""Decision 2461/QĐ-UBND, article 1: which seats the editorial board has, and who first takes them."""

from collections.abc import Iterable

from infra.kernel.authority import Term
from infra.kernel.offices import SYSTEM
from infra.kernel.verdicts import Refusal


def only_setting_up_establishes_seats(capacity: str) -> Refusal | None:
    """QD2461 Đ1: the seats are those of the province's decision, entered with its profile and by nobody at a desk."""
    if capacity == SYSTEM:
        return None
    return Refusal("QD2461 Đ1", "seats_come_from_the_decision", on_authority=True)


def setting_up_ends_when_the_board_opens(capacity: str, *, opened: bool) -> Refusal | None:
    """QD2461 Đ1: the first holders are entered with the decision; from the opening on only people act."""
    if capacity != SYSTEM or not opened:
        return None
    return Refusal("QD2461 Đ1", "board_is_open", on_authority=True)


def each_seat_has_one_holder_at_any_instant(held: Iterable[Term], wanted: Term) -> Refusal | None:
    """QD2461 Đ1.1-3, QC2024 Đ8.1: "01" holder to a seat: a new term may begin at the instant the last one ends."""
    if not any(terms_overlap(term, wanted) for term in held):
        return None
    return Refusal("QD2461 Đ1", "office_already_held", about="since")


def terms_overlap(one: Term, other: Term) -> bool:
    """Tell whether some instant lies in both terms; an empty term overlaps nothing."""
    if _is_empty(one) or _is_empty(other):
        return False
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _is_empty(term: Term) -> bool:
    return term.until is not None and term.until <= term.since


def _begins_before_end(one: Term, other: Term) -> bool:
    return other.until is None or one.since < other.until

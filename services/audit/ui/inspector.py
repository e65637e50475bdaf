"""In which capacity somebody inspects, and who is let in to look."""

from infra.kernel.offices import HEAD, REVIEWER, STANDING_DEPUTY
from infra.web.page import Page
from services.audit.policy.qc2024_article_18 import INSPECTORS

_IN_ORDER = (REVIEWER, STANDING_DEPUTY, HEAD)


def let_in(page: Page) -> None:
    """Show the page to those who inspect, and to nobody else (QC2024 Đ18, Đ19.1)."""
    page.require(*INSPECTORS)


def capacity_of(page: Page) -> str:
    """Return the capacity that inspects, or one that does not: then the command refuses and records the attempt."""
    held = page.session.capacities
    return next((capacity for capacity in _IN_ORDER if capacity in held), min(held, default="none"))

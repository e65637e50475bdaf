"""In which capacity somebody inspects, and who is let in to look or to act."""

from infra.kernel.act import Act
from infra.kernel.offices import HEAD, REVIEWER, STANDING_DEPUTY
from infra.web.errors import Forbidden
from infra.web.page import Page
from services.audit.application import AuditApplication
from services.audit.policy.qc2024_article_18 import INSPECTORS

_IN_ORDER = (REVIEWER, STANDING_DEPUTY, HEAD)


def let_in(page: Page) -> None:
    """Show the page to those who inspect, and to nobody else (QC2024 Đ18, Đ19.1)."""
    page.require(*INSPECTORS)


def let_act(page: Page, application: AuditApplication, command: str) -> Act:
    """Return the act of somebody who inspects; anybody else sees nothing, whatever was sent, and the attempt is recorded."""
    act = page.act(_capacity_of(page))
    if application.admit(command, act=act) is not None:
        raise Forbidden
    return act


def _capacity_of(page: Page) -> str:
    """Return the capacity that inspects, or one that does not: the attempt is recorded in that one."""
    held = page.session.capacities
    return next((capacity for capacity in _IN_ORDER if capacity in held), min(held, default="none"))

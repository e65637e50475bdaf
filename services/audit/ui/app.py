"""The staff pages of the audit service: search, stories, entries, exports, verification."""

from pathlib import Path

from fastapi import APIRouter

from infra.settings import ServiceSettings
from infra.web.form_memory import FormMemory
from infra.web.languages import msg
from infra.web.parts import NavItem, Part
from services.audit.bootstrap import Desk, desk
from services.audit.policy.qc2024_article_18 import INSPECTORS
from services.audit.ui.acts import ActPages
from services.audit.ui.exports import ExportPages
from services.audit.ui.packs import PackPages
from services.audit.ui.powers import PowersPages
from services.audit.ui.searches import SearchesPages
from services.audit.ui.searching import SearchPage
from services.audit.ui.stories import StoryPages
from services.audit.ui.verification import VerificationPages
from services.audit.watch.memory import Memory


def create() -> Part:
    """Bring the pages and what they need together."""
    here = desk(ServiceSettings.load("audit"))
    here.packs.begin()
    return part(here)


def part(here: Desk) -> Part:
    """Return the pages over what has been built."""
    router, searching = APIRouter(), SearchPage(here.queries, here.searches)
    for pages in (
        ActPages(here, searching),
        StoryPages(here.queries),
        ExportPages(here, searching),
        PackPages(here, searching),
        PowersPages(here.queries, here.powers),
        SearchesPages(here.searches, searching),
        VerificationPages(here.inspections, here.application, here.queries, Memory(here.store, here.logs.seal)),
    ):
        router.include_router(pages.router())
    return Part(
        name="audit",
        home=Path(__file__).parent,
        router=router,
        identities=here.authority,
        memory=FormMemory(here.store),
        navigation=(
            NavItem(msg("Audit log"), "/acts", INSPECTORS),
            NavItem(msg("Who could act"), "/powers", INSPECTORS),
            NavItem(msg("Exports"), "/exports", INSPECTORS),
            NavItem(msg("Verification"), "/verification", INSPECTORS),
        ),
        caught_up=here.caught_up,
        readiness={"mongodb": here.store_answers},
    )

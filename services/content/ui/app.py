"""The staff pages of content, brought together."""

from pathlib import Path

from infra.settings import ServiceSettings
from infra.web.form_memory import FormMemory
from infra.web.languages import msg
from infra.web.parts import NavItem, Part
from services.content.bootstrap import Desk, desk
from services.content.ui.acts import ActPages
from services.content.ui.articles import ArticlePages
from services.content.ui.changes import ChangesPages
from services.content.ui.desk import DeskPages
from services.content.ui.files import FilePages
from services.content.ui.previews import Preview, PreviewPages, named_preview
from services.content.ui.submissions import SubmissionPages
from services.content.ui.words import NEWSROOM


def create() -> Part:
    """Build what the pages need from the settings."""
    return part(desk(ServiceSettings.load("content")), named_preview())


def part(built: Desk, preview: Preview) -> Part:
    """Bring the pages and what they need together; whoever bakes the public pages shows what is not public yet."""
    articles, files, previews = ArticlePages(built), FilePages(built), PreviewPages(built, preview)
    articles.router.include_router(DeskPages(built).router)
    articles.router.include_router(ChangesPages(built).router)
    articles.router.include_router(SubmissionPages(built).router)
    articles.router.include_router(ActPages(built).router)
    articles.router.include_router(previews.router)
    articles.router.include_router(files.router)
    files.root.include_router(previews.root)
    return Part(
        name="content",
        home=Path(__file__).parent,
        router=articles.router,
        identities=built.authority,
        memory=FormMemory(built.store),
        navigation=(
            NavItem(msg("Desk"), "/", frozenset(NEWSROOM)),
            NavItem(msg("Submissions"), "/submissions", frozenset(NEWSROOM)),
            NavItem(msg("Items"), "/articles", frozenset(NEWSROOM)),
        ),
        caught_up=built.caught_up,
        readiness={"mongodb": built.store_answers},
        root=files.root,
    )

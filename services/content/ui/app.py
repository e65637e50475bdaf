"""The staff pages of content, brought together."""

from pathlib import Path

from infra.settings import ServiceSettings
from infra.web.form_memory import FormMemory
from infra.web.languages import msg
from infra.web.parts import NavItem, Part
from services.content.bootstrap import desk
from services.content.ui.acts import ActPages
from services.content.ui.articles import ArticlePages
from services.content.ui.files import FilePages
from services.content.ui.previews import PreviewPages, named_preview
from services.content.ui.submissions import SubmissionPages
from services.content.ui.words import NEWSROOM


def create() -> Part:
    """Bring the pages and what they need together."""
    built = desk(ServiceSettings.load("content"))
    articles, files, previews = ArticlePages(built), FilePages(built), PreviewPages(built, named_preview())
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
        readiness={"store": built.store_answers},
        root=files.root,
    )

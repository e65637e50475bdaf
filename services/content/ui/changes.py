"""The page that shows what one deed, or several, changed in an item."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.event_store.errors import NotFound as NoAggregate
from infra.web.errors import NotFound
from infra.web.page import StaffPage
from services.content.bootstrap import Desk
from services.content.history import content_at, story_of
from services.content.ui import words
from services.content.ui.comparing import changes_between
from services.content.ui.desk import section_names


class ChangesPages:
    """`/articles/<id>/changes?since=3&until=5` compares the content as version 3 had it with that of version 5."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.router = APIRouter()
        self.router.get("/articles/{article_id}/changes")(self.one)

    def one(self, page: StaffPage, article_id: UUID, since: int, until: int | None = None) -> Response:
        """Show what changed between two versions, the later one being the present if none is named."""
        page.require(*words.NEWSROOM)
        try:
            item = self._desk.queries.item(article_id)
        except NoAggregate:
            raise NotFound from None
        events = list(self._desk.application.events.get(article_id))
        before, after = content_at(events, since), content_at(events, until or item.version)
        if before is None or after is None:
            raise NotFound
        story = {deed.version: deed for deed in story_of(events)}
        return page.render(
            "changes.html",
            item=item,
            since=story.get(since),
            until=story.get(until or item.version),
            changes=changes_between(before, after),
            names=self._desk.people.names_of({deed.account for deed in story.values()}),
            words=words,
            sections=section_names(page, self._desk),
        )

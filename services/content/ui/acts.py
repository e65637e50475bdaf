"""The page on which an act on an item is ordered: what it does, over which content, what it asks."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.event_store.errors import NotFound as NoAggregate
from infra.kernel.verdicts import Verdict
from infra.web.errors import NotFound
from infra.web.forms import Current, Filled
from infra.web.page import Page, StaffPage
from services.content.bootstrap import Desk
from services.content.queries import Item
from services.content.ui import words
from services.content.ui.action import Action, Order
from services.content.ui.actions import ACTIONS, publishes
from services.content.ui.offers import obstacle
from services.content.ui.overview import overview


class ActPages:
    """One page for each entry of `ACTIONS`. Whoever orders another's act is told so by the rules, and it is recorded."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.router = APIRouter()
        self.router.get("/articles/{article_id}/{name}")(self.ask)
        self.router.post("/articles/{article_id}/{name}")(self.order)

    def ask(self, page: StaffPage, article_id: UUID, name: str) -> Response:
        """Show what the act does and what it asks."""
        action, item = self._both(article_id, name)
        form = page.form(action.form, version=item.version)
        return self._page(page, action, item, form)

    def order(self, page: StaffPage, article_id: UUID, name: str) -> Response:
        """Carry the act out."""
        action, item = self._both(article_id, name)
        form = page.form(action.form)
        act = page.act(action.capacity)
        if action.on_behalf_of:
            act = replace(act, on_behalf_of=action.on_behalf_of)

        def command(value: Any) -> Verdict:
            seen = page.posted.text("seen")
            return action.carry(self._desk.application, Order(article_id, form.version or 0, seen, value, act))

        return page.submit(
            form,
            command,
            again=lambda again: self._page(page, action, item, again),
            done=lambda _: f"/articles/{article_id}",
            said=action.said,
            current=lambda: Current(self._both(article_id, name)[1].version, {}),
        )

    def _both(self, article_id: UUID, name: str) -> tuple[Action, Item]:
        action = ACTIONS.get(name)
        if action is None:
            raise NotFound
        try:
            return action, self._desk.queries.item(article_id)
        except NoAggregate:
            raise NotFound from None

    def _page(self, page: Page, action: Action, item: Item, form: Filled[Any]) -> Response:
        """Show the act with the content that it is about, which is for the newsroom only."""
        page.require(*words.NEWSROOM)
        values = overview(page, self._desk, item)
        return page.render(
            "act.html", action=action, form=form, obstacle=publishes(action) and obstacle(item), **values
        )

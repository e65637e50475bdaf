"""The list of items, and one item: read, written and edited."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.event_store.errors import NotFound as NoAggregate
from infra.kernel import offices
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from infra.web.errors import NotFound
from infra.web.fields import Options
from infra.web.forms import Filled
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.content.bootstrap import Desk
from services.content.composing import Composition, compose
from services.content.history import story_of, unanswered_return
from services.content.messages import Content
from services.content.policy.facts import Step
from services.content.profile import PROVINCE_TIME
from services.content.queries import Item
from services.content.ui import words
from services.content.ui.article_form import WRITING, Writing, values_of
from services.content.ui.desk import list_values, section_names
from services.content.ui.overview import overview
from services.content.ui.writing import composition_of, current_of, without_files


class ArticlePages:
    """Items on their way and afterwards."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.router = APIRouter()
        self.router.get("/articles")(self.index)
        self.router.get("/articles/new")(self.new)
        self.router.post("/articles/new")(self.write)
        self.router.get("/articles/{article_id}")(self.one)
        self.router.get("/articles/{article_id}/edit")(self.edit)
        self.router.post("/articles/{article_id}/edit")(self.revise)

    def index(
        self, page: StaffPage, step: str = "", section: str = "", q: str = "", after: str | None = None
    ) -> Response:
        """List items, the last changed first."""
        page.require(*words.NEWSROOM)
        found = self._desk.queries.articles(step, section, q.strip()[:200], after)
        return page.render(
            "articles.html",
            found=found,
            step=step,
            section=section,
            q=q,
            **list_values(page, self._desk, found.items),
        )

    def new(self, page: StaffPage) -> Response:
        """Show an empty form for what the team writes itself."""
        page.require(offices.CONTENT_TEAM)
        sources = self._desk.profile.sources(page.now.date())
        return self._form(page, self._writing(page, {"source": sources[0], "author": page.session.name}), None)

    def write(self, page: StaffPage) -> Response:
        """Begin an item (QC2024 Đ10.4)."""

        def command(written: Writing) -> Verdict:
            content = self._composed(page, composition_of(written, None))
            if isinstance(content, Refusal):
                return content
            article_id = natural_id("content.article", str(page.session.account), str(page.form_id))
            return self._desk.application.write(article_id, content, act=page.act(offices.CONTENT_TEAM))

        return page.submit(
            self._writing(page, {}),
            command,
            again=lambda form: self._form(page, form, None),
            done=_to_article,
            said=msg("The item is begun. Send it to the secretary when it is ready."),
        )

    def one(self, page: StaffPage, article_id: UUID) -> Response:
        """Show an item: what it says, where it stands, what can be done, and its whole story."""
        page.require(*words.NEWSROOM)
        item = self._item(article_id)
        return page.render("article.html", **overview(page, self._desk, item))

    def edit(self, page: StaffPage, article_id: UUID) -> Response:
        """Show the form with the present content, or what was typed before the session ran out."""
        page.require(offices.CONTENT_TEAM, offices.SECRETARY)
        item = self._item(article_id)
        return self._form(page, self._writing(page, values_of(item.content), item), item)

    def revise(self, page: StaffPage, article_id: UUID) -> Response:
        """Save what was edited (QC2024 Đ10.1b)."""
        item = self._item(article_id)
        form = self._writing(page, {}, item)

        def command(written: Writing) -> Verdict:
            content = self._composed(page, composition_of(written, item.content))
            if isinstance(content, Refusal):
                return content
            capacity = offices.SECRETARY if item.step == Step.CLEARING else offices.CONTENT_TEAM
            return self._desk.application.revise(article_id, form.version or 0, content, act=page.act(capacity))

        return page.submit(
            form,
            command,
            again=lambda again: self._form(page, again, item),
            done=_to_article,
            said=msg("The content is saved."),
            current=lambda: current_of(self._item(article_id)),
        )

    def _composed(self, page: Page, composition: Composition) -> Content | Refusal:
        edits = page.session.capacities & {offices.CONTENT_TEAM, offices.SECRETARY}
        return compose(composition if edits else without_files(composition), self._desk.material)

    def _item(self, article_id: UUID) -> Item:
        try:
            return self._desk.queries.item(article_id)
        except NoAggregate:
            raise NotFound from None

    def _writing(self, page: Page, values: Mapping[str, Any], item: Item | None = None) -> Filled[Writing]:
        day = page.now.astimezone(PROVINCE_TIME).date()
        present = item.content.attachments if item else ()
        choices: dict[str, Options] = {
            "section": section_names(page, self._desk),
            "source": {name: name for name in self._desk.profile.sources(day)},
            "keep": {attachment.file: attachment.name for attachment in present},
        }
        return page.form(WRITING, values=values, version=item.version if item else None, choices=choices)

    def _form(self, page: Page, form: Filled[Writing], item: Item | None) -> Response:
        """Show the form; what a refused or stale one shows of the item is for the newsroom only, as the item is."""
        page.require(*words.NEWSROOM)
        returned = unanswered_return(story_of(self._desk.application.events.get(item.id))) if item else None
        names = self._desk.people.names_of({returned.account}) if returned else {}
        values: dict[str, Any] = {"item": item, "returned": returned, "names": names, "words": words}
        return page.render("article_form.html", editor=True, form=form, **values)


def _to_article(accepted: Accepted) -> str:
    return f"/articles/{accepted.subject}"

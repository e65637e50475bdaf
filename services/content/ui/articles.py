"""The desk, the list of items, and one item: read, written, edited, compared."""

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
from services.content.composing import compose
from services.content.history import story_of
from services.content.policy.facts import Step
from services.content.profile import PROVINCE_TIME
from services.content.queries import Item
from services.content.ui import words
from services.content.ui.actions import ACTIONS
from services.content.ui.article_form import WRITING, Writing, values_of
from services.content.ui.writing import composition_of, current_of


class ArticlePages:
    """Items on their way and afterwards."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.router = APIRouter()
        self.router.get("/")(self.desk)
        self.router.get("/articles")(self.index)
        self.router.get("/articles/new")(self.new)
        self.router.post("/articles/new")(self.write)
        self.router.get("/articles/{article_id}")(self.one)
        self.router.get("/articles/{article_id}/edit")(self.edit)
        self.router.post("/articles/{article_id}/edit")(self.revise)

    def desk(self, page: StaffPage) -> Response:
        """Show what waits for whoever is signed in."""
        page.require(*words.NEWSROOM)
        step = next((step for office, step in _OWN_STEP.items() if page.session.holds(office)), None)
        mine = self._desk.queries.articles(step.value) if step else self._desk.queries.articles()
        recent = self._desk.queries.articles(Step.PUBLISHED.value)
        return page.render(
            "desk.html",
            waiting=self._desk.queries.waiting(),
            mine=mine.items,
            own_step=step.value if step else "",
            recent=recent.items[:5],
            words=words,
            sections=self._section_names(page),
        )

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
            words=words,
            sections=self._section_names(page),
        )

    def new(self, page: StaffPage) -> Response:
        """Show an empty form for what the team writes itself."""
        page.require(offices.CONTENT_TEAM)
        sources = self._desk.profile.sources(page.now.date())
        return self._form(page, self._writing(page, {"source": sources[0], "author": page.session.name}), None)

    def write(self, page: StaffPage) -> Response:
        """Begin an item (QC2024 Đ10.4)."""

        def command(written: Writing) -> Verdict:
            content = compose(composition_of(written, None), self._desk.material)
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
        offered = [action for action in ACTIONS.values() if action.offered(item, page.session.capacities)]
        return page.render(
            "article.html",
            item=item,
            offered=offered,
            editable=self._may_edit(page, item),
            words=words,
            sections=self._section_names(page),
            **self._story(article_id),
        )

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
            content = compose(composition_of(written, item.content), self._desk.material)
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

    def _item(self, article_id: UUID) -> Item:
        try:
            return self._desk.queries.item(article_id)
        except NoAggregate:
            raise NotFound from None

    def _story(self, subject: UUID) -> Mapping[str, Any]:
        story = story_of(self._desk.application.events.get(subject))
        return {"story": story, "names": self._desk.people.names_of({deed.account for deed in story})}

    def _writing(self, page: Page, values: Mapping[str, Any], item: Item | None = None) -> Filled[Writing]:
        day = page.now.astimezone(PROVINCE_TIME).date()
        present = item.content.attachments if item else ()
        choices: dict[str, Options] = {
            "section": self._section_names(page),
            "source": {name: name for name in self._desk.profile.sources(day)},
            "keep": {attachment.file: attachment.name for attachment in present},
        }
        return page.form(WRITING, values=values, version=item.version if item else None, choices=choices)

    @staticmethod
    def _form(page: Page, form: Filled[Writing], item: Item | None) -> Response:
        """Show the form; what a refused or stale one shows of the item is for the newsroom only, as the item is."""
        page.require(*words.NEWSROOM)
        return page.render("article_form.html", editor=True, form=form, item=item)

    def _section_names(self, page: Page) -> dict[str, str]:
        day = page.now.astimezone(PROVINCE_TIME).date()
        return {section.slug: section.name[page.language] for section in self._desk.profile.sections(day)}

    @staticmethod
    def _may_edit(page: Page, item: Item) -> bool:
        part = {Step.EDITING: offices.CONTENT_TEAM, Step.CLEARING: offices.SECRETARY}.get(Step(item.step))
        return part is not None and page.session.holds(part)


_OWN_STEP = {
    offices.STANDING_DEPUTY: Step.PUBLISHING,
    offices.SECRETARY: Step.CLEARING,
    offices.CONTENT_TEAM: Step.EDITING,
}


def _to_article(accepted: Accepted) -> str:
    return f"/articles/{accepted.subject}"

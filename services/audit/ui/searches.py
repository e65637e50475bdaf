"""Searches that a reviewer keeps under names: keep, rename, delete, and take a deletion back."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.verdicts import Accepted, Refusal, Verdict
from infra.web.errors import NotFound
from infra.web.fields import Text
from infra.web.forms import Filled, Form
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.audit.saved_searches import SavedSearch, SavedSearches
from services.audit.ui.inspector import let_in
from services.audit.ui.search import Search
from services.audit.ui.searching import SearchPage, asked


@dataclass(frozen=True, slots=True)
class Naming:
    """How a search is called."""

    name: Annotated[str, Text(msg("Name of the search"), longest=80, hint=msg("Only you see it."))]


@dataclass(frozen=True, slots=True)
class Nothing:
    """The button asks nothing."""


KEEP, RENAME = Form("keep-search", Naming), Form("rename-search", Naming)
DELETE, RESTORE = Form("delete-search", Nothing), Form("restore-search", Nothing)


class SearchesPages:
    """The list of kept searches, and what can be done to each."""

    def __init__(self, searches: SavedSearches, searching: SearchPage) -> None:
        self._searching = searching
        self._searches = searches

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/searches")(self.index)
        router.api_route("/searches/new", methods=["GET", "POST"])(self.keep)
        router.api_route("/searches/{search}/rename", methods=["GET", "POST"])(self.rename)
        router.post("/searches/{search}/delete")(self.delete)
        router.post("/searches/{search}/restore")(self.restore)
        return router

    def index(self, page: StaffPage, deleted: UUID | None = None) -> Response:
        """List the kept searches; after a deletion, offer to take it back."""
        let_in(page)
        return self._listed(page, deleted)

    def keep(self, page: StaffPage) -> Response:
        """Keep the search in the address under a name."""
        let_in(page)
        search = asked(page)
        if search.wrong:
            return self._searching.wrong(page, search)

        def show(form: Filled[Naming]) -> Response:
            return page.render("search_new.html", 422 if form.wrong else 200, form=form, search=search)

        def command(naming: Naming) -> Verdict:
            texts = {name: text for name, text in search.texts.items() if text}
            return _done(page, self._searches.keep(page.session.account, page.form_id, naming.name, texts))

        if page.request.method != "POST":
            return show(page.form(KEEP))
        said = msg("The search is kept.")
        return page.submit(page.form(KEEP), command, again=show, done=lambda _: search.address("/acts"), said=said)

    def rename(self, page: StaffPage, search: UUID) -> Response:
        """Give a search another name."""
        let_in(page)
        kept = self._own(page, search)

        def show(form: Filled[Naming]) -> Response:
            return page.render("search_rename.html", 422 if form.wrong else 200, form=form, kept=kept)

        def command(naming: Naming) -> Verdict:
            return _done(page, self._searches.rename(page.session.account, search, naming.name))

        if page.request.method != "POST":
            return show(page.form(RENAME, values={"name": kept.name}))
        said = msg("The search has its new name.")
        return page.submit(page.form(RENAME), command, again=show, done=lambda _: "/searches", said=said)

    def delete(self, page: StaffPage, search: UUID) -> Response:
        """Delete a search; it can be taken back at once, so nothing is asked."""
        let_in(page)
        self._own(page, search)

        def command(_: Nothing) -> Verdict:
            return _done(page, self._searches.delete(page.session.account, search, page.now))

        return page.submit(
            page.form(DELETE),
            command,
            again=lambda _: self._listed(page, None),
            done=lambda _: f"/searches?deleted={search}",
            said=msg("The search is deleted."),
        )

    def restore(self, page: StaffPage, search: UUID) -> Response:
        """Take a deletion back."""
        let_in(page)
        self._own(page, search)

        def command(_: Nothing) -> Verdict:
            return _done(page, self._searches.restore(page.session.account, search))

        return page.submit(
            page.form(RESTORE),
            command,
            again=lambda form: self._listed(page, search, form),
            done=lambda _: "/searches",
            said=msg("The search is back."),
        )

    def _listed(self, page: Page, deleted: UUID | None, restoring: Filled[Nothing] | None = None) -> Response:
        gone = None if deleted is None else self._searches.get(page.session.account, deleted)
        kept = self._searches.of(page.session.account)
        actions = {one.id: page.form(DELETE, action=f"/searches/{one.id}/delete") for one in kept}
        undo = restoring or (gone and page.form(RESTORE, action=f"/searches/{gone.id}/restore"))
        found = [(one, Search.read(one.texts, page.kit.house.timezone)) for one in kept]
        status = 422 if restoring is not None and restoring.wrong else 200
        gone = None if gone is None or any(one.id == gone.id for one in kept) else gone
        return page.render("searches.html", status, found=found, deleting=actions, gone=gone, undo=undo)

    def _own(self, page: Page, search: UUID) -> SavedSearch:
        kept = self._searches.get(page.session.account, search)
        if kept is None:
            raise NotFound
        return kept


def _done(page: Page, refusal: Refusal | None) -> Verdict:
    """Answer the form: nothing of this is an event, so there is nothing to wait for."""
    return refusal or Accepted(page.form_id, 1, 0)

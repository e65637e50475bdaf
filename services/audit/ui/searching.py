"""The page with the search and the acts that it has found; a search that cannot be read is put right on it."""

from typing import Any

from starlette.responses import Response

from infra.web.page import Page
from services.audit.queries.acts import AuditQueries
from services.audit.queries.views import Turned
from services.audit.saved_searches import SavedSearch, SavedSearches
from services.audit.ui.search import Search
from services.audit.ui.words import says, topic_words


class SearchPage:
    """Shows a search, and what is wrong with it beside the fields."""

    def __init__(self, queries: AuditQueries, searches: SavedSearches) -> None:
        self._queries = queries
        self._searches = searches

    def found(self, page: Page, search: Search, found: Turned, *, turned: bool) -> Response:
        """Show what was found; `turned` tells that there may be something on both sides of it."""
        return self._shown(
            page,
            search,
            acts=found.items,
            says=says(page, found.items),
            older=search.address("/acts", after=found.older) if found.older else None,
            newer=search.address("/acts", before=found.newer) if found.newer else None,
            first=search.address("/acts") if turned else None,
        )

    def wrong(self, page: Page, search: Search) -> Response:
        """Show what is wrong with a search: nothing is found by it, and nothing taken away."""
        return self._shown(page, search, 422, acts=(), first=None)

    def _shown(self, page: Page, search: Search, status: int = 200, **found: Any) -> Response:
        kinds = [(topic, topic_words(page, topic)) for topic in self._queries.kinds()]
        return page.render(
            "acts.html",
            status,
            search=search,
            people=sorted(self._queries.people().items(), key=lambda person: (not person[1], person[1])),
            offices=self._queries.offices(),
            kinds=kinds,
            kept=[(each, _again(page, each)) for each in self._searches.of(page.session.account)],
            **found,
        )


def asked(page: Page) -> Search:
    """Return the search in the address of a page."""
    return Search.read(page.request.query_params, page.kit.house.timezone)


def _again(page: Page, kept: SavedSearch) -> str:
    return Search.read(kept.texts, page.kit.house.timezone).address("/acts")

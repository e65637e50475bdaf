"""The page with what a search has found: the one page for readers that cannot be baked."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import HTMLResponse

from gateway.pages.rendering import OTHER, Renderer
from gateway.search_index import Found, IndexReader, words_of
from infra.logs import get_logger
from infra.web.languages import msg

LETTERS_MOST = 200
PAGE_SIZE = 20
PAGES_MOST = 50

_NOTHING = Found((), 0)

log = get_logger("search")


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for, and what there is to say about it; `problem` is empty when all is well."""

    q: str
    number: int
    found: Found = _NOTHING
    problem: str = ""
    status: int = 200


class SearchPage:
    """Seeks and shows. What was typed is cut, folded, escaped, and never taken for a query language."""

    def __init__(self, renderer: Renderer, index: IndexReader) -> None:
        self._renderer = renderer
        self._index = index

    def router(self) -> APIRouter:
        """The address of the page in each language."""
        router = APIRouter(include_in_schema=False)
        router.get("/{language}/search", response_class=HTMLResponse)(self.page)
        return router

    def page(
        self,
        language: Annotated[str, Path(pattern="^(vi|en)$")],
        q: str = "",
        page: Annotated[str, Query(max_length=20)] = "1",
    ) -> HTMLResponse:
        """Show what was found; a strange page number is the first page."""
        number = int(page) if page.isascii() and page.isdigit() else 1
        search = self._sought(" ".join(q.split()), language, min(max(number, 1), PAGES_MOST))
        say = self._renderer.say
        html = self._renderer.page(
            "search.html",
            language,
            q=search.q,
            problem=say(language, search.problem) % {"most": LETTERS_MOST} if search.problem else "",
            cards=search.found.cards,
            total=search.found.total,
            number=search.number,
            more=search.number < PAGES_MOST and search.number * PAGE_SIZE < search.found.total,
            here=f"/{language}/search",
            there=f"/{OTHER[language]}/search",
        )
        return HTMLResponse(html, search.status)

    def _sought(self, q: str, language: str, number: int) -> Search:
        if len(q) > LETTERS_MOST:
            return Search(
                q[:LETTERS_MOST], number, problem=msg("Please search with at most %(most)s letters."), status=400
            )
        if q and not words_of(q):
            return Search(q, number, problem=msg("Please search for words or numbers."), status=400)
        try:
            return Search(q, number, self._index.find(q, language, None, ((number - 1) * PAGE_SIZE, PAGE_SIZE)))
        except (OSError, ValueError) as failure:
            log.warning("search_unavailable", reason=repr(failure))
            sorry = msg("The search cannot be reached at the moment. All pages of the portal can still be read.")
            return Search(q, number, problem=sorry, status=503)

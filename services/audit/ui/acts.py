"""Search of acts, and one act with its data, its place in the log and its proof."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from infra.read_store.paging import BadCursorError
from infra.web.errors import NotFound
from infra.web.page import Page, StaffPage
from services.audit.bootstrap import Desk
from services.audit.log.proving import holds
from services.audit.messages import InclusionProof
from services.audit.queries import Act
from services.audit.reactions import stored
from services.audit.saved_searches import SavedSearch
from services.audit.ui.inspector import let_in
from services.audit.ui.search import Search
from services.audit.ui.words import topic_words


@dataclass(frozen=True, slots=True)
class Stored:
    """What a service's log holds now at a position, and whether the audit log knows exactly these bytes."""

    data: str
    known: bool


class ActPages:
    """Search and details."""

    def __init__(self, desk: Desk) -> None:
        self._queries = desk.queries
        self._proving = desk.proving
        self._logs = desk.logs
        self._searches = desk.searches

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/")(self.start)
        router.get("/acts")(self.search)
        router.get("/acts/{service}/{position}")(self.one)
        return router

    def start(self, page: StaffPage) -> Response:
        """Go to the search."""
        return page.redirect("/acts")

    def search(self, page: StaffPage, after: str | None = None, before: str | None = None) -> Response:
        """List the acts that meet the filters in the address, the latest first; cursors turn the pages both ways."""
        let_in(page)
        search = Search.read(page.request.query_params, page.kit.house.timezone)
        try:
            found = None if search.wrong else self._queries.turn(search.criteria, after, before)
        except BadCursorError:
            raise NotFound from None
        acts = () if found is None else found.items
        return page.render(
            "acts.html",
            422 if search.wrong else 200,
            search=search,
            acts=acts,
            says=_says(page, acts),
            people=sorted(self._queries.people().items(), key=lambda person: (not person[1], person[1])),
            offices=self._queries.offices(),
            kinds=_kinds(page, self._queries.kinds()),
            kept=[(each, _again(page, each)) for each in self._searches.of(page.session.account)],
            older=search.address("/acts", after=found.older) if found and found.older else None,
            newer=search.address("/acts", before=found.newer) if found and found.newer else None,
            first=search.address("/acts") if after or before else None,
        )

    def one(self, page: StaffPage, service: str, position: int) -> Response:
        """Show one act."""
        let_in(page)
        act = self._queries.act(f"{service}/{position}")
        if act is None:
            raise NotFound
        proof = self._proving.proof(act.index)
        return page.render(
            "act.html",
            act=act,
            says=_says(page, [act]),
            stored=self._stored(act),
            proof=proof,
            holds=proof is not None and holds(proof),
            command=None if proof is None else _command(proof),
        )

    def _stored(self, act: Act) -> Stored | None:
        """Return what the service's own log holds of the act; None when it is gone."""
        service, _, position = act.entry.partition("/")
        found = self._logs.stored(service, int(position))
        if found is None:
            return None
        entry = self._logs.entries.entry(act.index)
        known = entry is not None and entry.leaf == stored(service, found)
        return Stored(_pretty(found.state), known)


def _says(page: Page, acts: Sequence[Act]) -> Mapping[str, str]:
    return {act.topic: topic_words(page, act.topic) for act in acts}


def _again(page: Page, kept: SavedSearch) -> str:
    return Search.read(kept.texts, page.kit.house.timezone).address("/acts")


def _kinds(page: Page, topics: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the topics in words, each behind what it belongs to."""
    return [(topic, topic_words(page, topic)) for topic in topics]


def _pretty(state: bytes) -> str:
    try:
        return json.dumps(json.loads(state), ensure_ascii=False, indent=2)
    except ValueError:
        return state.decode("utf-8", "replace")


def _command(proof: InclusionProof) -> str:
    """Return what to type to compute the leaf hash by hand."""
    lines = proof.leaf.replace("\n", "\\n")
    return f"printf '\\000{lines}' | sha256sum"

"""Search of acts, and one act with its data, its place in the log and its proof."""

import json
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from infra.read_store.paging import BadCursorError
from infra.web.errors import NotFound
from infra.web.page import StaffPage
from services.audit.bootstrap import Desk
from services.audit.log.proving import holds
from services.audit.messages import InclusionProof
from services.audit.queries.views import Act
from services.audit.reactions import stored
from services.audit.ui.inspector import let_in
from services.audit.ui.searching import SearchPage, asked
from services.audit.ui.words import says


@dataclass(frozen=True, slots=True)
class Stored:
    """What a service's log holds now at a position, and whether the audit log knows exactly these bytes."""

    data: str
    known: bool


class ActPages:
    """Search and details."""

    def __init__(self, desk: Desk, searching: SearchPage) -> None:
        self._searching = searching
        self._queries = desk.queries
        self._proving = desk.proving
        self._logs = desk.logs

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
        search = asked(page)
        if search.wrong:
            return self._searching.wrong(page, search)
        try:
            found = self._queries.turn(search.criteria, after, before)
        except BadCursorError:
            raise NotFound from None
        return self._searching.found(page, search, found, turned=bool(after or before))

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
            says=says(page, [act]),
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


def _pretty(state: bytes) -> str:
    try:
        return json.dumps(json.loads(state), ensure_ascii=False, indent=2)
    except ValueError:
        return state.decode("utf-8", "replace")


def _command(proof: InclusionProof) -> str:
    """Return what to type to compute the leaf hash by hand."""
    lines = proof.leaf.replace("\n", "\\n")
    return f"printf '\\000{lines}' | sha256sum"

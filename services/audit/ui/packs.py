"""Audit packs: order one for a purpose of the list, watch it being made, fetch it (QC2024 Đ6.7)."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from infra.kernel.verdicts import Accepted, Verdict
from infra.web.errors import NotFound
from infra.web.fields import Choice, Flag, Text
from infra.web.forms import Filled, Form
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.audit.application import Order, OrderedPack
from services.audit.bootstrap import Desk
from services.audit.messages import PACK_ORDERED
from services.audit.packs.shelf import Kept, Stage
from services.audit.policy.purposes import PURPOSES
from services.audit.queries.criteria import Criteria
from services.audit.ui.inspector import let_act, let_in
from services.audit.ui.search import Search
from services.audit.ui.searching import SearchPage, asked

GROUND_WORDS = {
    "inspection": msg("Inspection of how the regulation is kept (names of staff allowed)"),
    "petition": msg("Verifying a petition or complaint (names of staff allowed)"),
    "incident": msg("Handling a technical or security incident (no names)"),
    "report": msg("Periodic report (no names)"),
    "own-data": msg("Somebody asks for the own data (only the own name; choose the person in the search)"),
}


@dataclass(frozen=True, slots=True)
class Ordering:
    """What is asked of whoever orders a pack."""

    ground: Annotated[str, Choice(msg("What for"), GROUND_WORDS)]
    purpose: Annotated[
        str,
        Text(
            msg("On whose order, and for what exactly"),
            longest=500,
            rows=3,
            hint=msg("With the number of the document. It is recorded for ever: name no private person here."),
        ),
    ]
    named: Annotated[
        bool,
        Flag(
            msg("Show names, and words that somebody typed"),
            required=False,
            hint=msg("Without it people are hashes, and reasons, titles and drafts that are not public stay inside."),
        ),
    ]


ORDERING = Form("pack", Ordering)


class PackPages:
    """Order, watch, fetch."""

    def __init__(self, desk: Desk, searching: SearchPage) -> None:
        self._searching = searching
        self._queries = desk.queries
        self._application = desk.application
        self._proving = desk.proving
        self._shelf = desk.shelf
        self._packs = desk.packs

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/packs")(self.index)
        router.get("/packs/new")(self.new)
        router.post("/packs/new")(self.order)
        router.get("/packs/{pack_id}")(self.one)
        router.get("/packs/{pack_id}/progress")(self.progress)
        router.get("/packs/{pack_id}/file")(self.file)
        return router

    def index(self, page: StaffPage, after: str | None = None) -> Response:
        """List who has ordered which pack for what."""
        let_in(page)
        found = self._queries.search(Criteria(kind=PACK_ORDERED), after)
        mine = {str(kept.id): kept for kept in self._shelf.of(str(page.session.account))}
        following = None if found.next is None else f"/packs?after={found.next}"
        return page.render("packs.html", acts=found.items, mine=mine, next=following)

    def new(self, page: StaffPage) -> Response:
        """Show the form, with what the pack would hold."""
        let_in(page)
        search = asked(page)
        if search.wrong:
            return self._searching.wrong(page, search)
        return _form(page, search, page.form(ORDERING, values={"ground": "inspection"}))

    def order(self, page: StaffPage) -> Response:
        """Record the order; the pack is made beside the pages."""
        act, search = let_act(page, self._application, "order_pack"), asked(page)
        if search.wrong:
            return self._searching.wrong(page, search)

        def command(ordering: Ordering) -> Verdict:
            signed = self._proving.signed()
            size, root = (0, "") if signed is None else (signed.checkpoint.size, signed.checkpoint.root.hex())
            criteria = self._queries.settled(search.criteria).as_record()
            order = Order(ordering.ground, ordering.purpose, criteria, ordering.named, size, root)
            verdict = self._application.order_pack(page.form_id, order, act=act)
            if isinstance(verdict, Accepted):
                self._let_make(page.form_id, str(act.account))
            return verdict

        return page.submit(
            page.form(ORDERING),
            command,
            again=lambda form: _form(page, search, form),
            done=lambda accepted: f"/packs/{accepted.subject}",
            said=msg("The order is recorded. The pack is being made."),
        )

    def one(self, page: StaffPage, pack_id: UUID) -> Response:
        """Show a pack to whoever ordered it."""
        let_in(page)
        ordered, kept = self._own(page, pack_id)
        criteria, words = Criteria.read(ordered.order.criteria), GROUND_WORDS.get(ordered.order.ground, "")
        clause = PURPOSES[ordered.order.ground].clause
        return page.render(
            "pack.html", ordered=ordered, kept=kept, criteria=criteria, ground=words, clause=clause, stages=Stage
        )

    def progress(self, page: StaffPage, pack_id: UUID) -> Response:
        """Return only the part of the page that changes while the pack is made."""
        let_in(page)
        ordered, kept = self._own(page, pack_id)
        return page.render("pack_state.html", ordered=ordered, kept=kept, stages=Stage)

    def file(self, page: StaffPage, pack_id: UUID) -> Response:
        """Hand over the pack: the bytes whose hash was recorded, as long as they are kept."""
        let_in(page)
        ordered, kept = self._own(page, pack_id)
        path = self._shelf.path(pack_id)
        if kept.stage is not Stage.READY or kept.sha256 != ordered.sha256 or not path.is_file():
            raise NotFound
        name = f"minhbach-{ordered.ordered_at:%Y-%m-%d}-{str(pack_id)[:8]}.zip"
        return FileResponse(path, media_type="application/zip", filename=name, headers={"cache-control": "no-store"})

    def _own(self, page: Page, pack_id: UUID) -> tuple[OrderedPack, Kept]:
        """Return a pack to whoever ordered it; for everybody else there is none.

        One that was ordered and did not come to wait, because the process died between, waits from now on.
        """
        ordered = self._application.ordered_pack(pack_id)
        if ordered is None or ordered.taken_by != str(page.session.account):
            raise NotFound
        return ordered, self._shelf.get(pack_id) or self._let_make(pack_id, ordered.taken_by)

    def _let_make(self, pack_id: UUID, account: str) -> Kept:
        ordered = self._application.ordered_pack(pack_id)
        kept = None if ordered is None else self._shelf.put(pack_id, account, ordered.ordered_at)
        if kept is None:
            raise NotFound
        self._packs.wake()
        return kept


def _form(page: Page, search: Search, form: Filled[Ordering]) -> Response:
    return page.render("pack_new.html", 422 if form.wrong else 200, form=form, search=search)

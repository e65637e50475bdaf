"""Taking acts away as a file: for a stated purpose, which is recorded before the first line leaves (QC2024 Đ6.7)."""

from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from infra.kernel.verdicts import Verdict
from infra.web.errors import NotFound
from infra.web.fields import Choice, Text
from infra.web.forms import Filled, Form
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.audit.application import MadeExport
from services.audit.bootstrap import Desk
from services.audit.export_files import as_csv, as_json
from services.audit.messages import EXPORT_MADE
from services.audit.queries.criteria import Criteria, is_id
from services.audit.ui.inspector import let_act, let_in
from services.audit.ui.search import Search
from services.audit.ui.searching import SearchPage, asked


@dataclass(frozen=True, slots=True)
class Taking:
    """What is asked of whoever takes data away."""

    purpose: Annotated[
        str,
        Text(
            msg("Purpose"),
            longest=500,
            rows=3,
            hint=msg("What the data is for, and on whose order. It is recorded and cannot be changed."),
        ),
    ]
    file_format: Annotated[
        str,
        Choice(msg("File"), {"csv": msg("CSV, for Excel and other spreadsheets"), "json": msg("JSON, for programs")}),
    ]


TAKING = Form("export", Taking)
_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class ExportPages:
    """Ask for an export, fetch its file, see who has taken what."""

    def __init__(self, desk: Desk, searching: SearchPage) -> None:
        self._searching = searching
        self._queries = desk.queries
        self._application = desk.application
        self._proving = desk.proving

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/exports")(self.index)
        router.get("/exports/new")(self.new)
        router.post("/exports/new")(self.make)
        router.get("/exports/{export_id}")(self.one)
        router.get("/exports/{export_id}/file")(self.file)
        return router

    def index(self, page: StaffPage, after: str | None = None) -> Response:
        """List who has taken what for which purpose."""
        let_in(page)
        found = self._queries.search(Criteria(kind=EXPORT_MADE), after)
        following = None if found.next is None else f"/exports?after={found.next}"
        return page.render("exports.html", acts=found.items, next=following)

    def new(self, page: StaffPage) -> Response:
        """Show the form, with what would be taken."""
        let_in(page)
        search = asked(page)
        if search.wrong:
            return self._searching.wrong(page, search)
        return _form(page, search, page.form(TAKING, values={"file_format": "csv"}))

    def make(self, page: StaffPage) -> Response:
        """Record the export; its file can be fetched from the page that follows."""
        act, search = let_act(page, self._application, "export"), asked(page)
        if search.wrong:
            return self._searching.wrong(page, search)

        def command(taking: Taking) -> Verdict:
            signed = self._proving.signed()
            size = 0 if signed is None else signed.checkpoint.size
            criteria = self._queries.settled(search.criteria).as_record()
            return self._application.export(page.form_id, taking.purpose, taking.file_format, criteria, size, act=act)

        return page.submit(
            page.form(TAKING),
            command,
            again=lambda form: _form(page, search, form),
            done=lambda accepted: f"/exports/{accepted.subject}",
            said=msg("The export is recorded."),
        )

    def one(self, page: StaffPage, export_id: UUID) -> Response:
        """Show an export, and let whoever made it fetch the file."""
        let_in(page)
        export = self._own(page, export_id)
        criteria = Criteria.read(export.criteria)
        return page.render("export.html", export=export, criteria=criteria, pack=_pack_of(page, export))

    def file(self, page: StaffPage, export_id: UUID) -> Response:
        """Stream the file: what the log held when the export was recorded, however often it is fetched."""
        let_in(page)
        export = self._own(page, export_id)
        acts = self._queries.each(_recorded(export), export.entries)
        lines = as_csv(acts) if export.file_format == "csv" else as_json(acts, self._about(page, export))
        name = f"audit-{export.made_at:%Y-%m-%d}-{str(export_id)[:8]}.{export.file_format}"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return StreamingResponse(lines, media_type=_MEDIA_TYPES[export.file_format], headers=headers)

    def _own(self, page: Page, export_id: UUID) -> MadeExport:
        """Return an export to whoever made it; for everybody else there is none."""
        export = self._application.made_export(export_id)
        if export is None or export.taken_by != str(page.session.account):
            raise NotFound
        return export

    def _about(self, page: Page, export: MadeExport) -> dict[str, object]:
        signed, pack = self._proving.signed(), _pack_of(page, export)
        return {
            "id": str(export.id),
            "purpose": export.purpose,
            "criteria": dict(export.criteria),
            "entries": export.entries,
            "made_at": export.made_at.isoformat(),
            "made_by": export.taken_by,
            "checkpoint": "" if signed is None else signed.note,
            "proofs": f"{page.at(pack)} orders an audit pack by the same search, with the data and proofs of all that it finds then",
        }


def _form(page: Page, search: Search, form: Filled[Taking]) -> Response:
    return page.render("export_new.html", 422 if form.wrong else 200, form=form, search=search)


def _recorded(export: MadeExport) -> Criteria:
    """Return what an export was made by; before ids were recorded as `things`, an id stood for that thing alone."""
    criteria = Criteria.read(export.criteria)
    if criteria.things is None and is_id(criteria.thing):
        return replace(criteria, things=(str(UUID(criteria.thing)),))
    return criteria


def _pack_of(page: Page, export: MadeExport) -> str:
    """Return where a pack is ordered by the same search."""
    return Search.of(Criteria.read(export.criteria), page.kit.house.timezone).address("/packs/new")

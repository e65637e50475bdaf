"""A small newsroom of notes, built on infra.web exactly as a service's ui is: the tests' and the screenshots' subject."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pymongo.database import Database
from starlette.responses import JSONResponse, Response

from infra.kernel.act import Act
from infra.kernel.clock import Clock
from infra.kernel.ids import natural_id
from infra.kernel.offices import CONTENT_TEAM, SECRETARY
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from infra.web.answering import CHANGED_MEANWHILE
from infra.web.errors import NotFound
from infra.web.fields import Choice, Choices, Day, Flag, Html, Moment, Text, Uploads, Whole
from infra.web.form_memory import FormMemory
from infra.web.forms import Current, Filled, Form
from infra.web.languages import msg
from infra.web.page import OpenPage, Page, StaffPage
from infra.web.parts import NavItem, Part
from infra.web.posted import UploadedFile
from infra.web.sessions import SignedIn
from tests.builders.newsroom.identities import NAMES, Identities


@dataclass(frozen=True, slots=True)
class Draft:
    """What is written of a note."""

    title: Annotated[str, Text(msg("Title"), longest=60)]
    body: Annotated[str, Html(msg("Text"), longest=10_000)]
    section: Annotated[str, Choice(msg("Section"))]
    day: Annotated[date, Day(msg("Day"))]
    channels: Annotated[
        tuple[str, ...], Choices(msg("Channels"), {"post": msg("By post"), "zalo": msg("By Zalo")}, required=False)
    ]
    remark: Annotated[str, Text(msg("Remark"), rows=3, required=False, hint=msg("Only the team sees it."))]
    count: Annotated[int | None, Whole(msg("Copies"), least=1, most=100, required=False)]
    due: Annotated[datetime | None, Moment(msg("Due"), required=False)]
    urgent: Annotated[bool, Flag(msg("Urgent"))]
    files: Annotated[tuple[UploadedFile, ...], Uploads(msg("Attachments"), accept=".docx,.pdf", required=False)]


@dataclass(frozen=True, slots=True)
class Nothing:
    """A command that needs no more than a press of a button."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody signs in with."""

    login: Annotated[str, Text(msg("Login"))]
    password: Annotated[str, Text(msg("Password"), kind="password")]


WRITING = Form("writing", Draft)
CLEARING = Form("clearing", Nothing)
CREDENTIALS = Form("credentials", Credentials)


@dataclass
class Note:
    """A note as it is stored."""

    id: UUID
    draft: Draft
    version: int
    state: str = "draft"


@dataclass
class Notes:
    """The use cases: they keep notes in memory and remember every act."""

    kept: dict[UUID, Note] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    files: list[tuple[str, int, bytes]] = field(default_factory=list)

    def write(self, note_id: UUID, draft: Draft, act: Act) -> Verdict:
        if draft.title == "twice":
            return Refusal("QC2024 Đ10.1a", "title_taken", "title", {"title": draft.title, "since": "2025-11-01"})
        self.acts.append(act)
        self.files += [(file.name, file.size, file.stream.read(4)) for file in draft.files]
        self.kept[note_id] = Note(note_id, replace(draft, files=()), 1)
        return Accepted(note_id, 1, len(self.acts))

    def rewrite(self, note_id: UUID, draft: Draft, expected_version: int | None, act: Act) -> Verdict:
        note = self.kept[note_id]
        if note.version != expected_version:
            return Refusal("", CHANGED_MEANWHILE)
        self.acts.append(act)
        self.kept[note_id] = Note(note_id, replace(draft, files=()), note.version + 1)
        return Accepted(note_id, note.version + 1, len(self.acts))

    def clear(self, note_id: UUID, act: Act) -> Verdict:
        if act.capacity != SECRETARY:
            return Refusal("QC2024 Đ10.1b", "not_the_secretary", on_authority=True)
        self.acts.append(act)
        self.kept[note_id].state = "cleared"
        return Accepted(note_id, 2, len(self.acts))


class NotePages:
    """List, write, change and clear notes."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def router(self) -> APIRouter:
        router = APIRouter()
        router.get("/notes")(self.index)
        router.get("/notes/new")(self.new)
        router.post("/notes/new")(self.write)
        router.get("/notes/{note_id}")(self.one)
        router.post("/notes/{note_id}/clear")(self.clear)
        router.get("/notes/{note_id}/edit")(self.edit)
        router.post("/notes/{note_id}/edit")(self.rewrite)
        router.post("/images")(self.image)
        router.get("/secret")(self.secret)
        router.get("/broken")(self.broken)
        return router

    def index(self, page: StaffPage) -> Response:
        return page.render("notes.html", notes=list(self._notes.kept.values()))

    def new(self, page: StaffPage) -> Response:
        return _written(page, _draft(page))

    def write(self, page: StaffPage) -> Response:
        return page.submit(
            _draft(page),
            lambda draft: self._notes.write(natural_id("note", str(page.form_id)), draft, page.act(CONTENT_TEAM)),
            again=lambda form: _written(page, form),
            done=lambda accepted: f"/notes/{accepted.subject}",
            said=msg("The note is saved."),
        )

    def one(self, page: StaffPage, note_id: UUID) -> Response:
        return self._one(page, note_id, page.form(CLEARING, action=f"/notes/{note_id}/clear"))

    def clear(self, page: StaffPage, note_id: UUID) -> Response:
        capacity = SECRETARY if page.session.holds(SECRETARY) else CONTENT_TEAM
        return page.submit(
            page.form(CLEARING),
            lambda _nothing: self._notes.clear(note_id, page.act(capacity)),
            again=lambda form: self._one(page, note_id, form),
            done=lambda _accepted: f"/notes/{note_id}",
            said=msg("The note is cleared."),
        )

    def edit(self, page: StaffPage, note_id: UUID) -> Response:
        note = self._note(note_id)
        draft = note.draft
        values = {name: getattr(draft, name) for name in WRITING.fields if name != "files"}
        return _written(page, _draft(page, values, note.version))

    def rewrite(self, page: StaffPage, note_id: UUID) -> Response:
        form = _draft(page)
        return page.submit(
            form,
            lambda draft: self._notes.rewrite(note_id, draft, form.version, page.act(CONTENT_TEAM)),
            again=lambda form: _written(page, form),
            done=lambda accepted: f"/notes/{accepted.subject}",
            said=msg("The note is saved."),
            current=lambda: self._current(note_id),
        )

    def image(self, page: StaffPage) -> Response:
        (file,) = page.posted.files("file")
        if file.stream.read(4) != b"\x89PNG":
            return page.problem(Refusal("", "no_image", "file"))
        return JSONResponse({"url": "/static/emblem.svg"}, 201)

    def secret(self, page: StaffPage) -> Response:
        page.require(SECRETARY)
        return page.render("notes.html", notes=[])

    def broken(self, page: StaffPage) -> Response:
        raise ZeroDivisionError(str(page.session.account))

    def _note(self, note_id: UUID) -> Note:
        note = self._notes.kept.get(note_id)
        if note is None:
            raise NotFound
        return note

    def _one(self, page: Page, note_id: UUID, form: Filled[Nothing]) -> Response:
        return page.render("note.html", note=self._note(note_id), form=form)

    def _current(self, note_id: UUID) -> Current:
        note = self._note(note_id)
        return Current(note.version, {"title": note.draft.title, "body": note.draft.body})


def _draft(page: Page, values: dict[str, Any] | None = None, version: int | None = None) -> Filled[Draft]:
    sections = {"news": {"vi": "Tin tức", "en": "News"}[page.language], "law": "Văn bản"}
    return page.form(WRITING, values=values, version=version, choices={"section": sections})


def _written(page: Page, form: Filled[Draft]) -> Response:
    return page.render("writing.html", editor=True, form=form)


def sign_in_pages(clock: Clock) -> APIRouter:
    """Pages as the board has them, with everybody's password “right”."""
    router = APIRouter()

    def ask(page: OpenPage, next: str = "") -> Response:  # noqa: A002 - the name in the address
        return page.render("sign_in.html", form=page.form(CREDENTIALS), next=next)

    def sign_in(page: OpenPage) -> Response:
        form = page.form(CREDENTIALS)
        if form.value is None or form.value.password != "right":
            return page.render("sign_in.html", 422, form=form, next=page.posted.text("next"))
        login = form.value.login
        who = SignedIn(natural_id("account", login), natural_id("session", login, str(clock())), NAMES[login])
        return page.begin_session(who, page.posted.text("next"))

    def sign_out(page: StaffPage) -> Response:
        return page.end_session()

    def account(page: StaffPage) -> Response:
        return page.render("notes.html", notes=[])

    router.get("/sign-in")(ask)
    router.post("/sign-in")(sign_in)
    router.post("/sign-out")(sign_out)
    router.get("/account")(account)
    router.get("/account/password")(account)
    return router


def annex_pages() -> APIRouter:
    """A page at the root that belongs to a second part."""
    router = APIRouter()

    def where(page: StaffPage) -> Response:
        return JSONResponse({"prefix": page.at("/")})

    router.get("/where")(where)
    return router


def newsroom(store: Database[dict[str, Any]], notes: Notes, identities: Identities, clock: Clock) -> Part:
    """Bring the newsroom together."""
    home = Path(__file__).parent
    return Part(
        name="newsroom",
        home=home,
        router=NotePages(notes).router(),
        identities=identities,
        memory=FormMemory(store),
        navigation=(
            NavItem(msg("Notes"), "/notes"),
            NavItem(msg("Clearing"), "/secret", frozenset({SECRETARY})),
        ),
        readiness={"mongodb": lambda: bool(store.client.admin.command("ping"))},
        root=sign_in_pages(clock),
    )

"""What arrived: listed, recorded, accepted into an item, or refused with reason and ground."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.documents.clean_html import clean_text
from infra.documents.recognise import DOCX
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
from services.content.history import story_of
from services.content.intake import person_key
from services.content.messages import Attachment
from services.content.policy.facts import Intake, Received
from services.content.profile import PROVINCE_TIME
from services.content.queries import Arrived
from services.content.ui import words
from services.content.ui.submission_forms import (
    ACCEPTANCE,
    ARRIVAL,
    ERASING,
    REFUSING,
    Acceptance,
    Arrival,
    Erasing,
    Refusing,
)
from services.content.ui.waits import waited


class SubmissionPages:
    """Process 1 (QC2024 Đ10.1a)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.router = APIRouter()
        self.router.get("/submissions")(self.index)
        self.router.get("/submissions/new")(self.new)
        self.router.post("/submissions/new")(self.record)
        self.router.get("/submissions/{submission_id}")(self.one)
        self.router.get("/submissions/{submission_id}/accept")(self.ask_accept)
        self.router.post("/submissions/{submission_id}/accept")(self.accept)
        self.router.get("/submissions/{submission_id}/erase-person")(self.ask_erase)
        self.router.post("/submissions/{submission_id}/erase-person")(self.erase_person)
        self.router.get("/submissions/{submission_id}/refuse")(self.ask_refuse)
        self.router.post("/submissions/{submission_id}/refuse")(self.refuse)

    def index(self, page: StaffPage, decision: str = "", q: str = "", after: str | None = None) -> Response:
        """List what arrived, the last changed first."""
        page.require(*words.NEWSROOM)
        found = self._desk.queries.submissions(decision, q.strip()[:200], after)
        return page.render(
            "submissions.html", found=found, decision=decision, q=q, words=words, waited=partial(waited, page)
        )

    def new(self, page: StaffPage) -> Response:
        """Show the empty form."""
        page.require(offices.CONTENT_TEAM)
        today = page.now.astimezone(PROVINCE_TIME).date()
        return self._arrival_form(page, page.form(ARRIVAL, values={"received_on": today}))

    def record(self, page: StaffPage) -> Response:
        """Write down what arrived."""

        def command(arrival: Arrival) -> Verdict:
            attachments = self._keep(arrival) if page.session.holds(offices.CONTENT_TEAM) else ()
            if isinstance(attachments, Refusal):
                return attachments
            submission_id = natural_id("content.submission", str(page.session.account), str(page.form_id))
            received, person = _received(arrival, attachments), clean_text(arrival.person)
            return self._desk.intake.receive(submission_id, received, person, act=page.act(offices.CONTENT_TEAM))

        return page.submit(
            page.form(ARRIVAL),
            command,
            again=lambda form: self._arrival_form(page, form),
            done=lambda accepted: f"/submissions/{accepted.subject}",
            said=msg("The submission is recorded."),
        )

    def one(self, page: StaffPage, submission_id: UUID) -> Response:
        """Show what arrived, what was decided, and its story."""
        page.require(*words.NEWSROOM)
        submission = self._submission(submission_id)
        return page.render(
            "submission.html",
            submission=submission,
            words=words,
            waited=partial(waited, page),
            **self._story(submission),
        )

    def ask_accept(self, page: StaffPage, submission_id: UUID) -> Response:
        """Ask where the item goes."""
        page.require(*words.NEWSROOM)
        submission = self._submission(submission_id)
        manuscripts = _manuscripts(submission)
        values = {"manuscript": next(iter(manuscripts), ""), "source": submission.provider}
        form = page.form(ACCEPTANCE, values=values, choices=self._choices(page, submission))
        return self._decide_form(page, submission, form, "accept")

    def accept(self, page: StaffPage, submission_id: UUID) -> Response:
        """Accept it: it becomes an item at step 1, its Word file the text."""
        submission = self._submission(submission_id)

        def command(acceptance: Acceptance) -> Verdict:
            act = page.act(offices.CONTENT_TEAM)
            return self._desk.intake.accept(submission_id, **asdict(acceptance), act=act)

        return page.submit(
            page.form(ACCEPTANCE, choices=self._choices(page, submission)),
            command,
            again=lambda form: self._decide_form(page, submission, form, "accept"),
            done=_to_article,
            said=msg("The submission is accepted and has become an item at step 1."),
        )

    def ask_refuse(self, page: StaffPage, submission_id: UUID) -> Response:
        """Ask for reason and ground."""
        page.require(*words.NEWSROOM)
        submission = self._submission(submission_id)
        return self._decide_form(page, submission, page.form(REFUSING), "refuse")

    def refuse(self, page: StaffPage, submission_id: UUID) -> Response:
        """Refuse it (QC2019 Đ3.5)."""
        submission = self._submission(submission_id)

        def command(refusing: Refusing) -> Verdict:
            act = page.act(offices.CONTENT_TEAM)
            answers = (clean_text(each) for each in (refusing.reason, refusing.ground, refusing.notice))
            return self._desk.application.decline(submission_id, *answers, act=act)

        return page.submit(
            page.form(REFUSING),
            command,
            again=lambda form: self._decide_form(page, submission, form, "refuse"),
            done=lambda _: f"/submissions/{submission_id}",
            said=msg("The submission is refused; the reason is on record."),
        )

    def ask_erase(self, page: StaffPage, submission_id: UUID) -> Response:
        """Ask whether the person behind it shall be forgotten."""
        return self._erase_form(page, submission_id, page.form(ERASING))

    def erase_person(self, page: StaffPage, submission_id: UUID) -> Response:
        """Forget the person behind it; what arrived and what was decided stays."""
        return page.submit(
            page.form(ERASING),
            lambda asked: self._desk.intake.erase_person(
                submission_id, asked.ground, act=page.act(offices.CONTENT_TEAM)
            ),
            again=lambda form: self._erase_form(page, submission_id, form),
            done=lambda _: f"/submissions/{submission_id}",
            said=msg("The contact person is erased."),
        )

    def _erase_form(self, page: Page, submission_id: UUID, form: Filled[Erasing]) -> Response:
        page.require(*words.NEWSROOM)
        submission, person = self._submission(submission_id), self._desk.people.name_of(person_key(submission_id))
        status = 422 if form.wrong else 200
        return page.render("submission_erase.html", status, submission=submission, person=person, form=form)

    def _keep(self, arrival: Arrival) -> tuple[Attachment, ...] | Refusal:
        kept = []
        for upload in arrival.attachments:
            taken = self._desk.material.take(upload.stream, upload.name)  # type: ignore[arg-type]
            if isinstance(taken, Refusal):
                return Refusal(taken.clause or "QC2024 Đ9.2", taken.code, "attachments", taken.facts)
            kept.append(taken)
        return tuple(kept)

    def _submission(self, submission_id: UUID) -> Arrived:
        try:
            return self._desk.queries.arrived(submission_id)
        except NoAggregate:
            raise NotFound from None

    def _choices(self, page: Page, submission: Arrived) -> dict[str, Options]:
        day = page.now.astimezone(PROVINCE_TIME).date()
        sections = self._desk.profile.sections(day)
        return {
            "section": {section.slug: section.name[page.language] for section in sections},
            "source": {name: name for name in self._desk.profile.sources(day)},
            "manuscript": self._manuscript_choices(page, submission),
        }

    @staticmethod
    def _manuscript_choices(page: Page, submission: Arrived) -> Options:
        manuscripts = _manuscripts(submission)
        return {**manuscripts, "": page.say(msg("No file: begin without a text"))} if manuscripts else {}

    def _story(self, submission: Arrived) -> Mapping[str, Any]:
        story = story_of(self._desk.application.events.get(submission.id))
        names = self._desk.people.names_of({deed.account for deed in story})
        return {"story": story, "names": names, "person": self._desk.people.name_of(person_key(submission.id))}

    @staticmethod
    def _arrival_form(page: Page, form: Filled[Arrival]) -> Response:
        return page.render("submission_new.html", form=form)

    def _decide_form(self, page: Page, submission: Arrived, form: Filled[Any], decision: str) -> Response:
        """Show the form; the submission above it is for the newsroom only."""
        page.require(*words.NEWSROOM)
        person = self._desk.people.name_of(person_key(submission.id))
        return page.render(
            "submission_decide.html",
            submission=submission,
            form=form,
            decision=decision,
            words=words,
            person=person,
        )


def _received(arrival: Arrival, attachments: tuple[Attachment, ...]) -> Received:
    texts = {name: clean_text(getattr(arrival, name)) for name in ("provider", "origin", "purpose")}
    return Received(
        title=clean_text(arrival.title),
        intake=Intake(arrival.channel, **texts),
        classification=arrival.classification,
        received_on=arrival.received_on.isoformat(),
        document_number=clean_text(arrival.document_number),
        document_date=arrival.document_date.isoformat() if arrival.document_date else "",
        person_hash="",
        attachments=tuple(asdict(attachment) for attachment in attachments),
    )


def _manuscripts(submission: Arrived) -> dict[str, str]:
    return {each.file: each.name for each in submission.attachments if each.media_type == DOCX}


def _to_article(accepted: Accepted) -> str:
    return f"/articles/{accepted.subject}"

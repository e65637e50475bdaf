"""What follows a posted form: shown again, refused, stale, or done and gone on."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pymongo.errors import PyMongoError
from starlette.responses import Response

from infra.event_store.errors import StoreUnavailable
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from infra.messaging.outages import is_of_store
from infra.web import flash
from infra.web.form_memory import Answered
from infra.web.forms import Complaint, Current, Filled, is_secret
from infra.web.house import MEBIBYTE
from infra.web.languages import msg
from infra.web.posted import Posted, UploadedFile

if TYPE_CHECKING:
    from infra.web.page import Page

T = TypeVar("T")

CHANGED_MEANWHILE = "changed_meanwhile"
"""The code with which a use case says that somebody else has changed the thing since the form was shown."""


@dataclass(frozen=True, slots=True)
class Answers(Generic[T]):
    """How each outcome is shown; see `Page.submit`."""

    again: Callable[[Filled[T]], Response]
    done: Callable[[Accepted], str]
    said: str
    current: Callable[[], Current] | None


def submit(page: "Page", form: Filled[T], command: Callable[[T], Verdict], answers: Answers[T]) -> Response:
    """Carry out the command of a form once, and answer."""
    if form.value is None:
        return _with_status(answers.again(form), 422)
    memory, number = page.kit.part.memory, f"{page.session.account}/{form.id}"
    answered = memory.begin(number, _digest(form, page.posted), page.now)
    if answered is not None:
        return _answered_before(page, form, answered, answers)
    try:
        verdict = command(form.value)
    except BaseException as error:
        (memory.doubt if _may_be_done(error) else memory.release)(number)
        raise
    if isinstance(verdict, Refusal):
        memory.release(number)
        return _refused(page, form, verdict, answers)
    address = page.at(answers.done(verdict))
    answer = page.redirect_to(address, answers.said, answers=form.id)
    if not _settled(page, form, verdict.position, lambda: memory.finish(number, address)):
        flash.leave(page.request, page.kit, "note", page.say(msg("It is saved. The lists will show it in a moment.")))
    return answer


def _may_be_done(error: BaseException) -> bool:
    return isinstance(error, Exception) and is_of_store(error)


def _settled(page: "Page", form: Filled[Any], position: int, finish: Callable[[], None]) -> bool:
    """Note that the form has acted, and tell whether the lists show it.

    What is done stays done when the store is lost now: whoever was told of a failure would do it once more.
    """
    key = page.draft_key(form)
    try:
        finish()
        if key is not None:
            page.kit.part.memory.drop_draft(key)
        return page.kit.part.caught_up(position)
    except (StoreUnavailable, PyMongoError) as error:
        if is_of_store(error):
            return False
        raise


def _answered_before(page: "Page", form: Filled[T], answered: Answered, answers: Answers[T]) -> Response:
    """Answer as the first time. What was typed otherwise than then is not saved: it is shown again, under a new number."""
    if answered.same:
        return page.redirect_to(answered.address, answers.said, answers=form.id)
    shown = form.besides(answered.address, page.new_form_id())
    if answers.current is not None:
        shown = shown.beside(answers.current(), page.say)
    return _with_status(answers.again(shown), 409)


def _digest(form: Filled[Any], posted: Posted) -> str:
    """Return what tells one sending of a form from another: the digest of its texts and files, passwords excepted."""
    sent = [
        (name, [text for text in form.texts.get(name, []) if text], [_file_digest(file) for file in posted.files(name)])
        for name, kind in form.form.fields.items()
        if not is_secret(kind)
    ]
    return hashlib.sha256(json.dumps(sent).encode()).hexdigest()


def _file_digest(file: UploadedFile) -> str:
    digest = hashlib.sha256(file.name.encode())
    for piece in iter(partial(file.stream.read, MEBIBYTE), b""):
        digest.update(piece)
    file.stream.seek(0)
    return digest.hexdigest()


def _refused(page: "Page", form: Filled[T], refusal: Refusal, answers: Answers[T]) -> Response:
    complaint = page.present(refusal)
    if refusal.code == CHANGED_MEANWHILE:
        return _stale(page, form, complaint, answers)
    return _with_status(answers.again(form.with_complaint(complaint)), 403 if refusal.on_authority else 422)


def _stale(page: "Page", form: Filled[T], complaint: Complaint, answers: Answers[T]) -> Response:
    """Show both versions side by side above the form, which goes on from the version stored now."""
    shown = form.with_complaint(complaint)
    if answers.current is not None:
        shown = shown.beside(answers.current(), page.say)
    return _with_status(answers.again(shown), 409)


def _with_status(response: Response, status: int) -> Response:
    response.status_code = status
    return response

"""What follows a posted form: shown again, refused, stale, or done and gone on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from starlette.responses import Response

from infra.kernel.verdicts import Accepted, Refusal, Verdict
from infra.web import flash
from infra.web.forms import Complaint, Current, Filled
from infra.web.languages import msg

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
    answered = memory.begin(number, page.now)
    if answered is not None:
        return page.redirect_to(answered, answers.said)
    try:
        verdict = command(form.value)
    except BaseException:
        memory.release(number)
        raise
    if isinstance(verdict, Refusal):
        memory.release(number)
        return _refused(page, form, verdict, answers)
    address = page.at(answers.done(verdict))
    memory.finish(number, address)
    return _accepted(page, form, verdict, address, answers.said)


def _accepted(page: "Page", form: Filled[Any], verdict: Accepted, address: str, said: str) -> Response:
    key = page.draft_key(form)
    if key is not None:
        page.kit.part.memory.drop_draft(key)
    answer = page.redirect_to(address, said)
    if not page.kit.part.caught_up(verdict.position):
        flash.leave(page.request, page.kit, "note", page.say(msg("It is saved. The lists will show it in a moment.")))
    return answer


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

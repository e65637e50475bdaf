"""A new password is typed twice, for nobody sees what they type."""

from dataclasses import replace
from typing import Protocol, TypeVar

from infra.web.forms import Complaint, Filled
from infra.web.languages import msg
from infra.web.page import Page


class Twice(Protocol):
    """A form's value with a new password in it, typed twice."""

    @property
    def password(self) -> str:
        """The new password."""

    @property
    def again(self) -> str:
        """The same once more."""


T = TypeVar("T", bound=Twice)


def typed_twice(page: Page, form: Filled[T]) -> Filled[T]:
    """Return the form, refused beside the second field when the two passwords in it are not the same."""
    if form.value is None or form.value.password == form.value.again:
        return form
    different = Complaint("again", page.say(msg("The two new passwords are not the same.")))
    return replace(form, value=None).with_complaint(different)

"""Forms: a frozen dataclass whose annotations say how it is read, and a filled form that loses nothing typed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Generic, Self, TypeVar, get_type_hints
from uuid import UUID
from zoneinfo import ZoneInfo

from infra.web.fields import FieldKind, Options, Raw, WrongError
from infra.web.posted import Posted

T = TypeVar("T")

FORM_ID, VERSION, SHOWN_ON, FORM_NAME, NO_DRAFT = "form_id", "expected_version", "shown_on", "form_name", "no_draft"
"""Hidden fields of every form: its number, what it was made from, the page it stands on, which form it is; and whether
what was typed must not be kept when the session has run out (passwords)."""

DISCARD = "discard"
"""Query parameter with the number of a form whose draft the reader does not want."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """A sentence beside a field, or on top when `field` is empty; `clause` is the paragraph that refuses."""

    field: str
    text: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Current:
    """What is stored now: the version, and a readable text for each field that people compare."""

    version: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of a stale form: what is stored now beside what was typed."""

    label: str
    stored: str
    typed: str


class Form(Generic[T]):
    """Reads requests into a `shape`: a frozen dataclass with `Annotated[type, field kind]` fields."""

    def __init__(self, name: str, shape: type[T]) -> None:
        self.name = name
        self._shape = shape
        self.fields: Mapping[str, FieldKind] = _kinds(shape)

    def values_as_texts(self, values: Mapping[str, Any], timezone: ZoneInfo) -> dict[str, list[str]]:
        """Write typed values as the browser would send them."""
        return {name: _as_texts(value, timezone) for name, value in values.items() if name in self.fields}

    def read(self, posted: Posted, options: Mapping[str, Options], timezone: ZoneInfo) -> T | dict[str, WrongError]:
        """Return the shape's value, or what is wrong by field."""
        values: dict[str, Any] = {}
        wrong: dict[str, WrongError] = {}
        for name, kind in self.fields.items():
            raw = Raw(posted.texts(name), posted.files(name), options.get(name, {}), timezone)
            try:
                values[name] = kind.read(raw)
            except WrongError as error:
                wrong[name] = error
        return wrong or self._shape(**values)


@dataclass(frozen=True, slots=True)
class Filled(Generic[T]):
    """A form as it stands on a page: what was typed, what is wrong, and the typed value when all is right.

    `sent_first`: where that stands which was saved when the form was sent before with something else in it; "" when
    nobody knows whether it was saved; None when it was not sent before.
    """

    form: Form[T]
    action: str
    id: UUID
    version: int | None
    texts: Mapping[str, list[str]]
    options: Mapping[str, Options]
    value: T | None = None
    complaints: tuple[Complaint, ...] = ()
    file_names: Mapping[str, list[str]] = field(default_factory=dict)
    restored: bool = False
    compared: tuple[Compared, ...] = ()
    sent_first: str | None = None

    def text(self, name: str) -> str:
        """Return what stands in a field."""
        return (self.texts.get(name) or [""])[-1]

    def about(self, name: str) -> tuple[Complaint, ...]:
        """Return what is said beside a field."""
        return tuple(complaint for complaint in self.complaints if complaint.field == name)

    @property
    def wrong(self) -> bool:
        """Tell whether anything has to be put right."""
        return bool(self.complaints)

    @property
    def keeps_no_draft(self) -> bool:
        """Tell whether what is typed must not be kept: passwords."""
        return any(is_secret(kind) for kind in self.form.fields.values())

    def understood(self, value: T) -> Self:
        """Return the form with its typed value."""
        return replace(self, value=value)

    def refused(self, complaints: tuple[Complaint, ...]) -> Self:
        """Return the form with what is wrong."""
        return replace(self, complaints=complaints)

    def from_draft(self, texts: Mapping[str, list[str]]) -> Self:
        """Return the form as it was typed before the session ran out: number and version with it."""
        typed = {name: list(texts.get(name, [])) for name in self.form.fields}
        number = form_number((texts.get(FORM_ID) or [""])[-1])
        version = version_number((texts.get(VERSION) or [""])[-1])
        return replace(self, id=number or self.id, version=version, texts=typed, restored=True)

    def besides(self, sent_first: str, number: UUID) -> Self:
        """Return the form under a new number, because something else was sent under the old one."""
        return replace(self, id=number, sent_first=sent_first)

    def with_complaint(self, complaint: Complaint) -> Self:
        """Return the form with one more sentence; about a field that it does not have: on top."""
        known = complaint if complaint.field in self.form.fields else replace(complaint, field="")
        return replace(self, complaints=(*self.complaints, known))

    def beside(self, current: Current, say: Callable[[str], str]) -> Self:
        """Return the form for the version stored now, with both versions of each field that differs."""
        pairs = (
            Compared(say(kind.label), current.fields[name], self.shown(name))
            for name, kind in self.form.fields.items()
            if name in current.fields
        )
        return replace(self, version=current.version, compared=tuple(p for p in pairs if p.stored != p.typed))

    def shown(self, name: str) -> str:
        """Return what stands in a field as people read it: the texts of choices, not their values."""
        options = self.options.get(name, {})
        return ", ".join(options.get(text, text) for text in self.texts.get(name, []))


def is_secret(kind: FieldKind) -> bool:
    """Tell whether what is typed into a field must not be kept: passwords."""
    return getattr(kind, "kind", "") == "password"


def form_number(text: str) -> UUID | None:
    """Read the number of a form as a request gives it."""
    try:
        return UUID(text)
    except ValueError:
        return None


def version_number(text: str) -> int | None:
    """Read the version that a form was made from."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def options_of(form: Form[Any], given: Mapping[str, Options], say: Callable[[str], str]) -> dict[str, Options]:
    """Return the choices of each field: those given for this request, else the translated ones of the form."""
    offered = {name: getattr(kind, "options", {}) for name, kind in form.fields.items()}
    translated = {name: {value: say(text) for value, text in options.items()} for name, options in offered.items()}
    return {**translated, **given}


def complaints_of(wrong: Mapping[str, WrongError], say: Callable[..., str]) -> tuple[Complaint, ...]:
    """Return what is wrong in the reader's language, in the order of the form."""
    return tuple(Complaint(name, say(error.msgid, **error.facts)) for name, error in wrong.items())


def _kinds(shape: type) -> Mapping[str, FieldKind]:
    hints = get_type_hints(shape, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}


def _as_texts(value: Any, timezone: ZoneInfo) -> list[str]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [text for one in value for text in _as_texts(one, timezone)]
    if value is None or value is False or value == "":
        return []
    return [_as_text(value, timezone)]


def _as_text(value: Any, timezone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(timezone).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "yes" if value is True else str(value)

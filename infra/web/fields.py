"""Kinds of form fields: how each is read into a typed value, and what is said when it cannot be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from html import unescape
from types import MappingProxyType
from typing import ClassVar
from zoneinfo import ZoneInfo

from infra.web.languages import msg
from infra.web.posted import UploadedFile

Facts = Mapping[str, str | int]
Options = Mapping[str, str]
_NONE: Options = MappingProxyType({})

_WEB_ADDRESS = re.compile(r"https?://[^\s/\"'<>]\S*", re.IGNORECASE)
"""Nothing that a browser would carry out when somebody follows it, such as `javascript:`."""
_YEARS = range(1900, 2200)
"""Years that people mean: the day after the last one, and midnight in any time zone, can still be reckoned."""

MISSING = msg("Please fill this in.")


class WrongError(Exception):
    """A value cannot be read; `msgid` with `facts` tells the reader what to do."""

    def __init__(self, msgid: str, **facts: str | int) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.facts: Facts = facts


@dataclass(frozen=True, slots=True)
class Raw:
    """What came in for one field: texts and files, the choices that were offered, the province's time zone."""

    texts: Sequence[str]
    files: Sequence[UploadedFile]
    options: Options
    timezone: ZoneInfo

    @property
    def text(self) -> str:
        """The last text, without space around it."""
        return self.texts[-1].strip() if self.texts else ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words: one line, or `rows` lines; at most `longest` characters. `kind` "url" is an address of the web."""

    label: str
    longest: int = 5_000
    rows: int = 1
    required: bool = True
    hint: str = ""
    kind: str = "text"
    control: ClassVar[str] = "text"

    def read(self, raw: Raw) -> str:
        """Return the text; a password keeps its spaces."""
        text = (raw.texts[-1] if raw.texts else "") if self.kind == "password" else raw.text
        if self.required and not text:
            raise WrongError(MISSING)
        if len(text) > self.longest:
            raise WrongError(
                msg("This is {length} characters long; at most {longest} are possible."),
                length=len(text),
                longest=self.longest,
            )
        if self.kind == "url" and text and not _WEB_ADDRESS.fullmatch(text):
            raise WrongError(msg("Write the whole address, beginning with https://."))
        return text


@dataclass(frozen=True, slots=True)
class Html:
    """Formatted text, written in the editor. It comes as the browser sent it: the use case cleans it."""

    label: str
    longest: int = 400_000
    required: bool = True
    hint: str = ""
    control: ClassVar[str] = "html"

    def read(self, raw: Raw) -> str:
        """Return the HTML; tags without any words or image count as empty."""
        says_something = "<img" in raw.text or unescape(re.sub(r"</?[a-zA-Z][^>]*>", "", raw.text)).strip()
        text = raw.text if says_something else ""
        return Text(self.label, self.longest, required=self.required).read(
            Raw([text], (), raw.options, raw.timezone),
        )


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    label: str
    required: bool = True
    hint: str = ""
    control: ClassVar[str] = "day"

    def read(self, raw: Raw) -> date | None:
        """Read `2025-11-20` as browsers send it or `20/11/2025` as people write it."""
        if not raw.text:
            _refuse_absence(required=self.required)
            return None
        return _day(raw.text)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with a time, in the province's time zone."""

    label: str
    required: bool = True
    hint: str = ""
    control: ClassVar[str] = "moment"

    def read(self, raw: Raw) -> datetime | None:
        """Read `2025-11-20T08:30` as browsers send it, or `20/11/2025 08:30`."""
        if not raw.text:
            _refuse_absence(required=self.required)
            return None
        day, _, time = raw.text.replace("T", " ").partition(" ")
        try:
            at = datetime.strptime(time.strip(), "%H:%M").replace(tzinfo=raw.timezone)
        except ValueError:
            raise WrongError(msg("Write a date and a time, such as 20/11/2025 08:30.")) from None
        return datetime.combine(_day(day), at.timetz())


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds, both included."""

    label: str
    least: int = 0
    most: int = 10**15
    required: bool = True
    hint: str = ""
    control: ClassVar[str] = "whole"

    def read(self, raw: Raw) -> int | None:
        """Read `12500` or `12.500`."""
        digits = re.sub(r"[\s.\u00a0]", "", raw.text)
        if not digits:
            _refuse_absence(required=self.required)
            return None
        if not re.fullmatch(r"-?[0-9]{1,18}", digits):
            raise WrongError(msg("Write a whole number."))
        if not self.least <= int(digits) <= self.most:
            raise WrongError(msg("Write a number from {least} to {most}."), least=self.least, most=self.most)
        return int(digits)


@dataclass(frozen=True, slots=True)
class Flag:
    """A box to tick; when required it must be ticked."""

    label: str
    required: bool = False
    hint: str = ""
    control: ClassVar[str] = "flag"

    def read(self, raw: Raw) -> bool:
        """Tell whether it was ticked."""
        if self.required and not raw.text:
            raise WrongError(msg("Please tick this box to go on."))
        return bool(raw.text)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several. `options`: value -> msgid; or given at the request as value -> text.

    `shown` is "radios" for few, "select" for many; by itself up to five are radios.
    """

    label: str
    options: Options = field(default_factory=lambda: _NONE)
    required: bool = True
    hint: str = ""
    shown: str = ""
    control: ClassVar[str] = "choice"

    def read(self, raw: Raw) -> str:
        """Return the chosen value."""
        if not raw.text:
            if self.required:
                raise WrongError(msg("Please choose one."))
            return ""
        return _offered(raw.text, raw.options)


@dataclass(frozen=True, slots=True)
class Choices:
    """Any number of several; at least one when required."""

    label: str
    options: Options = field(default_factory=lambda: _NONE)
    required: bool = True
    hint: str = ""
    control: ClassVar[str] = "choices"

    def read(self, raw: Raw) -> tuple[str, ...]:
        """Return the chosen values in the order in which they came."""
        chosen = tuple(_offered(text, raw.options) for text in dict.fromkeys(raw.texts) if text)
        if self.required and not chosen:
            raise WrongError(msg("Please choose at least one."))
        return chosen


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of at most `most_bytes` (None: as much as the portal allows)."""

    label: str
    accept: str = ""
    most_bytes: int | None = None
    required: bool = True
    hint: str = ""
    control: ClassVar[str] = "upload"

    def read(self, raw: Raw) -> UploadedFile | None:
        """Return the file."""
        return next(iter(_files(raw, self.most_bytes, required=self.required)), None)


@dataclass(frozen=True, slots=True)
class Uploads:
    """Any number of files of at most `most_bytes` each (None: as much as the portal allows)."""

    label: str
    accept: str = ""
    most_bytes: int | None = None
    required: bool = True
    hint: str = ""
    control: ClassVar[str] = "uploads"

    def read(self, raw: Raw) -> tuple[UploadedFile, ...]:
        """Return the files in the order in which they came."""
        return _files(raw, self.most_bytes, required=self.required)


FieldKind = Text | Html | Day | Moment | Whole | Flag | Choice | Choices | Upload | Uploads


def _refuse_absence(*, required: bool) -> None:
    if required:
        raise WrongError(MISSING)


def _day(text: str) -> date:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            day = datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        if day.year in _YEARS:
            return day
    raise WrongError(msg("This is not a date. Write day/month/year, such as 20/11/2025."))


def _offered(value: str, options: Options) -> str:
    if value not in options:
        raise WrongError(msg("This choice is not offered here. Please choose again."))
    return value


def _files(raw: Raw, most_bytes: int | None, *, required: bool) -> tuple[UploadedFile, ...]:
    for file in raw.files:
        if file.too_large or (most_bytes is not None and file.size > most_bytes):
            raise WrongError(msg("“{name}” is too large. Choose a smaller file."), name=file.name)
    if required and not raw.files:
        raise WrongError(msg("Please choose a file."))
    return tuple(raw.files)

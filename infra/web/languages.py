"""Languages: catalogues of words read from .po files, and dates and numbers as each language writes them."""

import gettext
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("vi", "en")
"""Vietnamese first: it is what a reader gets who has not chosen."""

WEB_LOCALE = Path(__file__).parent / "locale"
"""The words of the pages' own frame: buttons, errors, names of offices."""

_DATE = {"vi": "dd/MM/yyyy", "en": "d MMM yyyy"}
_MOMENT = {"vi": "HH:mm, dd/MM/yyyy", "en": "d MMM yyyy, HH:mm"}


def msg(text: str) -> str:
    """Mark a sentence for translation; it is translated where it is shown."""
    return text


def known_language(wanted: str | None) -> str:
    """Return the wanted language if the portal speaks it, else Vietnamese."""
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The words of one part of the portal, in every language."""

    by_language: dict[str, gettext.NullTranslations]

    @classmethod
    def load(cls, *folders: Path) -> "Catalogues":
        """Read `{vi,en}.po` of each folder; where two have a word, the earlier folder's counts."""
        return cls({language: _joined(language, folders) for language in LANGUAGES})

    def words(self, language: str) -> gettext.NullTranslations:
        """Return the words of one language."""
        return self.by_language[language]


@dataclass(frozen=True, slots=True)
class Formats:
    """How one language writes dates, times and numbers in the province's time zone."""

    language: str
    timezone: ZoneInfo

    def date(self, value: date | datetime | None) -> str:
        """Write a day: `20/11/2025`; nothing for None."""
        if value is None:
            return ""
        day = value.astimezone(self.timezone).date() if isinstance(value, datetime) else value
        return format_date(day, _DATE[self.language], locale=self.language)

    def moment(self, value: datetime | None) -> str:
        """Write an instant to the minute: `08:05, 20/11/2025`; nothing for None."""
        if value is None:
            return ""
        return format_datetime(value, _MOMENT[self.language], tzinfo=self.timezone, locale=self.language)

    def number(self, value: float) -> str:
        """Write a number with this language's separators."""
        return format_decimal(value, locale=self.language)

    def bytes(self, value: int) -> str:
        """Write a size in the largest unit that leaves a number of one or more: `1,5 MB`."""
        size, unit = float(value), "B"
        for larger in ("kB", "MB", "GB"):
            if size < 1024:  # noqa: PLR2004 - the step between binary units
                break
            size, unit = size / 1024, larger
        return f"{format_decimal(round(size, 1), locale=self.language)} {unit}"


def _joined(language: str, folders: Sequence[Path]) -> gettext.NullTranslations:
    first = gettext.NullTranslations()
    for folder in folders:
        if (folder / f"{language}.po").is_file():
            first.add_fallback(_read(folder / f"{language}.po", language))
    return first


@cache
def _catalogue_bytes(path: Path, language: str) -> bytes:
    with path.open("rb") as file:
        catalogue: Catalog = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def _read(path: Path, language: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(_catalogue_bytes(path, language)))

"""Jinja templates in each language, and addresses of static files that change when the file does."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from infra.web.differences import compare, readable
from infra.web.languages import LANGUAGES, Catalogues, Formats

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

_SLOT = re.compile(r"\{(\w+)\}")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?")


class Templates:
    """One environment for each language: own templates by their name, the frame's under `web/`.

    `home` is the folder with `templates/`; None when only the frame's are used.
    """

    def __init__(self, home: Path | None, catalogues: Catalogues, timezone: ZoneInfo) -> None:
        self._environments = {
            language: _environment(home, catalogues, Formats(language, timezone)) for language in LANGUAGES
        }

    def render(self, language: str, template: str, values: Mapping[str, Any]) -> str:
        """Return the HTML of a template. A name that is not given is an error, never a blank."""
        return self._environments[language].get_template(template).render(**values)


def fill(sentence: str, facts: Mapping[str, str | int], formats: Formats) -> str:
    """Put facts into the `{slots}` of a translated sentence; numbers, sizes (`…_bytes`) and ISO dates as the language writes them.

    A slot without a fact stays as it is, so that the fault can be seen.
    """

    def filled(slot: re.Match[str]) -> str:
        fact = facts.get(slot.group(1))
        return slot.group(0) if fact is None else _written(slot.group(1), fact, formats)

    return _SLOT.sub(filled, sentence)


@cache
def static_url(name: str) -> str:
    """Return the address of one of the frame's static files; it changes with the content, so it may be kept for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def _environment(home: Path | None, catalogues: Catalogues, formats: Formats) -> Environment:
    frame: BaseLoader = PrefixLoader({"web": FileSystemLoader(TEMPLATES)})
    own = [] if home is None else [FileSystemLoader(home / "templates")]
    environment = Environment(
        loader=ChoiceLoader([*own, frame]),
        autoescape=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    words = catalogues.words(formats.language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
    )
    environment.filters.update(
        date=formats.date, moment=formats.moment, number=formats.number, bytes=formats.bytes, readable=readable
    )
    environment.globals.update(static=static_url, compare=compare, language=formats.language)
    return environment


def _written(name: str, fact: str | int, formats: Formats) -> str:
    if isinstance(fact, int):
        return formats.bytes(fact) if name.endswith("_bytes") else formats.number(fact)
    if not _ISO.fullmatch(fact):
        return fact
    write: Callable[[Any], str] = formats.moment if "T" in fact else formats.date
    return write(datetime.fromisoformat(fact) if "T" in fact else date.fromisoformat(fact))

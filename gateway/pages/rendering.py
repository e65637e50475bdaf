"""Turns templates into pages: one environment for each language, everything escaped, nothing undefined."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gateway import addresses
from gateway.addresses import LANGUAGES
from gateway.pages.site import Site
from infra.web.languages import Formats
from services.content.messages import Picture

_TEMPLATES = Path(__file__).parent.parent / "templates"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""No page or feed may hold these, whatever a title brings: XML would not be XML any more."""
_LATIN, _VIETNAMESE = (f"be-vietnam-pro-{letters}-400-normal.woff2" for letters in ("latin", "vietnamese"))
_PRELOADED = {"vi": (_LATIN, _VIETNAMESE), "en": (_LATIN,)}
OTHER = {"vi": "en", "en": "vi"}


class Renderer:
    """Renders templates in a language."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._environments = {language: _environment(site, language) for language in LANGUAGES}

    def page(self, template: str, language: str, **values: Any) -> bytes:
        """Return a finished page, feed or sitemap."""
        text = self._environments[language].get_template(template).render(**values)
        return _UNPRINTABLE.sub("", text).encode()

    def say(self, language: str, words: str) -> str:
        """Translate a sentence."""
        return self.site.catalogues.words(language).gettext(words)


def _environment(site: Site, language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    environment.install_gettext_translations(site.catalogues.words(language), newstyle=True)  # type: ignore[attr-defined]
    formats = site.formats(language)
    environment.filters.update(
        date=formats.date,
        moment=formats.moment,
        bytes=formats.bytes,
        number=formats.number,
        json=as_json,
        srcset=srcset,
        src=narrowest_from,
        day=_day(formats),
        dayofmonth=_in(formats, "%d"),
        monthyear=_in(formats, "%m/%Y"),
    )
    environment.globals.update(
        site=site,
        profile=site.profile,
        assets=site.assets,
        language=language,
        other=OTHER[language],
        addresses=addresses,
        fact=_facts(site, language),
        preloaded_fonts=_PRELOADED[language],
    )
    environment.globals["foot"] = Markup(environment.get_template("foot.html").render())  # noqa: S704 - escaped as any template
    return environment


def as_json(value: Any) -> Markup:
    """Write a value as JSON that may stand inside a script element: no tag can end it."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 - escaped here


def srcset(picture: Picture) -> str:
    """List a picture in all widths, for browsers to choose from."""
    widths = {**dict(picture.variants), picture.width: picture.file}
    return ", ".join(
        f"{addresses.picture(file, picture.media_type)} {width}w" for width, file in sorted(widths.items())
    )


def narrowest_from(picture: Picture, width: int = 640) -> str:
    """Return the address of the narrowest variant of at least a width, or of the widest there is."""
    files = sorted([*picture.variants, (picture.width, picture.file)])
    chosen = next((file for wide, file in files if wide >= width), files[-1][1])
    return addresses.picture(chosen, picture.media_type)


def _facts(site: Site, language: str) -> Mapping[str, str]:
    return {name: words.get(language, "") for name, words in site.profile.facts.items()}


def _day(formats: Formats) -> Callable[[str], str]:
    """Return a filter for dates that are ISO texts; what is no date stands as it is."""

    def written(text: str) -> str:
        try:
            return formats.date(date.fromisoformat(text))
        except ValueError:
            return text

    return written


def _in(formats: Formats, pattern: str) -> Callable[[datetime], str]:
    return lambda at: at.astimezone(formats.timezone).strftime(pattern)

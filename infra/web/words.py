"""Which sentences a part says, and which of them lack a translation: `python -m infra.web.words services/board/ui services/board`."""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2.ext
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from infra.web.languages import WEB_LOCALE

_TEMPLATE_KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_PYTHON_KEYWORDS = {"msg": None, "say": None}


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """A sentence as the code says it: context ("" for none) and msgid."""

    context: str
    msgid: str


def said_in(folder: Path) -> dict[Word, Path]:
    """Return every sentence in the templates and the Python of a folder, with a file that says it."""
    found: dict[Word, Path] = {}
    for path in sorted(folder.rglob("*.html")):
        found.update(dict.fromkeys(_extracted(path, jinja2.ext.babel_extract, _TEMPLATE_KEYWORDS), path))
    for path in sorted(folder.rglob("*.py")):
        found.update(dict.fromkeys(_extracted(path, "python", _PYTHON_KEYWORDS), path))
    return found


def refusals_in(folder: Path) -> dict[Word, Path]:
    """Return the code of every `Refusal(clause, code, …)` written in a folder's Python, with the file."""
    found: dict[Word, Path] = {}
    for path in sorted(folder.rglob("*.py")):
        for code in _refusal_codes(ast.parse(path.read_text(encoding="utf-8"))):
            found[Word("refusal", code)] = path
    return found


def translated(locale: Path, language: str) -> set[Word]:
    """Return the sentences that a folder's catalogue translates; doubtful ("fuzzy") ones do not count."""
    path = locale / f"{language}.po"
    if not path.is_file():
        return set()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {
        Word(message.context or "", _single(message.id))
        for message in catalogue
        if message.id and not message.fuzzy and all(_forms(message.string))
    }


def missing(home: Path, refusing: Path) -> list[str]:
    """Return what a part's `locale/vi.po` lacks, and which refusals `en.po` lacks as well, one line for each.

    `home` is the part's folder, `refusing` the folder whose refusals it shows: the whole service.
    """
    locale = home / "locale"
    refusals = refusals_in(refusing)
    lines = []
    for language, needed in (("vi", said_in(home) | refusals), ("en", refusals)):
        known = translated(locale, language) | translated(WEB_LOCALE, language)
        lines += [
            f"{locale}/{language}.po lacks {word.context}|{word.msgid!r} ({path})"
            for word, path in sorted(needed.items())
            if word not in known
        ]
    return lines


def _extracted(path: Path, method: object, keywords: Mapping[str, object]) -> Iterator[Word]:
    options = {
        "extensions": "jinja2.ext.do",
        "newstyle_gettext": "true",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
    }
    with path.open("rb") as file:
        for _line, message, _comments, context in extract(method, file, keywords, options=options):  # type: ignore[arg-type]
            yield Word(context or "", _single(message))


def _refusal_codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
            named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            codes = [code for code in (*node.args[1:2], *named) if isinstance(code, ast.Constant)]
            yield from (code.value for code in codes if isinstance(code.value, str))


def _single(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def _forms(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string or "",) if isinstance(string, str | None) else tuple(string)


if __name__ == "__main__":
    gaps = missing(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.writelines(f"{line}\n" for line in gaps)
    sys.exit(1 if gaps else 0)

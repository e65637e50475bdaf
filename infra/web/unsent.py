"""A form whose sending failed: what was posted stands in the failure's page, so that it can be sent again as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from infra.web.forms import NO_DRAFT
from infra.web.posted import Posted

_KEY = "unsent"


@dataclass(frozen=True, slots=True)
class Unsent:
    """Where the form goes, its texts by name, and the names of its files, which have to be chosen again."""

    action: str
    texts: Sequence[tuple[str, str]]
    files: Mapping[str, Sequence[str]]


def note(request: Request, posted: Posted) -> None:
    """Note what a request posted, for the case that it fails. Call it only for a form that was shown to who sends it.

    Passwords are not noted, nor what a script sends: then the form still stands in the browser.
    """
    if posted.text(NO_DRAFT) or "x-upload" in request.headers:
        return
    query = f"?{request.url.query}" if request.url.query else ""
    texts = [(name, text) for name, texts in posted.all_texts.items() for text in texts]
    files = {name: [file.name for file in files] for name, files in posted.all_files.items()}
    setattr(request.state, _KEY, Unsent(request.url.path + query, texts, files))


def unsent(request: Request) -> Unsent | None:
    """Return what the request has posted and the failure's page may offer to send again."""
    return getattr(request.state, _KEY, None)

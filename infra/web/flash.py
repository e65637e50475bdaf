"""A message that is shown once, on the page after the one that did something."""

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request

from infra.web.cookies import drop_cookie, set_cookie
from infra.web.kit import Kit

_COOKIE = "flash"
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Flash:
    """A finished sentence with its tone: "done", "note" or "wrong"; `form` is the number of the form that it answers."""

    tone: str
    text: str
    form: str = ""


def leave(request: Request, kit: Kit, tone: str, text: str, form: str = "") -> None:
    """Leave a message for the next page; a second one of the same request is shown below the first."""
    left = [*getattr(request.state, "flashes", []), [tone, text, form]]
    request.state.flashes = left
    set_cookie(request, _COOKIE, str(_seal(kit).dumps(left)), secure=kit.house.encrypted, seconds=_SECONDS)


def take(request: Request, kit: Kit) -> tuple[Flash, ...]:
    """Return what the page before has left, once."""
    cookie = request.cookies.get(_COOKIE)
    if cookie is None:
        return ()
    drop_cookie(request, _COOKIE, secure=kit.house.encrypted)
    try:
        return tuple(Flash(*each) for each in _seal(kit).loads(cookie, max_age=_SECONDS))
    except (BadSignature, TypeError, ValueError):
        return ()


def _seal(kit: Kit) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(kit.house.session_key, salt="infra.web.flash")

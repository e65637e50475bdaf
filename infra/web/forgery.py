"""Protection against forged requests: a signed token in every form, and the browser's word where it came from."""

from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import Headers

TOKEN_FIELD = "csrf_token"  # noqa: S105 - the name of a field
TOKEN_HEADER = "x-csrf-token"  # noqa: S105 - the name of a header


class Tokens:
    """Tokens bound to whom a form was shown: `<account>/<session>` of staff, or a visitor's own number."""

    def __init__(self, key: str) -> None:
        self._seal = URLSafeSerializer(key, salt="infra.web.forgery")

    def issue(self, bearer: str) -> str:
        """Return the token for a form shown to this bearer."""
        return str(self._seal.dumps(bearer))

    def bearer(self, token: str) -> str | None:
        """Return whom the form was shown to; None when the token is not ours."""
        try:
            return str(self._seal.loads(token))
        except BadSignature:
            return None


def staff_bearer(account: UUID, session: UUID) -> str:
    """Name a member of staff in a session."""
    return f"{account.hex}/{session.hex}"


def account_of(bearer: str | None) -> UUID | None:
    """Return the account that a staff form was shown to; None for visitors."""
    account, slash, _session = (bearer or "").partition("/")
    return UUID(hex=account) if slash else None


def came_from_here(headers: Headers, own_url: str) -> bool:
    """Tell whether the browser says that the request comes from one of our own pages.

    Browsers send `Origin` with every POST. Programs without one are held by the token alone.
    """
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    return origin == own_url.rstrip("/") or origin.partition("://")[2] == headers.get("host")

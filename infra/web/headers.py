"""Headers that tell browsers what our pages never do."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STRICT_POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
"""Nothing from elsewhere, nothing inline."""


def editor_policy(nonce: str) -> Mapping[str, str]:
    """Return what a page with the editor may do besides: nothing more for scripts.

    The editor places its parts by style attributes, marks chosen cells by a style sheet that it makes under the
    `nonce`, and shows a picture while it is being described.
    """
    return {
        **STRICT_POLICY,
        "style-src": f"'self' 'nonce-{nonce}'",
        "style-src-attr": "'unsafe-inline'",
        "img-src": "'self' data: blob:",
    }


ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def policy(directives: Mapping[str, str]) -> str:
    """Write a content security policy as its header has it."""
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


class SecurityHeaders:
    """ASGI: adds the headers to every answer. What a handler has set itself stays.

    `cache` is the `cache-control` of pages that say nothing of their own; `encrypted` adds HSTS.
    """

    def __init__(self, app: ASGIApp, *, cache: str = "no-store", encrypted: bool = False) -> None:
        self._app = app
        self._defaults = {**ALWAYS, "content-security-policy": policy(STRICT_POLICY), "cache-control": cache}
        if encrypted:
            self._defaults["strict-transport-security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds of traffic pass by."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._defaults.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, answer)


def as_download(file_name: str) -> dict[str, str]:
    """Return headers under which a browser saves a file and never shows or runs it on our pages."""
    return {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file_name, safe='')}",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
    }

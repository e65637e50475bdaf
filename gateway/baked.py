"""The layer in front of everything else: answers from the baked folder without waking the application.

An address is matched letter by letter against what a baked address can be, so that no other file of the machine can be
meant. A file is kept in memory until the folder holds another one under its name; large files are streamed.
"""

import re
from pathlib import Path
from urllib.parse import quote

from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.kept import LARGEST_KEPT, MEDIA_TYPES, Answer, Kept, Shelved, stamp_of
from infra.web.headers import ALWAYS, STRICT_POLICY, as_download, policy

CURRENT = "current"
"""The name, below the site folder, of the folder that is being read; the press points it at another one at once."""

_PAGE = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+/?")
_PICTURE = re.compile(r"/files/[0-9a-f]{64}/picture\.[a-z]{3,4}")
_DOWNLOAD = re.compile(r"/files/[0-9a-f]{64}/download/([^/\\.\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*)")
_LOG = re.compile(
    r"/log/(?:checkpoint|keys|tile/(?:\d|[1-5]\d|6[0-3])/(?:x\d{3}/)*\d{3}(?:\.p/[1-9]\d{0,2})?)", re.ASCII
)
_LIVE = re.compile(r"/(?:api|docs|openapi\.json|healthz|readyz|(?:vi|en)/(?:search|receipts))(?:/.*)?")
_ACCEPTED = re.compile(r"\b(br|gzip)\b(?!\s*;\s*q=0(?:\.0*)?(?:\s*,|\s*$))")
_NOTHING: Message = {"type": "http.response.body", "body": b""}
_BEING_PREPARED = "<!doctype html><html lang=vi><title>Cổng đang được chuẩn bị</title><h1>Cổng đang được chuẩn bị</h1><p lang=en>The portal is being prepared. Please come back in a minute."


class BakedPages:
    """ASGI: serves `site_dir/current`, `site_dir/files` and `site_dir/log`; everything that cannot be baked goes to `app`."""

    def __init__(
        self, app: ASGIApp, site_dir: Path, *, kept_bytes_most: int = 64 << 20, encrypted: bool = False
    ) -> None:
        self._app = app
        self._pages = site_dir / CURRENT
        self._site_dir = site_dir
        self._always = {**ALWAYS, "content-security-policy": policy(STRICT_POLICY)}
        if encrypted:
            self._always["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        self._kept = Kept(kept_bytes_most, self._always.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what is no HTTP passes by."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        shelved = self._kept.get(path)
        if shelved is not None and scope["method"] in ("GET", "HEAD"):
            await _send(shelved, scope, send)
        elif _LIVE.fullmatch(path):
            await self._app(scope, receive, send)
        else:
            await self._look_up(path, scope, receive, send)

    def servable(self) -> bool:
        """Tell whether there are pages to serve."""
        return all((self._pages / language / "index.html").is_file() for language in ("vi", "en"))

    async def _look_up(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            response = Response(status_code=405, headers={**self._always, "allow": "GET, HEAD"})
        elif path == "/":
            response = self._elsewhere("/vi/", 302)
        elif path.startswith("/files/"):
            await self._file(path, scope, receive, send)
            return
        elif (shelved := self._log(path) or self._page(path)) is not None:
            await _send(shelved, scope, send)
            return
        else:
            response = self._missing(path)
        await response(scope, receive, send)

    def _page(self, path: str) -> Shelved | None:
        file = _file_of(path)
        return self._kept.read(path, self._pages / file) if file else None

    def _log(self, path: str) -> Shelved | None:
        return self._kept.read(path, self._site_dir / path[1:]) if _LOG.fullmatch(path) else None

    async def _file(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        file, download = self._site_dir / path[1:], _DOWNLOAD.fullmatch(path)
        known = _PICTURE.fullmatch(path) and file.suffix in MEDIA_TYPES
        if not (known or download) or stamp_of(str(file)) is None:
            await self._missing(path)(scope, receive, send)
            return
        if known and file.stat().st_size <= LARGEST_KEPT and (shelved := self._kept.read(path, file)):
            await _send(shelved, scope, send)
            return
        await self._streamed(file, download[1] if download else "")(scope, receive, send)

    def _streamed(self, file: Path, name: str) -> Response:
        """Stream a file, whole or the part that was asked for; attachments are saved, never shown on our pages."""
        headers = {**self._always, "cache-control": "public, max-age=31536000, immutable"}
        headers |= as_download(name) if name else {}
        return FileResponse(file, headers=headers, media_type=MEDIA_TYPES.get(file.suffix, "application/octet-stream"))

    def _missing(self, path: str) -> Response:
        if _file_of(path + "/") and stamp_of(f"{self._pages}{path}/index.html"):
            return self._elsewhere(path + "/", 308)
        language = "en" if path.startswith("/en/") else "vi"
        shelved = self._kept.get(f"/{language}/404") or self._page(f"/{language}/404")
        if shelved is None:
            wait = {**self._always, "retry-after": "30", "cache-control": "no-store"}
            return Response(_BEING_PREPARED, 503, wait, "text/html; charset=utf-8")
        plain = shelved.answers[""]
        return Response(
            plain.body["body"], 404, {**self._always, "cache-control": "no-cache"}, "text/html; charset=utf-8"
        )

    def _elsewhere(self, address: str, status: int) -> Response:
        return Response(status_code=status, headers={**self._always, "location": quote(address)})


async def _send(shelved: Shelved, scope: Scope, send: Send) -> None:
    answer, unchanged = _chosen(shelved, scope)
    if unchanged:
        await send(answer.unchanged)
        await send(_NOTHING)
    else:
        await send(answer.found)
        await send(answer.body if scope["method"] == "GET" else _NOTHING)


def _chosen(shelved: Shelved, scope: Scope) -> tuple[Answer, bool]:
    """Return the best encoding that the reader accepts, and whether the reader has it already."""
    accepted = known = b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accepted = value
        elif name == b"if-none-match":
            known = value
    answer = _best(shelved, accepted)
    return answer, bool(known) and (known == answer.etag or _among(answer.etag, known))


def _best(shelved: Shelved, accepted: bytes) -> Answer:
    if accepted:
        wanted = set(_ACCEPTED.findall(accepted.decode("latin-1").lower()))
        for encoding, answer in shelved.answers.items():
            if encoding in wanted:
                return answer
    return shelved.answers[""]


def _among(etag: bytes, known: bytes) -> bool:
    tags = [tag.strip().removeprefix(b"W/") for tag in known.split(b",")]
    return etag in tags or b"*" in tags


def _file_of(path: str) -> str | None:
    """Return the baked file that answers an address, or None for what can be none."""
    if not _PAGE.fullmatch(path):
        return None
    if path.endswith("/"):
        return f"{path[1:]}index.html"
    suffix = Path(path).suffix
    if suffix in MEDIA_TYPES and suffix != ".html":
        return path[1:]
    return None if suffix else f"{path[1:]}.html"

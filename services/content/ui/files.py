"""Files as staff see them before they are public, and pictures that the editor takes in."""

from collections.abc import Iterator
from typing import BinaryIO

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response, StreamingResponse

from infra.documents.recognise import PICTURES
from infra.kernel import offices
from infra.kernel.verdicts import Refusal
from infra.read_store.files import CHUNK_BYTES, NoSuchFileError
from infra.web.errors import NotFound
from infra.web.headers import as_download
from infra.web.page import StaffPage
from services.content.bootstrap import Desk
from services.content.ui.words import NEWSROOM

_NO_FILE = Refusal("QC2024 Đ9.2", "file_empty", "file")


class FilePages:
    """`/files/<sha256>` on the staff site is what it will be on the public one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.router, self.root = APIRouter(), APIRouter()
        self.router.post("/images")(self.take_picture)
        self.root.get("/files/{file}")(self.one)
        self.root.get("/files/{file}/{name}")(self.one)

    def one(self, page: StaffPage, file: str, name: str = "") -> Response:
        """Give a file: pictures to look at, all others to take away."""
        page.require(*NEWSROOM, offices.REVIEWER)
        try:
            stored = self._desk.material.files.describe(file)
            stream = self._desk.material.files.open(file)
        except NoSuchFileError:
            raise NotFound from None
        headers = {"content-length": str(stored.size), "cache-control": "private, max-age=3600"}
        if stored.media_type not in PICTURES:
            headers |= as_download(name or file)
        return StreamingResponse(_pieces(stream), media_type=stored.media_type, headers=headers)

    def take_picture(self, page: StaffPage) -> Response:
        """Keep a picture that was pasted or dropped into the editor; answers with its address."""
        page.require(offices.CONTENT_TEAM, offices.SECRETARY)
        upload = next(iter(page.posted.files("file")), None)
        taken = self._desk.material.take_picture(upload.stream) if upload else _NO_FILE  # type: ignore[arg-type]
        if isinstance(taken, Refusal):
            return page.problem(taken)
        picture = {"url": f"/files/{taken.file}", "width": taken.width, "height": taken.height}
        return JSONResponse(picture, 201)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece

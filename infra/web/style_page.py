"""A living page with every component, for whoever builds pages. Its words are samples and stay untranslated."""

from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from infra.web.fields import Choice, Day, Flag, Html, Text, Uploads
from infra.web.forms import Complaint, Current, Form
from infra.web.page import StaffPage
from infra.web.posted import UploadedFile

_CHANNELS = MappingProxyType({"post": "Bưu điện", "e-mail": "Thư điện tử", "zalo": "Nhóm Zalo cộng tác viên"})


@dataclass(frozen=True, slots=True)
class _Sample:
    title: Annotated[str, Text("Tiêu đề", longest=120)]
    channel: Annotated[str, Choice("Kênh tiếp nhận", _CHANNELS)]
    arrived: Annotated[date, Day("Ngày đến")]
    text: Annotated[str, Html("Nội dung tiếng Việt", hint="Dán từ Word được; định dạng thừa sẽ tự bỏ.")]
    note: Annotated[str, Text("Ghi chú", rows=3, required=False, hint="Chỉ Tổ biên tập xem được.")]
    files: Annotated[tuple[UploadedFile, ...], Uploads("Tệp đính kèm", accept=".docx,.pdf", required=False)]
    exact: Annotated[bool, Flag("Tôi xác nhận nội dung chính xác theo nguồn", required=True)]


_FORM = Form("sample", _Sample)
_TEXT = "<p>Sáng 20/11, Ủy ban nhân dân tỉnh họp phiên thường kỳ.</p><h2>Phòng, chống lụt bão</h2><p>Các địa phương <strong>chủ động</strong> sơ tán dân.</p>"


def style_router() -> APIRouter:
    """Return the router of `/style`."""
    router = APIRouter()
    router.get("/style")(_style)
    return router


def _style(page: StaffPage) -> Response:
    values = {"title": "Tỉnh chủ động ứng phó bão số 13", "channel": "post", "text": _TEXT, "note": "Đã gọi xác minh."}
    form = page.form(_FORM, values=values, version=3)
    wrong = replace(form, complaints=(Complaint("arrived", "Hãy nhập mục này.", "QC2024 Đ10.1a"),))
    stored = Current(4, {"title": "Tỉnh chủ động phòng, chống bão số 13"})
    return page.render("web/style.html", editor=True, form=wrong.beside(stored, page.say))

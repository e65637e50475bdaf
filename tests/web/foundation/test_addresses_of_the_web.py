"""An address that readers will follow is one of the web, and nothing that a browser carries out."""

from zoneinfo import ZoneInfo

import pytest

from infra.web.fields import Raw, Text, WrongError

SOURCE = Text("Address of the source", 500, required=False, kind="url")


def read(text: str) -> str:
    return SOURCE.read(Raw([text], (), {}, ZoneInfo("Asia/Ho_Chi_Minh")))


@pytest.mark.parametrize("text", ["https://binhphuoc.gov.vn/tin?so=1", "HTTP://a.vn", "https://tỉnh.vn/ả", ""])
def test_an_address_of_the_web_is_taken(text: str) -> None:
    assert read(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JavaScript://a.vn/%0aalert(1)",
        "data:text/html,x",
        "//a.vn",
        "a.vn",
        "https://",
        "http:///",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    with pytest.raises(WrongError):
        read(text)

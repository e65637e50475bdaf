"""The two governing documents, as offices hand them in, become article markup that follows their articles."""

import re
from pathlib import Path
from typing import BinaryIO

import pytest

from infra.documents.clean_html import clean_html, plain_text
from infra.documents.manuscript import KeptPicture, Manuscript, read_manuscript
from infra.kernel.verdicts import Refusal

DOCUMENTS = Path(__file__).parents[3] / "profiles" / "binh-phuoc" / "demo" / "documents"


def no_picture(_stream: BinaryIO) -> KeptPicture | Refusal:
    raise AssertionError("there is no picture in it")


def manuscript_of(name: str) -> Manuscript:
    with (DOCUMENTS / f"{name}.docx").open("rb") as stream:
        manuscript = read_manuscript(stream, no_picture)
    assert isinstance(manuscript, Manuscript)
    return manuscript


def headings(manuscript: Manuscript, level: int) -> list[str]:
    return re.findall(f"<h{level}>(.*?)</h{level}>", manuscript.html)


@pytest.mark.parametrize(
    ("name", "title", "articles", "article_level"),
    [
        ("quyet-dinh-2461-2019", "QUYẾT ĐỊNH Kiện toàn và ban hành Quy chế hoạt động của Ban Biên tập", 13, 4),
        ("du-thao-quy-che-2024", "QUY CHẾ Tổ chức, hoạt động, cung cấp thông tin, dịch vụ", 22, 3),
    ],
)
def test_a_governing_document_is_taken_over_whole(name: str, title: str, articles: int, article_level: int) -> None:
    manuscript = manuscript_of(name)

    assert manuscript.title is not None
    assert manuscript.title.startswith(title)
    assert manuscript.notes == ()
    assert clean_html(manuscript.html) == manuscript.html
    numbers = [int(heading.split()[1].rstrip(".")) for heading in headings(manuscript, article_level)]
    assert numbers == list(range(1, articles + 1))


def test_chapters_lists_and_the_three_steps_are_kept() -> None:
    draft = manuscript_of("du-thao-quy-che-2024")

    assert [chapter.split()[1] for chapter in headings(draft, 2)] == ["I", "II", "III", "IV", "V"]
    assert "<li>Bước 3: Phó Trưởng ban thường trực kiểm duyệt lại nội dung và xuất bản." in draft.html
    assert plain_text(draft.html).endswith("sửa đổi, bổ sung cho phù hợp./.")

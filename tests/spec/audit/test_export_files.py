"""Exported files open right in spreadsheets, run nothing there, and lose nothing."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.export_files import COLUMNS, FORMULA_STARTS, as_csv, as_json, safe_cell
from services.audit.queries.views import Act, Thing


def an_act(remark: str = "", title: str = "Khởi công cầu Mã Đà") -> Act:
    return Act(
        entry="content/7",
        index=6,
        service="content",
        topic="content.article.published",
        thing=Thing("thing", "content.article", {"vi": title}, "", "", ""),
        version=3,
        at=datetime(2026, 11, 2, 1, 0, 0, 123456, tzinfo=UTC),
        account="account",
        name="Trần Thị Thư Ký",
        capacity="secretary",
        on_behalf_of="standing-deputy",
        delegation="12/QĐ-STTTT",
        clause="QC2024 Đ10.1b-3",
        refused=False,
        command="",
        code="",
        content_hash="ab" * 32,
        remark={"": remark},
        correlation="request",
    )


def rows(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def test_the_file_begins_with_the_mark_by_which_excel_knows_utf_8() -> None:
    assert b"".join(as_csv([])).startswith(b"\xef\xbb\xbf")


def test_every_column_stands_in_the_first_line() -> None:
    file = b"".join(as_csv([])).decode("utf-8-sig")

    assert next(csv.reader([file])) == list(COLUMNS)
    assert file.endswith("\r\n")


def test_an_act_is_one_line_with_the_exact_instant() -> None:
    (row,) = rows(b"".join(as_csv([an_act()])))

    assert (row["entry"], row["time"], row["person"]) == (
        "content/7",
        "2026-11-02T01:00:00.123456+00:00",
        "Trần Thị Thư Ký",
    )


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_is_calculated(start: str) -> None:
    assert safe_cell(f"{start}cmd|' /C calc'!A0").startswith("'")
    assert safe_cell(f"  {start}1").startswith("'")


@given(st.text())
def test_whatever_was_written_is_read_back_and_no_cell_begins_a_formula(words: str) -> None:
    (row,) = rows(b"".join(as_csv([an_act(words, words)])))

    assert row["title"].removeprefix("'") == words.removeprefix("'") or row["title"] == words
    assert not row["remark"].lstrip(" ").startswith(FORMULA_STARTS)


@given(st.lists(st.text(), max_size=3))
def test_json_is_one_object_however_many_acts_there_are(remarks: list[str]) -> None:
    file = json.loads(b"".join(as_json([an_act(remark) for remark in remarks], {"purpose": "Thanh tra"})))

    assert file["export"] == {"purpose": "Thanh tra"}
    assert [act["remark"] for act in file["acts"]] == remarks

"""Taking acts away as a reviewer does: as an export, or as a pack."""

import csv
import io
import json
from zipfile import ZipFile

from tests.builders.newsroom.reader import Reader
from tests.web.audit.conftest import Office

PURPOSE = "Đoàn kiểm tra quý IV năm 2026"
STORY = [f"content/{position}" for position in range(8, 0, -1)]
"""Every act of the item, from its submission on, the latest first."""


def recorded(reader: Reader, query: str, file_format: str = "csv") -> str:
    """Record an export and return its address."""
    form = reader.form(reader.get(f"/audit/exports/new{query}"))
    answer = reader.send(form, {"purpose": PURPOSE, "file_format": file_format})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def entries(reader: Reader, export: str) -> list[str]:
    """Return the entries in the file of an export."""
    lines = csv.DictReader(io.StringIO(reader.get(f"{export}/file").content.decode("utf-8-sig")))
    return [line["entry"] for line in lines]


def packed(reader: Reader, office: Office, pack: str) -> list[str]:
    """Return content's entries in a pack, the latest first as in exports."""
    while office.audit.desk.packs.step():
        pass
    file = reader.get(f"{pack}/file")
    assert file.status_code == 200, reader.get(pack).text
    lines = ZipFile(io.BytesIO(file.content)).read("events.jsonl").splitlines()
    found = [json.loads(line)["entry"] for line in lines]
    return [entry for entry in reversed(found) if entry.startswith("content/")]


def ordered(reader: Reader, query: str) -> str:
    """Order a pack and return its address."""
    form = reader.form(reader.get(f"/audit/packs/new{query}"))
    answer = reader.send(form, {"ground": "inspection", "purpose": PURPOSE, "named": "yes"})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]

"""An audit pack from the order to a stranger's computer: recorded first, proved whole, names only where they are needed."""

import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from httpx import Response

from infra.event_store import EVENTS
from tests.builders.audit import ARTICLE, SUBMISSION
from tests.builders.newsroom.reader import Reader
from tests.builders.waiting import until
from tests.web.audit.conftest import Office

pytestmark = pytest.mark.servers

PURPOSE = "Đoàn kiểm tra quý IV năm 2026, số 12/QĐ-UBND"


def ordered(reader: Reader, query: str, **answers: str) -> Response:
    form = reader.form(reader.get(f"/audit/packs/new{query}"))
    return reader.send(form, {"ground": "inspection", "purpose": PURPOSE, **answers})


def made(office: Office, reader: Reader, query: str, **answers: str) -> ZipFile:
    address = ordered(reader, query, **answers).headers["location"]
    while office.audit.desk.packs.step():
        pass
    file = reader.get(f"{address}/file")
    assert file.status_code == 200, reader.get(address).text
    assert file.headers["content-type"] == "application/zip"
    return ZipFile(io.BytesIO(file.content))


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the pack's own verifier as a stranger would: Python alone, nothing of ours within reach."""
    command = [sys.executable, "-I", "verify_minhbach.py", ".", "--lang", "en"]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, timeout=60, check=False)


def lines(pack: ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in pack.read(name).splitlines()]


def own_topics(office: Office) -> list[str]:
    return [
        entry["t"] for commit in office.audit.logs["audit"][EVENTS].find({"_id": {"$gte": 1}}) for entry in commit["e"]
    ]


def test_a_pack_proves_for_what_it_was_ordered_also_where_typed_words_stay_inside(
    reviewer: Reader, office: Office, tmp_path: Path
) -> None:
    pack = made(office, reviewer, f"?thing={ARTICLE}", ground="report")
    pack.extractall(tmp_path)

    order = json.loads(pack.read("pack.json"))["order"]

    shown = {event["entry"]: event["state"] for event in lines(pack, "events.jsonl")}
    assert json.loads(shown[order])["purpose"] == PURPOSE
    assert (
        f"OK     pack.json says what the log says of this pack's order, in entry {order}" in verified(tmp_path).stdout
    )


def last_state(office: Office) -> bytes:
    commit = office.audit.logs["audit"][EVENTS].find_one({"_id": {"$gte": 1}}, sort=[("_id", -1)])
    assert commit is not None
    return bytes(commit["e"][-1]["s"])


def test_a_pack_of_an_item_verifies_on_a_machine_with_nothing_but_python(
    reviewer: Reader, office: Office, tmp_path: Path
) -> None:
    pack = made(office, reviewer, f"?thing={ARTICLE}", named="yes")
    pack.extractall(tmp_path)

    checked = verified(tmp_path)

    assert checked.returncode == 0, checked.stdout + checked.stderr
    entries = [event["entry"] for event in lines(pack, "events.jsonl")]
    assert [entry for entry in entries if entry.startswith("content/")] == [f"content/{n}" for n in range(1, 9)]
    assert json.loads(pack.read("pack.json"))["criteria"] == {
        "thing": str(ARTICLE),
        "things": f"{ARTICLE} {SUBMISSION}",
    }


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("events.jsonl", (b"12/Q", b"13/Q"), "leaf content/7"),
        ("events.jsonl", (b'"index": ', b'"index": 9'), "leaf"),
        ("checkpoint.txt", (b"\n", b"0\n"), "signature"),
        ("keys.txt", (b"+", b"-"), "signature"),
        ("pack.json", (b'"origin": "', b'"origin": "x'), "one log"),
        ("pack.json", (b"inspection", b"report"), "ordered for another purpose"),
        ("pack.json", (b'"thing"', b'"kind"'), "ordered by other criteria"),
        ("pack.json", (b'"audit/', b'"audit/9'), "this entry is missing"),
        ("people.jsonl", (b'"name":"', b'"name":"X'), "people"),
    ],
)
def test_a_pack_in_which_anything_was_changed_does_not_verify_and_says_what(
    reviewer: Reader, office: Office, tmp_path: Path, name: str, change: tuple[bytes, bytes], told: str
) -> None:
    made(office, reviewer, f"?thing={ARTICLE}", named="yes").extractall(tmp_path)
    whole = (tmp_path / name).read_bytes()
    assert change[0] in whole
    (tmp_path / name).write_bytes(whole.replace(*change, 1))

    checked = verified(tmp_path)

    assert checked.returncode == 1, checked.stdout
    assert told in "".join(line for line in checked.stdout.splitlines() if line.startswith("WRONG"))


def test_qc2024_6_7_a_pack_is_recorded_with_its_hash_before_anybody_can_fetch_it(
    reviewer: Reader, office: Office
) -> None:
    address = ordered(reviewer, "?kind=content").headers["location"]
    assert own_topics(office)[-1] == "audit.pack.ordered"
    assert reviewer.get(f"{address}/file").status_code == 404

    office.audit.desk.packs.step()

    assert own_topics(office)[-1] == "audit.pack.sealed"
    sealed = json.loads(last_state(office))
    file = reviewer.get(f"{address}/file")
    assert sealed["sha256"] == hashlib.sha256(file.content).hexdigest()
    assert sealed["sha256"] in reviewer.get(address).text
    assert sealed["events"] == len(lines(ZipFile(io.BytesIO(file.content)), "events.jsonl"))


def test_without_names_people_are_hashes_and_typed_words_stay_inside(reviewer: Reader, office: Office) -> None:
    pack = made(office, reviewer, f"?thing={ARTICLE}", ground="report")

    states = {event["entry"]: event["state"] for event in lines(pack, "events.jsonl")}
    assert "people.jsonl" not in pack.namelist()
    assert states["content/5"] is None, "the reason why it was sent back"
    assert states["content/1"] is None, "the title of what was handed in"
    assert json.loads(states["content/4"])["content_hash"]
    assert "Khởi công" in states["content/7"], "what is public"


def test_with_names_each_record_fits_the_hash_in_the_event_that_issued_the_account(
    reviewer: Reader, office: Office
) -> None:
    pack = made(office, reviewer, f"?thing={ARTICLE}", named="yes")

    people = lines(pack, "people.jsonl")
    issued = [event["state"] for event in lines(pack, "events.jsonl") if "board.account.issued" in event["leaf"]]
    assert people
    assert all(any(person["hash"] in state for state in issued) for person in people)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"ground": "own-data"}, "Hãy tìm theo người trước"),
        ({"ground": "report", "named": "yes"}, "không cần nêu tên"),
        ({"purpose": "cần"}, "aria-invalid"),
    ],
)
def test_qc2024_6_7_what_the_purpose_does_not_allow_is_refused_and_nothing_typed_is_lost(
    reviewer: Reader, office: Office, answers: dict[str, str], said: str
) -> None:
    before = own_topics(office)

    answer = ordered(reviewer, "?kind=content", **answers)

    assert answer.status_code == 422
    assert said in answer.text
    assert answers.get("purpose", PURPOSE) in answer.text
    assert own_topics(office) == before


def test_a_pack_belongs_to_whoever_ordered_it(reviewer: Reader, office: Office) -> None:
    address = ordered(reviewer, "?kind=content").headers["location"]
    office.audit.desk.packs.step()

    head = office.signed_in("head")

    assert [head.get(f"{address}{end}").status_code for end in ("", "/file", "/progress")] == [404] * 3
    assert reviewer.get(f"{address}/file").status_code == 200


@pytest.mark.parametrize("login", ["secretary", "editor1", "tech1"])
def test_qc2024_19_1_nobody_else_orders_one(office: Office, login: str) -> None:
    reader = office.signed_in(login)

    assert [reader.get(f"/audit/{address}").status_code for address in ("packs", "packs/new")] == [403] * 2


def test_a_pack_of_something_that_was_tampered_with_is_not_made_and_says_where(
    reviewer: Reader, office: Office
) -> None:
    with office.tampering() as events:
        state = events.find_one({"_id": 7})["e"][0]["s"]  # type: ignore[index]
        events.update_one({"_id": 7}, {"$set": {"e.0.s": state.replace(b"12/", b"13/")}})
        address = ordered(reviewer, f"?thing={ARTICLE}").headers["location"]
        office.audit.desk.packs.step()

    page = reviewer.get(address).text
    assert "content/7" in page
    assert reviewer.get(f"{address}/file").status_code == 404


def test_the_list_tells_who_ordered_what_for_what(reviewer: Reader, office: Office) -> None:
    ordered(reviewer, "?kind=content", purpose="Kiểm tra đột xuất theo công văn 77")
    until(lambda: "công văn 77" in reviewer.get("/audit/packs").text)

    assert "QC2024 Đ19.1" in reviewer.get("/audit/packs").text
    while office.audit.desk.packs.step():
        pass

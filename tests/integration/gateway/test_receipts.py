"""Receipts over HTTP: what is public is proven whole, by entry and by index; the verifier accepts what was downloaded."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from infra.messaging.envelope import Envelope
from services.audit.log.proofs import extends
from services.audit.messages import VERIFIER
from tests.builders.receipts import PaperLog
from tests.integration.gateway.conftest import ORIGIN, TOLD, Auditor
from tests.integration.gateway.test_the_api import assert_problem

SECRET = Envelope("board", 1, "board.account.issued", TOLD[0].subject, 1, TOLD[0].at, {"act": {}})


@pytest.fixture
def log(auditor: Auditor) -> PaperLog:
    """A log of five entries, of which the first is not public."""
    log = PaperLog([SECRET, *TOLD])
    auditor.answers.update(log.answers())
    return log


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(VERIFIER.absolute()), *arguments, "--lang", "en"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def saved(reader: httpx.Client, folder: Path, address: str, name: str) -> str:
    (folder / name).write_bytes(reader.get(address).raise_for_status().content)
    return name


@pytest.mark.parametrize("entry", ["content/1", "content/2", "content/5", "content/9"])
def test_every_edition_and_every_withdrawal_has_a_receipt_that_the_verifier_accepts(
    reader: httpx.Client, log: PaperLog, tmp_path: Path, entry: str
) -> None:
    receipt = saved(reader, tmp_path, f"/api/v1/log/receipt?entry={entry}", "receipt.json")

    checked = check(tmp_path, receipt, "--key", str(log.signs.verifier))

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "WRONG" not in checked.stdout


def test_a_receipt_fits_the_item_as_data_and_its_page(reader: httpx.Client, log: PaperLog, tmp_path: Path) -> None:
    receipt = saved(reader, tmp_path, "/api/v1/log/receipt?entry=content/5", "receipt.json")
    told = reader.get("/api/v1/log/receipt?entry=content/5").json()
    item = saved(reader, tmp_path, told["item"]["data"].removeprefix(ORIGIN), "item.json")
    page = saved(reader, tmp_path, told["item"]["pages"]["en"].removeprefix(ORIGIN), "page.html")

    assert (
        check(tmp_path, receipt, "--item", item).returncode == check(tmp_path, receipt, "--item", page).returncode == 0
    )
    assert told["item"]["title"] == {"vi": "Khởi công cầu Đồng Xoài", "en": "Bridge begun"}
    assert log.size == 5


def test_the_verifier_is_served_as_it_is(reader: httpx.Client, log: PaperLog) -> None:
    address = reader.get("/api/v1/log/receipt?entry=content/1").json()["verifier"]

    answer = reader.get(address.removeprefix(ORIGIN))

    assert answer.content == VERIFIER.read_bytes()
    assert answer.headers["content-type"] == "text/x-python; charset=utf-8"
    assert log.size == 5


def test_an_older_receipt_is_the_beginning_of_what_the_log_became(
    reader: httpx.Client, log: PaperLog, auditor: Auditor, tmp_path: Path
) -> None:
    older = saved(reader, tmp_path, "/api/v1/log/receipt?entry=content/1", "older.json")
    log.events.extend(Envelope("content", n, "content.x", SECRET.subject, n, SECRET.at, {"n": n}) for n in (10, 11, 12))
    newer = saved(reader, tmp_path, "/api/v1/log/receipt?entry=content/1", "newer.json")
    proof = saved(reader, tmp_path, "/api/v1/log/consistency?old=5&new=8", "consistency.json")

    checked = check(tmp_path, newer, "--older", older, "--consistency", proof)

    assert checked.returncode == 0, checked.stdout
    assert "the older receipt's tree of 5 entries is the beginning of the tree of 8" in checked.stdout
    assert auditor.asked[-1] == "consistency"


def test_consistency_is_proven_between_any_two_signed_sizes(reader: httpx.Client, log: PaperLog) -> None:
    for old, new in ((1, 5), (3, 5), (2, 4), (5, 5)):
        told = reader.get(f"/api/v1/log/consistency?old={old}&new={new}").json()
        roots = [bytes.fromhex(told[name]) for name in ("old_root", "new_root")]
        assert roots == [log.root(old), log.root(new)]
        assert extends(roots[0], old, roots[1], new, [bytes.fromhex(each) for each in told["path"]])


@pytest.mark.parametrize(
    "query",
    ["", "?old=1", "?old=0&new=3", "?old=4&new=3", "?old=1&new=6", "?old=x&new=3", "?old=-1&new=3", "?old=1e3&new=3"],
)
def test_sizes_that_make_no_sense_are_a_problem_400_that_names_the_parameter(
    reader: httpx.Client, log: PaperLog, query: str
) -> None:
    answer = reader.get(f"/api/v1/log/consistency{query}")

    assert_problem(answer, 400)
    assert {error["name"] for error in answer.json()["errors"]} <= {"old", "new"}
    assert log.size == 5


def test_an_entry_is_proven_by_its_index_too(reader: httpx.Client, log: PaperLog) -> None:
    by_index = reader.get("/api/v1/log/proof?index=3").json()

    assert by_index == reader.get("/api/v1/log/proof?entry=content/5").json()
    assert by_index["keys"] == str(log.signs.verifier)


def test_what_is_not_public_is_not_proven_by_its_index_either(reader: httpx.Client, log: PaperLog) -> None:
    assert_problem(reader.get("/api/v1/log/proof?index=0"), 404)
    assert_problem(reader.get("/api/v1/log/proof?index=5"), 404)
    assert_problem(reader.get("/api/v1/log/receipt?entry=board/1"), 404)
    assert log.size == 5


@pytest.mark.parametrize("query", ["", "?index=-1", "?index=x", "?index=1&entry=content/1", "?entry=../1"])
def test_a_proof_is_asked_for_by_an_entry_or_by_an_index(reader: httpx.Client, log: PaperLog, query: str) -> None:
    assert_problem(reader.get(f"/api/v1/log/proof{query}"), 400)
    assert log.size == 5


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_of_a_receipt_is_there_for_what_is_public_and_for_nothing_else(
    reader: httpx.Client, language: str
) -> None:
    page = reader.get(f"/{language}/receipts/content/5")

    assert page.status_code == 200
    assert "QC2024 Đ10.1b" in page.text
    assert reader.get(f"/{language}/receipts/board/1").status_code == 404
    assert reader.get(f"/{language}/receipts/content/99").status_code == 404

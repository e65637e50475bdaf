"""The verifier that reviewers carry away checks audit packs: each event, each person, and who has signed."""

import hashlib
import json
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from infra.kernel.canonical import canonical_json
from infra.messaging.envelope import Envelope
from services.board.messages import ACCOUNT_ISSUED
from tests.builders.carried_away import JUNK, in_a_zip, kept, run, verifier
from tests.builders.published import an_id
from tests.builders.receipts import PaperLog


@pytest.fixture
def log() -> PaperLog:
    return PaperLog()


def a_person(log: PaperLog, index: int = 2, name: str = "Điểu Thị Mai", **about: Any) -> dict[str, Any]:
    """Let an entry of the log be the event that issued somebody's account; `about` changes that event."""
    account, record, salt = an_id(name), {"name": name}, b"0123456789abcdef"
    hashed = hashlib.sha256(salt + canonical_json(record)).hexdigest()
    issued = {"service": "board", "topic": ACCOUNT_ISSUED, "subject": account, "version": 1, **about}
    data = {"timestamp": log.events[index].data["timestamp"], "unit": "vp-ubnd", "person_hash": hashed}
    log.events[index] = replace(log.events[index], data=data, **issued)
    return {"key": str(account), "record": record, "salt": salt.hex(), "hash": hashed}


@pytest.mark.parametrize("inside", ["", "goi-kiem-toan/"])
def test_a_pack_is_genuine_as_a_zip_and_as_a_folder(
    log: PaperLog, inside: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = a_person(log)
    files = log.pack([0, 2, 10], 11, [person])
    pack = in_a_zip(tmp_path, files, inside)
    (tmp_path / "folder").mkdir()
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(tmp_path / "folder")

    assert run(capsys, pack) == run(capsys, str(tmp_path / "folder")) == (0, [])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_not_read(log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = in_a_zip(tmp_path, log.pack([0, 2, 10], 11, [a_person(log)]))
    with zipfile.ZipFile(pack, "a") as archive:
        archive.writestr("events.jsonl", archive.read("events.jsonl"))

    assert run(capsys, pack)[0] == 2


def forged(name: str, before: str, after: str) -> Any:
    """A change of one line: the first place at which something stands."""
    return lambda files: {**files, name: files[name].replace(before, after, 1)}


UNPROVED = {
    "nobody has proved title": forged("events.jsonl", "{", '{"title": "Khác", '),
    "0 of 1 people ": forged("people.jsonl", "{", '{"by": "Vũ Ngọc Lan", '),
    "nobody has proved approved": forged("pack.json", "{", '{"approved": true, '),
    "a name stands twice in one object": forged("events.jsonl", "{", '{"state": "Khác", '),
    "0 of 1 people": forged("people.jsonl", "{", '{"record": {"name": "Vũ Ngọc Lan"}, '),
    "something stands among the signatures": lambda f: {**f, "checkpoint.txt": f["checkpoint.txt"] + "Khác\n"},
    "no file that is not part of one — summary.csv": lambda files: {**files, "summary.csv": "Khác"},
    "no file that is not part of one — a/pack.json": lambda files: {**files, "a/pack.json": files["pack.json"]},
    "no file that is not part of one — EVENTS.jsonl": lambda files: {**files, "EVENTS.jsonl": files["events.jsonl"]},
}


@pytest.mark.parametrize("told", UNPROVED)
def test_whatever_a_pack_holds_besides_what_is_proved_is_refused(
    log: PaperLog, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = log.pack([0, 2, 10], 11, [a_person(log)])

    code, wrong = run(capsys, in_a_zip(tmp_path, UNPROVED[told](files)))

    assert code == 1
    assert any(told.strip() in line for line in wrong), wrong


def test_a_name_that_stands_twice_in_what_a_pack_says_of_itself_is_not_read(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = log.pack([0], 11)

    assert run(capsys, in_a_zip(tmp_path, forged("pack.json", "{", '{"purpose": "Khác", ')(files)))[0] == 2


def test_a_name_that_stands_twice_in_an_event_is_refused_even_where_the_log_has_signed_it(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Twice(Envelope):
        state = b'{"content":"Kh\xc3\xa1c",' + log.events[0].state[1:]

    told = log.events[0]
    log.events[0] = Twice("content", 1, told.topic, told.subject, told.version, told.at, told.data)

    code, wrong = run(capsys, in_a_zip(tmp_path, log.pack([0], 11)))

    assert (code, "a name stands twice" in wrong[0]) == (1, True)
    assert run(capsys, kept(tmp_path, log.receipt(0, 11)))[0] == 1


def test_what_lies_beside_a_pack_in_its_folder_is_named_as_not_checked(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {**log.pack([0], 11), "README.txt": "Khác", "notes.txt": "của tôi"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert verifier.main([str(tmp_path), "--lang", "en"]) == 0
    assert "NOTE   these files beside it were not checked: README.txt, notes.txt" in capsys.readouterr().out


PACK_CHANGES = {
    "of 3 events": ("events.jsonl", "Nội dung", "Nội dunG"),
    "of 3 events ": ("events.jsonl", '"index": 10', '"index": 9'),
    "leaf board/3": ("events.jsonl", '"at": "2026-03-02T01:33', '"at": "2026-03-02T02:33'),
    "of 1 people": ("people.jsonl", "Mai", "Lan"),
    "the Ed25519 signature": ("checkpoint.txt", "\n11\n", "\n10\n"),
    "belong to one log": ("pack.json", "binh-phuoc", "binh-duong"),
}


@pytest.mark.parametrize("step", PACK_CHANGES)
def test_a_pack_that_was_changed_fails_at_the_step_that_is_named(
    log: PaperLog, step: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, before, after = PACK_CHANGES[step]
    person = a_person(log)
    files = log.pack([0, 2, 10], 11, [{**person, "record": {"name": "Điểu Thị Mai"}}])
    files["people.jsonl"] = json.dumps(person, ensure_ascii=False)
    assert before in files[name]

    code, wrong = run(capsys, in_a_zip(tmp_path, {**files, name: files[name].replace(before, after)}))

    assert code == 1
    assert any(step.strip() in line for line in wrong), wrong


def test_two_people_who_changed_places_are_both_found(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = a_person(log), a_person(log, 3, "Vũ Ngọc Lan")
    pack = partial(log.pack, [0, 2, 3, 10], 11)
    assert run(capsys, in_a_zip(tmp_path, pack([one, other]))) == (0, [])

    changed = [{**one, "key": other["key"]}, {**other, "key": one["key"]}]
    code, wrong = run(capsys, in_a_zip(tmp_path, pack(changed)))

    assert (code, len(wrong)) == (1, 1)
    assert "0 of 2 people" in wrong[0]


@pytest.mark.parametrize(
    "about",
    [
        {"subject": an_id("somebody else")},
        {"topic": "board.account.suspended"},
        {"service": "content"},
    ],
)
def test_only_the_event_that_issued_the_very_account_tells_whose_it_is(
    log: PaperLog, about: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = a_person(log, **about)

    code, wrong = run(capsys, in_a_zip(tmp_path, log.pack([0, 2, 10], 11, [person])))

    assert (code, len(wrong)) == (1, 1)
    assert f"0 of 1 people: the hash stands in the event that issued this very account — {person['key']}" in wrong[0]


def test_a_hash_that_somebody_has_typed_into_an_event_proves_nobody(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    framed = a_person(PaperLog())
    own = a_person(log)
    issued = log.events[2]
    log.events[2] = replace(issued, data={**issued.data, "unit": f"sha256 {framed['hash']}", "person_hash": "0" * 64})

    code, wrong = run(capsys, in_a_zip(tmp_path, log.pack([2], 11, [framed])))

    assert own["key"] == framed["key"]
    assert (code, len(wrong)) == (1, 1)


def test_an_event_without_content_is_counted_as_such(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = log.pack([1], 11)
    event = {**json.loads(files["events.jsonl"]), "state": None}

    assert verifier.main([in_a_zip(tmp_path, {**files, "events.jsonl": json.dumps(event)}), "--lang", "vi"]) == 0
    printed = capsys.readouterr().out
    assert "1 không kèm nội dung" in printed
    assert "thời điểm ghi bên cạnh 1 sự kiện không kèm nội dung không được chứng minh" in printed


@pytest.mark.parametrize("field", ["entry", "index", "leaf", "path", "at", "state"])
def test_whatever_a_line_of_a_pack_holds_instead_it_is_never_genuine_and_never_a_crash(
    log: PaperLog, field: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = log.pack([1], 11)
    honest = json.loads(files["events.jsonl"])

    for junk in JUNK if field != "state" else JUNK[1:]:
        line = json.dumps({**honest, field: junk})
        assert run(capsys, in_a_zip(tmp_path, {**files, "events.jsonl": line}))[0] == 1


@pytest.mark.parametrize("name", ["pack.json", "checkpoint.txt", "keys.txt", "events.jsonl"])
def test_a_pack_without_one_of_its_files_or_with_nonsense_in_it_is_never_genuine(
    log: PaperLog, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = log.pack([1], 11)

    assert verifier.main([in_a_zip(tmp_path, {n: text for n, text in files.items() if n != name})]) == 2
    for junk in ("x", "[]", "7", "{"):
        assert verifier.main([in_a_zip(tmp_path, {**files, name: junk})]) in (1, 2)
    assert "genuine" not in capsys.readouterr().out.replace("NOT GENUINE", "")

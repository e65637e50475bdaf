"""What the verifier cannot check it neither calls genuine nor a forgery, and no damage makes it end without a result."""

from pathlib import Path

import pytest

from tests.builders.carried_away import damages, in_a_zip, kept, run, verifier
from tests.builders.receipts import PaperLog, as_data


@pytest.fixture
def log() -> PaperLog:
    return PaperLog()


@pytest.mark.parametrize("told", ["", "[]", '{"format": "another"}', "not json"])
def test_what_is_no_receipt_could_not_be_checked(told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verifier.main([kept(tmp_path, told), "--lang", "en"]) == 2
    assert "COULD NOT BE CHECKED" in capsys.readouterr().out


NO_PROOF = [
    '{"detail": "so many entries are not signed yet"}',
    '{"path": "none"}',
    '{"path": ["00"]}',
    '{"path": [7]}',
    '{"old": 5, "new": 11, "path": []}',
    "[]",
    "null",
    "not json",
]


@pytest.mark.parametrize("told", NO_PROOF)
def test_what_is_no_proof_between_two_trees_could_not_be_checked_and_is_not_called_a_forgery(
    log: PaperLog, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older, proof = kept(tmp_path, log.receipt(3, 6), "older.json"), kept(tmp_path, told, "consistency.json")
    arguments = (kept(tmp_path, log.receipt(3, 11)), "--older", older, "--consistency", proof)

    assert verifier.main([*arguments, "--lang", "en"]) == 2
    assert "\nRESULT: COULD NOT BE CHECKED: " in capsys.readouterr().out


@pytest.mark.parametrize("told", ["[]", "7", '{"detail": "Not Found"}'])
def test_what_is_no_item_could_not_be_checked_and_is_not_called_a_forgery(
    log: PaperLog, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = kept(tmp_path, log.receipt(3, 11))

    assert run(capsys, receipt, "--item", kept(tmp_path, told, "item.json")) == (2, [])


@pytest.mark.parametrize("key", ["", "x", "x+y+z", "binh-phuoc/audit-log+00000000+AAAA"])
def test_what_is_no_key_could_not_be_trusted(
    log: PaperLog, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, kept(tmp_path, log.receipt(3, 11)), "--key", key) == (2, [])


def test_a_file_that_would_not_be_looked_at_is_not_taken(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt, pack = kept(tmp_path, log.receipt(3, 11)), in_a_zip(tmp_path, log.pack([1], 11))

    for arguments in ((receipt, "--consistency", receipt), (pack, "--item", receipt), (pack, "--older", receipt)):
        assert run(capsys, *arguments) == (2, [])


def test_what_was_found_wrong_stays_wrong_where_the_rest_could_not_be_checked(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = kept(tmp_path, {**log.receipt(3, 11), "index": 4})

    assert verifier.main([receipt, "--item", kept(tmp_path, "[]", "item.json"), "--lang", "en"]) == 1
    assert capsys.readouterr().out.endswith("RESULT: NOT GENUINE. See the lines marked WRONG.\n")


@pytest.mark.parametrize("seed", range(4))
def test_however_files_are_damaged_there_is_a_result_and_never_a_crash(
    log: PaperLog, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = Path(in_a_zip(tmp_path, log.pack([1], 11)))
    item, proof = as_data(log.events[3]).decode(), log.consistency(6, 11)
    honest = [kept(tmp_path, log.receipt(3, 11)), kept(tmp_path, log.receipt(3, 6), "older.json")]
    honest += [kept(tmp_path, proof, "proof.json"), kept(tmp_path, item, "item.json")]
    receipt, older, consistency, data = honest

    for damaged in map(Path, (*honest, pack)):
        whole = damaged.read_bytes()
        for told in damages(whole, seed):
            damaged.write_bytes(told)
            arguments = [receipt, "--older", older, "--consistency", consistency, "--item", data]
            code = verifier.main([*([str(pack)] if damaged == pack else arguments), "--lang", "en"])
            printed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("RESULT")]
            assert (code in (0, 1, 2), len(printed)) == (True, 1)
        damaged.write_bytes(whole)

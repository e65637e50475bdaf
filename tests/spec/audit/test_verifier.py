"""The verifier that reviewers carry away finds what is genuine genuine, and names the step at which anything else fails."""

import ast
import json
import sys
from pathlib import Path

import pytest

from services.audit.log.checkpoint import SigningKey
from services.audit.log.keys import KeyChange, Keys
from services.audit.messages import VERIFIER
from tests.builders.carried_away import JUNK, kept, run, verifier
from tests.builders.receipts import ORIGIN, PaperLog, a_key, as_data

# RFC 8032, section 7.1: public key, message, signature of TEST 1, 2, 3 and SHA(abc).
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.fixture
def log() -> PaperLog:
    return PaperLog()


def test_it_is_one_file_that_any_python_from_3_8_on_can_run() -> None:
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 8))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]

    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_ed25519_gives_what_rfc_8032_publishes(public: str, message: str, signature: str) -> None:
    key, text, signed = (bytes.fromhex(each) for each in (public, message, signature))

    assert verifier.ed25519_fits(key, signed, text)
    assert not verifier.ed25519_fits(key, signed, text + b"x")
    assert not verifier.ed25519_fits(key, signed[:32] + bytes([signed[32] ^ 1]) + signed[33:], text)
    assert not verifier.ed25519_fits(key[:31], signed, text)
    above = int.from_bytes(signed[32:], "little") + verifier.ORDER
    assert not verifier.ed25519_fits(key, signed[:32] + above.to_bytes(32, "little"), text)


@pytest.mark.parametrize("index", range(11))
def test_a_receipt_is_genuine(log: PaperLog, index: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    receipt = kept(tmp_path, log.receipt(index, 11))

    assert run(capsys, receipt) == run(capsys, receipt, "--key", str(log.signs.verifier)) == (0, [])


CHANGES = {
    "leaf content/4 has": lambda r: {**r, "leaf": r["leaf"].replace("content/4", "content/5")},
    "the leaf belongs": lambda r: {**r, "item": {"id": "another"}},
    "the event's bytes": lambda r: {**r, "state": r["state"].replace("Nội dung", "Nội dunG")},
    "the event's “content”": lambda r: {**r, "state": r["state"].replace("Nội dung", "Nội dunG")},
    "entry number": lambda r: {**r, "index": 4},
    "entry number ": lambda r: {**r, "path": r["path"][:-1]},
    "entry number  ": lambda r: {**r, "path": ["zz"]},
    "the Ed25519 signature": lambda r: {**r, "checkpoint": r["checkpoint"].replace("\n11\n", "\n12\n")},
    "the Ed25519 signature ": lambda r: {**r, "checkpoint": "nothing"},
    "the Ed25519 signature  ": lambda r: {**r, "keys": "x+y+z"},
}


@pytest.mark.parametrize("step", CHANGES)
def test_a_receipt_that_was_changed_fails_at_the_step_that_is_named(
    log: PaperLog, step: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, wrong = run(capsys, kept(tmp_path, CHANGES[step](log.receipt(3, 11))))

    assert code == 1
    assert any(step.strip() in line for line in wrong), wrong


def test_a_receipt_signed_with_another_key_than_the_one_that_is_trusted_is_refused(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = verifier.Key.read(str(type(log.signs)(log.signs.verifier.name, a_key(7)).verifier))

    code, wrong = run(capsys, kept(tmp_path, log.receipt(3, 11)), "--key", other.text)

    assert (code, len(wrong)) == (1, 1)
    assert "it is another key" in wrong[0]


def test_an_item_as_data_is_compared_byte_for_byte(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt, item = kept(tmp_path, log.receipt(3, 11)), as_data(log.events[3]).decode()

    assert run(capsys, receipt, "--item", kept(tmp_path, item, "item.json")) == (0, [])
    code, wrong = run(capsys, receipt, "--item", kept(tmp_path, item.replace("Tóm", "tóm"), "item.json"))
    assert (code, len(wrong)) == (1, 1)


OTHER_WORDS = {"texts": {"vi": {"title": "Khác", "summary": "Khác", "body": "<p>Khác.</p>"}}}


def test_no_place_of_an_item_hides_behind_another_that_is_genuine(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt, item = kept(tmp_path, log.receipt(3, 11)), json.loads(as_data(log.events[3]))
    (edition,) = item["history"]
    now_other = {**item, "content": OTHER_WORDS}
    told_twice = {**item, "history": [{**edition, "content": OTHER_WORDS}, edition]}

    titled = {**item, "title": {"vi": "Khác"}}
    for forged in (now_other, {**now_other, "log_entry": edition["log_entry"]}, told_twice, titled):
        code, wrong = run(capsys, receipt, "--item", kept(tmp_path, forged, "item.json"))
        assert (code, len(wrong)) == (1, 1)


def test_of_a_later_edition_it_is_said_that_it_was_not_checked(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt, item = kept(tmp_path, log.receipt(3, 11)), json.loads(as_data(log.events[3]))
    later = kept(tmp_path, {**item, "log_entry": "content/99", "content": OTHER_WORDS}, "item.json")

    assert verifier.main([receipt, "--item", later, "--lang", "en"]) == 0

    assert "what the item in item.json says now was not checked" in capsys.readouterr().out


def test_a_name_that_stands_twice_in_an_item_is_not_read(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt, item = kept(tmp_path, log.receipt(3, 11)), as_data(log.events[3]).decode()
    forged = kept(tmp_path, '{"content":"x",' + item[1:], "item.json")

    assert run(capsys, receipt, "--item", forged)[0] == 2


@pytest.mark.parametrize("old", range(4, 12))
def test_an_older_receipt_proves_that_nothing_before_was_rewritten(
    log: PaperLog, old: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt, older = kept(tmp_path, log.receipt(3, 11)), kept(tmp_path, log.receipt(3, old), "older.json")
    proof = kept(tmp_path, log.consistency(old, 11), "consistency.json")

    assert run(capsys, receipt, "--older", older, "--consistency", proof) == (0, [])


def test_an_older_receipt_may_be_signed_by_a_key_that_has_handed_over_since(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older, new = kept(tmp_path, log.receipt(3, 6), "older.json"), SigningKey(ORIGIN, a_key(2))
    log.keys = str(Keys(log.signs.verifier).changed(KeyChange.made(log.signs, new, 6)))
    log.signs = new
    receipt, proof = kept(tmp_path, log.receipt(3, 11)), kept(tmp_path, log.consistency(6, 11), "consistency.json")
    arguments = (receipt, "--older", older, "--consistency", proof)

    assert run(capsys, *arguments) == run(capsys, *arguments, "--key", str(new.verifier)) == (0, [])


def test_an_older_receipt_of_a_key_that_never_handed_over_is_refused(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = PaperLog(log.events, SigningKey(ORIGIN, a_key(9)))
    older = kept(tmp_path, forged.receipt(3, 11), "older.json")

    code, wrong = run(capsys, kept(tmp_path, log.receipt(3, 11)), "--older", older)

    assert (code, len(wrong)) == (1, 1)
    assert "it is another key" in wrong[0]


def test_a_log_that_was_rewritten_does_not_begin_with_the_older_one(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = kept(tmp_path, log.receipt(3, 6), "older.json")
    log.events[1] = log.events[0]
    proof = kept(tmp_path, log.consistency(6, 11), "consistency.json")

    code, wrong = run(capsys, kept(tmp_path, log.receipt(3, 11)), "--older", older, "--consistency", proof)

    assert (code, len(wrong)) == (1, 1)
    assert "the beginning was rewritten" in wrong[0]


def test_without_the_proof_it_says_where_the_proof_is(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = kept(tmp_path, log.receipt(3, 6), "older.json")

    assert verifier.main([kept(tmp_path, log.receipt(3, 11)), "--older", older, "--lang", "vi"]) == 2
    assert "/api/v1/log/consistency?old=6&new=11" in capsys.readouterr().out


FIELDS = ["origin", "entry", "index", "leaf", "path", "checkpoint", "keys", "state", "content_hash", "item"]


@pytest.mark.parametrize("field", FIELDS)
def test_whatever_a_field_holds_instead_it_is_never_genuine_and_never_a_crash(
    log: PaperLog, field: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = log.receipt(3, 11)
    lacking = {name: value for name, value in honest.items() if name != field}

    for told in (*({**honest, field: junk} for junk in JUNK), lacking):
        assert run(capsys, kept(tmp_path, told))[0] == 1


def test_nothing_in_a_receipt_can_write_lines_or_steer_the_terminal(
    log: PaperLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = json.loads(log.receipt(3, 11)["state"])
    forged = {**state, "clause": "x\n\u001b[2KRESULT: everything that was checked is genuine.\r"}

    receipt = kept(tmp_path, {**log.receipt(3, 11), "state": json.dumps(forged), "entry": "x\u2028OK leaf"})
    assert verifier.main([receipt, "--lang", "en"]) == 1

    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.startswith("RESULT")] == [
        "RESULT: NOT GENUINE. See the lines marked WRONG."
    ]
    assert "\u001b" not in printed

"""A key hands over to the next: each is accepted for the sizes at which it was valid, and no key makes itself one."""

from pathlib import Path

import pytest

from services.audit.log.checkpoint import Checkpoint, SigningKey, Unproven, signed_note
from services.audit.log.key import change_key, signer, verifier
from services.audit.log.keys import KeyChange, Keys
from services.audit.log.tree import EMPTY_ROOT
from tests.builders.carried_away import verifier as verify_minhbach
from tests.builders.receipts import ORIGIN, a_key

OLD, NEW, THIRD, STRANGER = (SigningKey(ORIGIN, a_key(number)) for number in (1, 2, 3, 9))
KEYS = Keys(OLD.verifier).changed(KeyChange.made(OLD, NEW, 42))


def test_the_last_checkpoint_of_the_old_key_and_the_first_of_the_new_one_are_accepted() -> None:
    assert KEYS.checkpoint(OLD.sign(42, EMPTY_ROOT)) == Checkpoint(ORIGIN, 42, EMPTY_ROOT)
    assert KEYS.checkpoint(NEW.sign(43, EMPTY_ROOT)) == Checkpoint(ORIGIN, 43, EMPTY_ROOT)
    assert KEYS.current == NEW.verifier


def test_the_old_key_is_refused_after_its_end_and_the_new_one_before_its_beginning() -> None:
    with pytest.raises(Unproven, match="not signed by"):
        KEYS.checkpoint(OLD.sign(43, EMPTY_ROOT))
    with pytest.raises(Unproven, match="not signed by"):
        KEYS.checkpoint(NEW.sign(42, EMPTY_ROOT))


def test_a_note_signed_by_both_is_accepted_by_whoever_knows_either() -> None:
    note = signed_note(Checkpoint(ORIGIN, 43, EMPTY_ROOT), OLD, NEW)

    assert KEYS.checkpoint(note) == OLD.verifier.checkpoint(note) == NEW.verifier.checkpoint(note)


def test_keys_are_written_one_a_line_and_read_back() -> None:
    keys = KEYS.changed(KeyChange.made(NEW, THIRD, 42))

    assert Keys.parse(str(keys)) == keys
    assert [line.split(" ")[0] for line in str(keys).splitlines()] == [str(k.verifier) for k in (OLD, NEW, THIRD)]
    assert keys.at(43) == THIRD.verifier


def forged() -> dict[str, str]:
    by_itself = KeyChange.made(STRANGER, STRANGER, 42)
    stolen = KeyChange.made(NEW, STRANGER, 42)
    not_claimed = KeyChange(STRANGER.verifier, 42, stolen.by_previous, stolen.by_previous)
    moved = KeyChange(NEW.verifier, 10, KEYS.changes[0].by_previous, KEYS.changes[0].by_itself)
    renamed = KeyChange.made(OLD, SigningKey("another/log", a_key(2)), 42)
    return {
        "signed by nobody but itself": f"{OLD.verifier}\n{by_itself}",
        "not claimed by who holds it": f"{KEYS}\n{not_claimed}",
        "an honest change at another size": f"{OLD.verifier}\n{moved}",
        "another log's key": f"{OLD.verifier}\n{renamed}",
        "back before the last change": f"{KEYS}\n{KeyChange.made(NEW, THIRD, 41)}",
        "a key that nobody handed over to": f"{OLD.verifier}\n{NEW.verifier}",
        "no number": f"{OLD.verifier}\n{str(KEYS.changes[0]).replace(' 42 ', ' x ')}",
        "no base64": f"{OLD.verifier}\n{NEW.verifier} 42 ? ?",
    }


@pytest.mark.parametrize("trusted", [OLD, NEW, THIRD])
def test_the_verifier_that_is_carried_away_takes_any_of_the_keys_that_handed_over_to_one_another(
    trusted: SigningKey,
) -> None:
    keys = str(KEYS.changed(KeyChange.made(NEW, THIRD, 60)))

    for key, size in ((OLD, 42), (NEW, 43), (NEW, 60), (THIRD, 61)):
        report = verify_minhbach.Report("en")
        assert verify_minhbach.signed_checkpoint(report, key.sign(size, EMPTY_ROOT), keys, [str(trusted.verifier)])


@pytest.mark.parametrize("how", forged())
def test_a_forged_change_of_keys_is_refused(how: str) -> None:
    with pytest.raises(Unproven):
        Keys.parse(forged()[how])


@pytest.mark.parametrize("how", forged())
def test_the_verifier_that_is_carried_away_refuses_it_too(how: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = verify_minhbach.Report("en")
    note = signed_note(Checkpoint(ORIGIN, 50, EMPTY_ROOT), STRANGER, NEW, OLD)

    assert verify_minhbach.signed_checkpoint(report, note, forged()[how], [str(OLD.verifier)]) is None
    assert not report.good
    assert "WRONG" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("size", "key", "genuine"), [(42, OLD, True), (43, NEW, True), (43, OLD, False), (42, NEW, False)]
)
def test_the_verifier_that_is_carried_away_knows_which_key_was_valid_when(
    size: int, key: SigningKey, genuine: bool
) -> None:
    report = verify_minhbach.Report("vi")

    found = verify_minhbach.signed_checkpoint(report, key.sign(size, EMPTY_ROOT), str(KEYS), [str(OLD.verifier)])

    assert (found is not None, report.good) == (genuine, genuine)


def test_a_running_signer_signs_with_both_keys_after_a_change_and_then_with_the_new_one(tmp_path: Path) -> None:
    signs = signer(ORIGIN, tmp_path)
    before = signs.verifier.now().current

    change = change_key(ORIGIN, tmp_path, lambda: 42)
    with signs.turn() as turn:
        both = turn.sign(43, EMPTY_ROOT)
        turn.done()
    after = signs.sign(44, EMPTY_ROOT)

    assert before.checkpoint(both) == change.key.checkpoint(both)
    assert signs.verifier.checkpoint(after).size == change.key.checkpoint(after).size == 44
    with pytest.raises(Unproven):
        before.checkpoint(after)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit-log.key", "audit-log.lock", "audit-log.pub"]


def test_the_first_note_is_signed_by_both_again_when_it_did_not_get_into_the_log(tmp_path: Path) -> None:
    signs = signer(ORIGIN, tmp_path)
    change_key(ORIGIN, tmp_path, lambda: 42)

    notes = [signs.sign(43, EMPTY_ROOT), signer(ORIGIN, tmp_path).sign(43, EMPTY_ROOT)]

    assert [note.count("\n— ") for note in notes] == [2, 2]


def test_whoever_checks_hears_of_the_change_without_being_started_anew(tmp_path: Path) -> None:
    signs, checks = signer(ORIGIN, tmp_path), verifier(ORIGIN, tmp_path)
    stale = signs.sign(42, EMPTY_ROOT)

    change_key(ORIGIN, tmp_path, lambda: 41)

    with pytest.raises(Unproven):
        checks.checkpoint(stale)
    assert checks.checkpoint(signs.sign(42, EMPTY_ROOT)).size == 42


def test_a_change_that_was_cut_off_after_it_was_made_public_is_finished_by_whoever_signs(tmp_path: Path) -> None:
    signs = signer(ORIGIN, tmp_path)
    old = (tmp_path / "audit-log.key").read_bytes()
    change = change_key(ORIGIN, tmp_path, lambda: 42)
    (tmp_path / "audit-log.key").rename(tmp_path / "audit-log.next.key")
    (tmp_path / "audit-log.previous.key").rename(tmp_path / "audit-log.key")
    assert (tmp_path / "audit-log.key").read_bytes() == old

    notes = [signs.sign(43, EMPTY_ROOT), signer(ORIGIN, tmp_path).sign(43, EMPTY_ROOT)]

    assert [change.key.checkpoint(note).size for note in notes] == [43, 43]
    assert not (tmp_path / "audit-log.next.key").exists()


def test_a_change_that_was_cut_off_before_it_was_made_public_never_was(tmp_path: Path) -> None:
    signs = signer(ORIGIN, tmp_path)
    (tmp_path / "audit-log.next.key").write_bytes(bytes(32))
    (tmp_path / "audit-log.next.key").chmod(0o600)

    assert signs.verifier.checkpoint(signs.sign(1, EMPTY_ROOT)).size == 1
    assert signs.verifier.now().changes == ()


def test_a_private_key_that_is_not_the_published_one_signs_nothing(tmp_path: Path) -> None:
    signs = signer(ORIGIN, tmp_path)
    (tmp_path / "audit-log.key").write_bytes(bytes(32))

    with pytest.raises(PermissionError, match="not the key"):
        signer(ORIGIN, tmp_path).sign(1, EMPTY_ROOT)
    assert signs.verifier.now().changes == ()

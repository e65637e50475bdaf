"""Checkpoints are signed notes as other transparency logs write them, and only the log's own key makes them."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.log.checkpoint import Checkpoint, SigningKey, Unproven, VerifierKey
from services.audit.log.key import signer, verifier
from services.audit.log.tree import EMPTY_ROOT

# The example of the package documentation of golang.org/x/mod/sumdb/note.
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PUBLISHED_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
PUBLISHED_NOTE = f"{PUBLISHED_TEXT}\n— PeterNeumann {PUBLISHED_SIGNATURE}\n"


def a_signer(seed: int = 1) -> SigningKey:
    return SigningKey("binhphuoc.example/audit", Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def test_a_published_note_opens_with_its_published_key() -> None:
    assert VerifierKey.parse(PUBLISHED_KEY).open(PUBLISHED_NOTE) == PUBLISHED_TEXT


def test_a_key_is_written_as_it_was_read() -> None:
    assert str(VerifierKey.parse(PUBLISHED_KEY)) == PUBLISHED_KEY


def test_a_changed_text_does_not_open() -> None:
    with pytest.raises(Unproven, match="does not fit"):
        VerifierKey.parse(PUBLISHED_KEY).open(PUBLISHED_NOTE.replace("answer", "remedy"))


def test_a_checkpoint_has_origin_size_and_root_one_a_line() -> None:
    note = a_signer().sign(0, EMPTY_ROOT)

    assert note.split("\n\n")[0] == "binhphuoc.example/audit\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert note.split("\n\n")[1].startswith("— binhphuoc.example/audit ")


def test_a_signed_checkpoint_is_read_back_with_the_public_key_alone() -> None:
    signs = a_signer()
    public = VerifierKey.parse(str(signs.verifier))

    assert public.checkpoint(signs.sign(3, EMPTY_ROOT)) == Checkpoint("binhphuoc.example/audit", 3, EMPTY_ROOT)


def test_another_key_of_the_same_name_opens_nothing() -> None:
    with pytest.raises(Unproven, match="not signed by"):
        a_signer(2).verifier.checkpoint(a_signer(1).sign(3, EMPTY_ROOT))


@pytest.mark.parametrize("note", ["", "text only\n", "text\n\n— binhphuoc.example/audit ???\n", "\n\n"])
def test_what_is_no_signed_note_proves_nothing(note: str) -> None:
    with pytest.raises(Unproven):
        a_signer().verifier.open(note)


@pytest.mark.parametrize(
    "text", ["", "a\n1\n", "a\nx\nAAAA\n", "\n1\nAAAA\n", "a\n1\nAAAA", "a\n1\n?\n", "a\n01\nAAAA\n", "a\n１\nAAAA\n"]
)
def test_what_is_no_checkpoint_is_not_read_as_one(text: str) -> None:
    with pytest.raises(Unproven):
        Checkpoint.parse(text)


@pytest.mark.parametrize("key", ["", "name", "name+00000000+ARpc", PUBLISHED_KEY.replace("c74f", "0000")])
def test_what_is_no_key_is_not_read_as_one(key: str) -> None:
    with pytest.raises(Unproven):
        VerifierKey.parse(key)


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = signer("portal/audit", tmp_path / "secrets")
    second = signer("portal/audit", tmp_path / "secrets")

    assert str(second.verifier) == str(first.verifier)
    assert (tmp_path / "secrets" / "audit-log.key").stat().st_mode & 0o777 == 0o600
    assert VerifierKey.parse((tmp_path / "secrets" / "audit-log.pub").read_text()) == first.verifier.now().current


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    signer("portal/audit", tmp_path)
    (tmp_path / "audit-log.key").chmod(0o644)

    with pytest.raises(PermissionError, match="owner only"):
        signer("portal/audit", tmp_path)


def test_whoever_checks_needs_the_public_key_only(tmp_path: Path) -> None:
    signs = signer("portal/audit", tmp_path)
    (tmp_path / "audit-log.key").unlink()

    assert str(verifier("portal/audit", tmp_path)) == str(signs.verifier)
    assert not (tmp_path / "audit-log.key").exists()


def test_whoever_comes_first_makes_the_key(tmp_path: Path) -> None:
    public = verifier("portal/audit", tmp_path)

    assert str(signer("portal/audit", tmp_path).verifier) == str(public)

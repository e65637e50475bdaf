"""What strangers are told of the log: proofs between any two signed sizes, and the tree in tiles."""

from base64 import b64decode
from uuid import UUID

import pytest

from services.audit.log.appender import Appender
from services.audit.log.entries import EntryLog
from services.audit.log.key import KeptSigner
from services.audit.log.leaf import leaf_of
from services.audit.log.proving import Proving, holds, is_beginning
from tests.builders.tiled import BruteLog

pytestmark = pytest.mark.servers

SIZE = 520


@pytest.fixture
def brute(appender: Appender) -> BruteLog:
    """What is in the log, for computing everything again by brute force."""
    leaves = [leaf_of("content", n, "content.x", UUID(int=n), 1, f"{n}".encode()) for n in range(1, SIZE + 1)]
    for begin in range(0, SIZE, 130):
        appender.append(leaves[begin : begin + 130])
    return BruteLog([leaf.hash for leaf in leaves])


@pytest.fixture
def proving(brute: BruteLog, log: EntryLog, signs: KeptSigner) -> Proving:
    assert log.size() == len(brute.leaves)
    return Proving(log, signs.verifier)


def test_tiles_are_those_that_brute_force_gives(proving: Proving, brute: BruteLog) -> None:
    for address in ((0, 0, 256), (0, 1, 256), (0, 2, 8), (0, 2, 3), (1, 0, 2), (1, 0, 1)):
        tile = proving.tile(*address)
        assert tile is not None
        assert b64decode(tile.hashes) == brute.tile(*address)


@pytest.mark.parametrize(
    "address", [(0, 2, 9), (0, 3, 1), (1, 0, 3), (2, 0, 1), (0, 0, 0), (0, 0, 257), (-1, 0, 1), (0, -1, 1), (64, 0, 1)]
)
def test_a_tile_that_the_signed_tree_has_not_is_not_told(proving: Proving, address: tuple[int, int, int]) -> None:
    assert proving.tile(*address) is None


@pytest.mark.parametrize(("old", "new"), [(1, SIZE), (130, 260), (255, 257), (256, 512), (SIZE, SIZE)])
def test_one_tree_is_proven_to_be_the_beginning_of_another(proving: Proving, old: int, new: int) -> None:
    proof = proving.consistency(old, new)

    assert proof is not None
    assert (proof.old, proof.new, is_beginning(proof)) == (old, new, True)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (5, SIZE + 1), (-1, 5)])
def test_sizes_that_are_not_signed_are_proven_nothing(proving: Proving, old: int, new: int) -> None:
    assert proving.consistency(old, new) is None


def test_the_checkpoint_comes_with_all_keys_and_a_proof_holds_by_itself(proving: Proving, signs: KeptSigner) -> None:
    checkpoint, proof = proving.checkpoint(), proving.proof(41)

    assert proof is not None
    assert holds(proof)
    assert (checkpoint.size, checkpoint.keys, checkpoint.key) == (SIZE, str(signs.verifier), str(signs.verifier))
    assert proof.keys == checkpoint.keys

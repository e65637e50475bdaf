"""The tree gives the roots and proofs that RFC 6962 and its published vectors give, and no others."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.log.proofs import Span, consistency, extends, includes, inclusion
from services.audit.log.tree import EMPTY_ROOT, Frontier, Node, bag, leaf_hash, node_hash, peaks_of

# The leaves, roots and proofs of the Certificate Transparency project's own Merkle tree tests.
LEAVES = [
    leaf_hash(bytes.fromhex(data))
    for data in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
AUDIT_PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY_PATHS = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def some_leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(index).encode()) for index in range(count)]


def nodes_over(leaves: list[bytes]) -> dict[Node, bytes]:
    """Keep every completed subtree where the log keeps it: with the leaf that completes it."""
    frontier, nodes = Frontier(), {}
    for index, leaf in enumerate(leaves):
        nodes[Node(0, index)] = leaf
        for level, completed in enumerate(frontier.append(leaf), start=1):
            node = Node(level, index >> level)
            assert node.last_leaf == index
            nodes[node] = completed
    return nodes


def hashes(spans: list[Span], leaves: list[bytes]) -> list[bytes]:
    nodes = nodes_over(leaves)
    return [span.hash(nodes) for span in spans]


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    assert Frontier().root() == EMPTY_ROOT == hashlib.sha256().digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_a_growing_tree_has_the_published_roots(size: int) -> None:
    assert Frontier.over(LEAVES[:size]).root().hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size"), AUDIT_PATHS)
def test_audit_paths_are_the_published_ones(index: int, size: int) -> None:
    path = hashes(inclusion(index, size), LEAVES[:size])

    assert [sibling.hex() for sibling in path] == AUDIT_PATHS[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY_PATHS)
def test_consistency_proofs_are_the_published_ones(old: int, new: int) -> None:
    path = hashes(consistency(old, new), LEAVES[:new])

    assert [sibling.hex() for sibling in path] == CONSISTENCY_PATHS[old, new]


def test_the_peaks_of_a_tree_are_the_bits_of_its_size() -> None:
    assert peaks_of(11) == [Node(3, 0), Node(1, 4), Node(0, 10)]
    assert peaks_of(0) == []
    assert bag([]) == EMPTY_ROOT


@given(st.integers(1, 70))
def test_a_frontier_resumed_from_kept_nodes_goes_on_as_if_never_stopped(size: int) -> None:
    leaves = some_leaves(size + 1)
    nodes = nodes_over(leaves[:size])
    resumed = Frontier(size, [nodes[peak] for peak in peaks_of(size)])

    resumed.append(leaves[size])

    assert resumed.root() == Frontier.over(leaves).root()


def test_a_copy_grows_on_its_own() -> None:
    frontier = Frontier.over(LEAVES[:3])

    frontier.copy().append(LEAVES[3])

    assert frontier.root().hex() == ROOTS[2]


@given(st.data())
def test_every_audit_path_proves_its_leaf_and_no_other(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    leaves = some_leaves(size)
    root, path = Frontier.over(leaves).root(), hashes(inclusion(index, size), leaves)

    assert includes(root, size, index, leaves[index], path)
    assert not includes(root, size, index, leaf_hash(b"another"), path)
    assert not includes(root, size, index, leaves[index], [*path, root])
    assert not includes(root, size, size, leaves[index], path)
    assert not path or not includes(root, size, index, leaves[index], path[:-1])


@given(st.data())
def test_every_consistency_proof_holds_and_a_rewritten_beginning_has_none(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 70))
    old = data.draw(st.integers(1, new))
    leaves = some_leaves(new)
    old_root, new_root = Frontier.over(leaves[:old]).root(), Frontier.over(leaves).root()
    path = hashes(consistency(old, new), leaves)

    assert extends(old_root, old, new_root, new, path)
    assert not extends(node_hash(old_root, old_root), old, new_root, new, path)
    assert not extends(old_root, old, node_hash(new_root, new_root), new, path)
    assert not extends(old_root, old, new_root, new, [*path, new_root])


def test_a_tree_extends_no_larger_one_and_proves_no_leaf_it_lacks() -> None:
    with pytest.raises(ValueError, match="does not extend"):
        consistency(3, 2)
    with pytest.raises(ValueError, match="no leaf"):
        inclusion(2, 2)
    assert not extends(LEAVES[0], 2, LEAVES[1], 1, [])

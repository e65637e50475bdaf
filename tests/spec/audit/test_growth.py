"""A tree that grows by many leaves at once is the tree that grows leaf by leaf."""

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.audit.log.growth import Growth
from services.audit.log.tree import Frontier, leaf_hash

steps = st.lists(st.integers(0, 40), min_size=1, max_size=4)


def leaves(begin: int, end: int) -> list[bytes]:
    return [leaf_hash(str(index).encode()) for index in range(begin, end)]


@given(steps)
def test_every_root_and_every_node_is_the_same(sizes: list[int]) -> None:
    slow, fast = Frontier(), Frontier()
    for begin, end in pairwise([0, *accumulate(sizes)]):
        growth = Growth(fast, leaves(begin, end))
        nodes, roots = [], []
        for leaf in leaves(begin, end):
            nodes.append(slow.append(leaf))
            roots.append(slow.root())

        assert growth.completes(nodes)
        assert [growth.root(size) for size in range(begin + 1, end + 1)] == roots
        fast = growth.frontier()
        assert (fast.size, fast.root()) == (slow.size, slow.root())


@given(st.integers(0, 40), st.integers(1, 40), st.data())
def test_another_node_anywhere_is_noticed(begin: int, added: int, data: st.DataObject) -> None:
    tree = Frontier.over(leaves(0, begin))
    growth = Growth(tree, leaves(begin, begin + added))
    nodes = [tree.append(leaf) for leaf in leaves(begin, begin + added)]
    place = data.draw(st.integers(0, added - 1))
    deed = data.draw(st.sampled_from(["add", "replace", "remove"])) if nodes[place] else "add"
    if deed == "add":
        nodes[place].append(bytes(32))
    elif deed == "replace":
        nodes[place][data.draw(st.integers(0, len(nodes[place]) - 1))] = bytes(32)
    else:
        nodes[place].pop()

    assert not growth.completes(nodes)

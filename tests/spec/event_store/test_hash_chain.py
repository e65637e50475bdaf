"""What the chain of hashes shows of a log that was tampered with."""

import hashlib
from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from infra.event_store.commit import (
    GENESIS,
    ChainBreak,
    Commit,
    Handled,
    LogEntry,
    as_document,
    canonical_bytes,
    chain_breaks,
    from_document,
    hash_of_document,
    sealed,
)
from infra.kernel.ids import natural_id

SUBJECT = UUID("00000000-0000-0000-0000-0000000000aa")


def a_chain(*sizes: int) -> list[Commit]:
    """Commits with so many entries each, one behind the other."""
    commits: list[Commit] = []
    position, previous = 1, GENESIS
    for size in sizes:
        entries = [LogEntry(position + i, SUBJECT, position + i, "a.topic", b"{}") for i in range(size)]
        commits.append(sealed(position, entries, None, previous))
        position, previous = position + size, commits[-1].hash
    return commits


def breaks(commits: list[Commit]) -> list[ChainBreak]:
    return list(chain_breaks(commits))


def with_state(commit: Commit, state: bytes) -> Commit:
    return replace(commit, entries=(replace(commit.entries[0], state=state), *commit.entries[1:]))


def test_a_log_as_it_was_written_has_no_breaks() -> None:
    assert breaks(a_chain(1, 3, 1)) == []


def test_a_part_of_a_log_is_checked_against_the_hash_before_it() -> None:
    first, *rest = a_chain(2, 1, 4)

    assert list(chain_breaks(rest, after=2, previous=first.hash)) == []
    assert list(chain_breaks(rest, after=2, previous=GENESIS)) == [ChainBreak(3, "unlinked")]


def test_one_changed_byte_is_told_with_the_position_of_its_commit() -> None:
    first, second, third = a_chain(1, 2, 1)

    assert breaks([first, with_state(second, b"[]"), third]) == [ChainBreak(2, "altered")]


def test_a_changed_commit_whose_hash_was_made_anew_no_longer_fits_the_next() -> None:
    first, second, third = a_chain(1, 2, 1)
    forged = sealed(second.first, with_state(second, b"[]").entries, None, second.previous)

    assert breaks([first, forged, third]) == [ChainBreak(4, "unlinked")]


def test_a_deleted_commit_is_told_at_its_first_position() -> None:
    first, _, third = a_chain(1, 2, 1)

    assert breaks([first, third]) == [ChainBreak(2, "missing")]


def test_two_swapped_commits_are_told() -> None:
    first, second, third = a_chain(1, 1, 1)
    swapped = [first, replace(third, first=2), replace(second, first=3)]

    assert {found.position for found in breaks(swapped)} == {2, 3}


def test_commits_read_in_the_wrong_order_are_told() -> None:
    first, second, third = a_chain(1, 1, 1)

    assert {found.position for found in breaks([first, third, second])} == {2}


def test_a_repeated_commit_is_told() -> None:
    first, second = a_chain(1, 1)

    assert breaks([first, first, second])[0] == ChainBreak(1, "unlinked")


def test_a_changed_upstream_position_is_told() -> None:
    commit = sealed(1, a_chain(1)[0].entries, Handled("content", 7), GENESIS)

    assert breaks([replace(commit, handled=Handled("content", 8))]) == [ChainBreak(1, "altered")]
    assert breaks([replace(commit, handled=None)]) == [ChainBreak(1, "altered")]


def test_the_bytes_that_are_hashed_never_change() -> None:
    entry = LogEntry(5, SUBJECT, 2, "content.article.cleared", b'{"a":1}')

    spelled = canonical_bytes(5, [entry], Handled("board", 9))

    assert spelled == bytes.fromhex(
        "0000000000000005" + "00000001"
        "00000011" + "0000000000000002" + "00000017" + "00000007"
        "00" + "000000000000000000000000000000aa"
    ) + b"content.article.cleared" + b'{"a":1}' + bytes.fromhex("00000005" + "0000000000000009") + b"board"  # fmt: skip
    assert sealed(5, [entry], Handled("board", 9), GENESIS).hash == hashlib.sha256(GENESIS + spelled).digest()


texts = st.text(max_size=5)
entries = st.builds(
    lambda name, version, topic, state: LogEntry(0, natural_id(name), version, topic, state),
    texts,
    st.integers(0, 2**40),
    texts,
    st.binary(max_size=9),
)
contents = st.tuples(
    st.integers(1, 2**40),
    st.lists(entries, max_size=3),
    st.none() | st.builds(Handled, texts, st.integers(0, 2**40)),
)


@given(contents, contents)
def test_two_different_commits_never_have_the_same_bytes(
    one: tuple[int, list[LogEntry], Handled | None], other: tuple[int, list[LogEntry], Handled | None]
) -> None:
    assert (canonical_bytes(*one) == canonical_bytes(*other)) == (one == other)


@given(contents)
def test_a_commit_comes_back_from_its_document_as_it_was(
    content: tuple[int, list[LogEntry], Handled | None],
) -> None:
    first, unplaced, handled = content
    placed = [replace(entry, position=first + i) for i, entry in enumerate(unplaced)]
    commit = sealed(first, placed, handled, GENESIS)

    assert from_document(as_document(commit, b"token", None)) == commit


@given(contents)
def test_a_document_has_the_hash_of_its_commit(content: tuple[int, list[LogEntry], Handled | None]) -> None:
    first, entries, _ = content
    for commit in (sealed(*content, GENESIS), sealed(first, entries[:1], None, GENESIS)):
        assert hash_of_document(as_document(commit, b"token", None)) == commit.hash

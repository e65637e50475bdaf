"""Checking whole pages at once finds exactly what checking entry by entry and commit by commit finds."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bson.binary import Binary
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.log.verification import Answer
from tests.builders.logs_in_memory import KEY, MemoryLogs

Document = dict[str, Any]

ANYTHING: list[Any] = [
    None, True, 0, 1, 2, 1.0, 2.5, -1, 2**40, "", "x", "a\nb", b"", b"x", bytes(32), UUID(int=1), UUID(int=99), [], [bytes(32)],
    {}, {"a": 1}, Binary(b"short", 4), Binary(bytes(32), 5), datetime(2026, 1, 1, tzinfo=UTC), KEY.sign(3, bytes(32)),
]  # fmt: skip
COMMIT_FIELDS = ("n", "p", "h", "e", "k", "e.o", "e.v", "e.t", "e.s")
ENTRY_FIELDS = ("service", "position", "topic", "subject", "version", "state", "leaf", "nodes", "checkpoint")

batches = st.lists(
    st.tuples(st.sampled_from(["board", "content"]), st.lists(st.integers(1, 3), min_size=1, max_size=4)),
    min_size=1,
    max_size=6,
)


def put(document: Document, field: str, value: Any) -> None:
    name, _, inner = field.partition(".")
    if inner and isinstance(document.get(name), list) and document[name]:
        document[name][-1][inner] = value
    else:
        document[name] = value


def tamper(documents: list[Document], fields: tuple[str, ...], data: st.DataObject) -> None:
    place, other = (data.draw(st.integers(0, len(documents) - 1)) for _ in range(2))
    field, value = data.draw(st.sampled_from(fields)), data.draw(st.sampled_from(ANYTHING))
    DEEDS[data.draw(st.sampled_from(sorted(DEEDS)))](documents, documents[place], documents[other], field, value)


def swap(_: list[Document], one: Document, other: Document, *__: Any) -> None:
    one["_id"], other["_id"] = other["_id"], one["_id"]


def cut(documents: list[Document], one: Document, *_: Any) -> None:
    documents[:] = [each for each in documents if each["_id"] < one["_id"]]


def replace(_: list[Document], one: Document, other: Document, *__: Any) -> None:
    one |= {**deepcopy(other), "_id": one["_id"]}


DEEDS: dict[str, Callable[..., Any]] = {
    "put": lambda _, one, __, field, value: put(one, field, deepcopy(value)),
    "unset": lambda _, one, __, field, ___: one.pop(field, None),
    "delete": lambda documents, one, *_: documents.remove(one),
    "cut": cut,
    "swap": swap,
    "insert": lambda documents, one, *_: documents.append({**deepcopy(one), "_id": one["_id"] + 0.5}),
    "replace": replace,
}


@given(batches, st.integers(1, 12))
def test_logs_that_nobody_touched_are_intact_either_way(written: list[tuple[str, list[int]]], portion: int) -> None:
    logs = MemoryLogs.of(written)

    quick, plain = (logs.verify(logs.kept(), portion, plainly=plainly) for plainly in (False, True))

    assert quick == plain
    assert quick.answer is Answer.INTACT


@settings(max_examples=100)
@given(batches, st.integers(1, 12), st.data())
def test_whatever_is_done_the_findings_are_the_same(
    written: list[tuple[str, list[int]]], portion: int, data: st.DataObject
) -> None:
    logs = MemoryLogs.of(written)
    kept, tampered = logs.kept(), logs.copy()
    for _ in range(data.draw(st.integers(1, 3))):
        targets: list[tuple[list[Document], tuple[str, ...]]] = [(tampered.entries, ENTRY_FIELDS)]
        targets += [(commits, COMMIT_FIELDS) for commits in tampered.commits.values()]
        documents, fields = data.draw(st.sampled_from([target for target in targets if target[0]]))
        tamper(documents, fields, data)
        if not any(target[0] for target in targets):
            break

    verify: Callable[..., Any] = tampered.verify
    quick, plain = verify(kept, portion, plainly=False), verify(kept, portion, plainly=True)

    assert quick == plain

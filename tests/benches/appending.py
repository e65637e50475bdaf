"""Threads that append events one save at a time, as fast as they are acknowledged."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any, Protocol

from eventsourcing.persistence import StoredEvent

from infra.kernel.canonical import canonical_json
from infra.kernel.ids import new_id

TOPIC = "content.article.cleared"
STATE = canonical_json(
    {
        "act": {
            "account": "0f8fad5b-d9cb-469f-a165-70867728950e",
            "capacity": "secretary",
            "correlation": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "delegation": None,
            "on_behalf_of": None,
        },
        "clause": "QC2024 Đ10.1b",
        "content_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "note": "Đã kiểm tra nội dung, hình ảnh và nguồn tin; đề nghị xuất bản. " * 3,
        "timestamp": "2026-01-31T08:00:00.000000+00:00",
    }
)
"""About 600 bytes, as an approval has."""


class Recorder(Protocol):
    """What is measured: ours and the library's."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None: ...


def append_rate(recorder: Recorder, writers: int, seconds: float) -> float:
    """Return events a second, all writers together, one event a save."""
    begun = monotonic()
    written = len(append(recorder, writers, seconds))
    return written / (monotonic() - begun)


def append(recorder: Recorder, writers: int, seconds: float) -> list[float]:
    """Save for so long, one event a save, and return how many seconds each save took."""
    deadline = monotonic() + seconds

    def write(_: int) -> list[float]:
        subject, took_s = new_id(), list[float]()
        while (begun := monotonic()) < deadline:
            recorder.insert_events([StoredEvent(subject, len(took_s) + 1, TOPIC, STATE)])
            took_s.append(monotonic() - begun)
        return took_s

    with ThreadPoolExecutor(writers) as threads:
        return [took_s for of_one in threads.map(write, range(writers)) for took_s in of_one]

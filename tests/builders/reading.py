"""Somebody who reads public pages all the time, whatever happens to the rest."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import httpx

PAGES = ("/vi/", "/en/", "/vi/tin-tuc/")
LONGEST_ANSWER_S = 5.0
_PAUSE_S = 0.05


@contextmanager
def reading(address: str) -> Iterator[None]:
    """Ask for pages again and again for the time of the block; every one of them must be answered, and in time."""
    answers: Counter[int | str] = Counter()
    enough = Event()

    def read() -> None:
        with httpx.Client(base_url=address, timeout=LONGEST_ANSWER_S) as reader:
            while not enough.is_set():
                for page in PAGES:
                    try:
                        answers[reader.get(page).status_code] += 1
                    except httpx.HTTPError as error:
                        answers[type(error).__name__] += 1
                enough.wait(_PAUSE_S)

    thread = Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()
    assert set(answers) == {200}, answers
    assert answers[200] >= len(PAGES)

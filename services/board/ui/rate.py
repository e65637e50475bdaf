"""How often one address may fail to sign in: kept in memory, for it only slows guessing down."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=5)
MOST_FAILURES = 20
"""Higher than what one person mistypes, for a whole office may share an address."""

_MOST_ADDRESSES = 10_000


class Failures:
    """Failed sign-ins by address within the last minutes."""

    def __init__(self) -> None:
        self._by_address: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def add(self, address: str, at: datetime) -> None:
        """Note a failure; the longest silent addresses are forgotten when there are very many."""
        with self._lock:
            failures = self._by_address.pop(address, deque(maxlen=MOST_FAILURES))
            failures.append(at)
            self._by_address[address] = failures
            if len(self._by_address) > _MOST_ADDRESSES:
                self._by_address.pop(next(iter(self._by_address)))

    def wait_s(self, address: str, at: datetime) -> int:
        """Return for how many seconds the address must wait; 0 when it may try."""
        with self._lock:
            failures = self._by_address.get(address, ())
            recent = [failure for failure in failures if at - failure < WINDOW]
        if len(recent) < MOST_FAILURES:
            return 0
        return int((recent[0] + WINDOW - at).total_seconds()) + 1

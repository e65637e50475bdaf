"""A subscription to a log: what is there, then what comes, woken by the change stream."""

from collections.abc import Sequence
from threading import Thread
from typing import Any

from eventsourcing.persistence import ApplicationRecorder, ListenNotifySubscription

from infra.event_store.errors import StoreUnavailable
from infra.event_store.reading import LogReader

LISTEN_S = 0.25


class LogSubscription(ListenNotifySubscription[ApplicationRecorder]):
    """Iterates over notifications; use as a context manager. Needs real threads: not under eventlet."""

    def __init__(
        self, recorder: ApplicationRecorder, reader: LogReader, gt: int | None = None, topics: Sequence[str] = ()
    ) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._reader = reader
        self._listener = Thread(target=self._listen, name="log-subscription", daemon=True)
        self._listener.start()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        try:
            super().__exit__(*args, **kwargs)
        finally:
            self._listener.join()

    def _listen(self) -> None:
        try:
            self._wake_until_stopped()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that iterates
            self._thread_error = self._thread_error or error
            self.stop()
        finally:
            self._reader.close()

    def _wake_until_stopped(self) -> None:
        seen = 0
        while not self._has_been_stopped:
            try:
                if self._reader.wait(seen, LISTEN_S):
                    seen = self._reader.head()
                    self._has_been_notified.set()
            except StoreUnavailable:
                continue  # every look is bounded; the next may find the store again

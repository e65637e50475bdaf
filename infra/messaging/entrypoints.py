"""What a service's `service.py` is made of: calls it answers, services it hears, and what is built for it once."""

import functools
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event
from typing import Any, TypeVar

import structlog
from eventlet.event import Event as GreenEvent
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import DependencyProvider, Entrypoint, SharedExtension
from pymongo import MongoClient

from infra.event_store import EVENTS, LogReader, connect
from infra.messaging.blocking_rpc import BlockingRpc
from infra.messaging.envelope import Envelope
from infra.messaging.errors import BrokerUnavailable
from infra.messaging.green_listening import subscribed
from infra.messaging.inbox import Inbox, React
from infra.messaging.listening import Listener
from infra.messaging.log_pages import page_as_answer, pages_of
from infra.messaging.parked import Parked
from infra.messaging.remote_calls import DRAIN_S, ExcInfo, rpc
from infra.messaging.topology import Subscription
from infra.messaging.versions import Versions
from infra.read_store.positions import Positions
from infra.settings import ServiceSettings

Method = TypeVar("Method", bound=Callable[..., Any])

__all__ = ["Built", "LogPages", "consume", "rpc"]


class Stores(SharedExtension):  # type: ignore[misc]
    """The service's own log and store, connected once for a process."""

    @functools.cached_property
    def settings(self) -> ServiceSettings:
        """The settings of the service."""
        return ServiceSettings.load(self.container.service_name)

    @functools.cached_property
    def client(self) -> MongoClient[dict[str, Any]]:
        """The connection to MongoDB."""
        return connect(self.settings.mongo_url)

    def log(self) -> LogReader:
        """Return a reader of the service's own log."""
        return LogReader(self.client[self.settings.log_database][EVENTS])

    def inbox(self, upstream: str, rpc: BlockingRpc, react: React, versions: Versions) -> Inbox:
        """Return the inbox for the events of an upstream service."""
        store = self.client[self.settings.store_database]
        fetch = pages_of(upstream, rpc)
        return Inbox(upstream, Positions(store), Parked(store["parked"]), fetch, react, versions=versions)


class Built(DependencyProvider):  # type: ignore[misc]
    """What the service's `bootstrap` builds, once for a process: `portal = Built(bootstrap.build)`.

    `build` takes the `ServiceSettings`; what it returns stands at the attribute in every call and reaction.
    """

    stores = Stores()

    def __init__(self, build: Callable[[ServiceSettings], Any]) -> None:
        self._build = build
        self._built: Any = None

    def setup(self) -> None:
        """Build."""
        self._built = self._build(self.stores.settings)

    def get_dependency(self, _worker: Any) -> Any:
        """Return what was built."""
        return self._built


class Consume(Entrypoint):  # type: ignore[misc]
    """A method that hears another service: it takes a sequence of envelopes, and must bear to hear them again.

    `versions` says which versions of events it understands; others are parked until it does.
    """

    stores = Stores()

    def __init__(self, upstream: str, versions: Versions | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._upstream = upstream
        self._versions = versions or Versions()
        self._stop = Event()
        self._ended = Event()

    def start(self) -> None:
        """Begin to listen; the broker need not be there yet."""
        self.container.spawn_managed_thread(self._listen)

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stop.set()
        self._ended.wait(DRAIN_S)

    def _listen(self) -> None:
        settings = self.stores.settings
        subscription = Subscription(settings.service, self._upstream)
        with BlockingRpc(settings.amqp_url, settings.service) as remote:
            inbox = self.stores.inbox(self._upstream, remote, self._react, self._versions)
            Listener(inbox, partial(subscribed, settings.amqp_url, subscription)).run(self._stop)
        self._ended.set()

    def _react(self, envelopes: Sequence[Envelope]) -> None:
        """Run the method as nameko runs every method, and raise what it raises."""
        outcome = GreenEvent()

        def on_result(_worker: Any, result: Any, exc_info: ExcInfo) -> tuple[Any, ExcInfo]:
            outcome.send(exc_info)
            return result, exc_info

        context = {"correlation": envelopes[0].correlation} if len(envelopes) == 1 else {}
        try:
            self.container.spawn_worker(self, (envelopes,), {}, context_data=context, handle_result=on_result)
        except ContainerBeingKilled as ending:
            raise BrokerUnavailable("the process is ending") from ending
        if exc_info := outcome.wait():
            raise exc_info[1]


consume: Callable[..., Callable[[Method], Method]] = Consume.decorator
"""Lets a method hear another service: `@consume("board")`, or `@consume("board", versions=Versions({…}))`."""


class _OwnLog(DependencyProvider):  # type: ignore[misc]
    stores = Stores()

    def setup(self) -> None:
        """Find the log."""
        settings = self.stores.settings
        self._page = partial(page_as_answer, self.stores.log(), settings.service, settings.profile)

    def get_dependency(self, _worker: Any) -> Callable[[int, int], list[dict[str, Any]]]:
        """Return how to read a page of the service's own log."""
        return self._page


class _Correlation(DependencyProvider):  # type: ignore[misc]
    def worker_setup(self, worker_ctx: Any) -> None:
        """Put the caller's correlation id into every log line of this call."""
        structlog.contextvars.clear_contextvars()
        correlation = worker_ctx.data.get("correlation")
        if correlation is not None:
            structlog.contextvars.bind_contextvars(correlation=correlation)


class LogPages:
    """What every service is: `class BoardService(LogPages)`. Others can ask it for its log."""

    own_log = _OwnLog()
    correlation = _Correlation()

    @rpc
    def log_page(self, after: int, limit: int) -> list[dict[str, Any]]:
        """Return the events after a position as CloudEvents: at most `limit`, perhaps fewer, none only at the end."""
        page: list[dict[str, Any]] = self.own_log(after, limit)
        return page

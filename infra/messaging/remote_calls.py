"""Serving remote calls in a bus process: nameko's RPC, without what loses a call or ends the process."""
# kombu has no types:
# mypy: disable-error-code="attr-defined,no-untyped-call"

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import TracebackType
from typing import Any, ClassVar

from kombu import Connection
from kombu.message import Message
from nameko.amqp.consume import Consumer
from nameko.amqp.publish import Publisher
from nameko.constants import NON_PERSISTENT
from nameko.rpc import Responder, Rpc, RpcConsumer, get_rpc_exchange

from infra.logs import get_logger
from infra.messaging.backoff import Backoff
from infra.messaging.errors import RpcUnavailable
from infra.messaging.outages import is_passing

DRAIN_S = 10.0
"""How long calls in hand may take when the process is asked to end."""

log = get_logger("bus")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | None


class DrainingConsumer(Consumer):  # type: ignore[misc]
    """Takes no new message once it is asked to stop, but stays connected until those in hand are acknowledged.

    nameko's own disconnects at once, so that calls which are just being answered are delivered and done again.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_hand: set[int] = set()
        self._consumers: list[Any] = []
        self._stopping = Event()
        self._drained = Event()
        self._backoff = Backoff()

    def run(self) -> None:
        """Consume until stopped and drained, through outages of the broker."""
        try:
            while not (self.should_stop or self._stopping.is_set()):
                self._consume_once()
        finally:
            self._drained.set()

    def _consume_once(self) -> None:
        try:
            for _ in self.consume():
                pass
        except (*self.connection_errors, *self.channel_errors) as away:
            if self._backoff.is_news(str(away)):
                log.warning("broker_unavailable", reason=str(away) or repr(away))
            self._stopping.wait(self._backoff.pause_s())

    @contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        """Connect, or fail at once: `run` tries again."""
        with self.create_connection() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, reraise_as_library_errors=False)
            yield connection

    def get_consumers(self, consumer_cls: Any, channel: Any) -> list[Any]:
        """Begin on a new connection: the broker delivers again what was in hand on the old one."""
        self._in_hand.clear()
        self._consumers = super().get_consumers(consumer_cls, channel)
        self._backoff.reset()
        return self._consumers

    def on_message(self, body: Any, message: Message) -> None:
        """Hand a message on; one that comes too late stays unacknowledged, and goes back to the queue."""
        if self._stopping.is_set():
            return
        self._in_hand.add(id(message))
        for callback in self.callbacks:
            callback(body, message)

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        """Drop what is no call."""
        log.warning("call_rejected", reason=str(exc))
        message.reject(requeue=False)

    def ack_message(self, message: Message) -> None:
        """Acknowledge a call that was answered."""
        super().ack_message(message)
        self._in_hand.discard(id(message))

    def on_iteration(self) -> None:
        """Cancel the subscription when asked to stop, and end when nothing is in hand."""
        if not self._stopping.is_set():
            return
        while self._consumers:
            self._consumers.pop().cancel()
        self.should_stop = not self._in_hand

    def stop(self) -> None:
        """Take no new call and wait for those in hand."""
        self._stopping.set()
        self._drained.wait(DRAIN_S)
        self.should_stop = True


class Answers(Publisher):  # type: ignore[misc]
    """How answers are sent: confirmed, not kept on disk, and given up before the caller gives up."""

    delivery_mode = NON_PERSISTENT
    transport_options: ClassVar = {"max_retries": 1, "interval_start": 0.2, "interval_step": 0.2, "interval_max": 1}
    retry_policy: ClassVar = {"max_retries": 1, "interval_start": 0.2}


class CallConsumer(RpcConsumer):  # type: ignore[misc]
    """Receives all calls of a service, and sends the answers."""

    consumer_cls = DrainingConsumer

    def handle_message(self, body: Any, message: Message) -> None:
        """Hand a call on to its method; one that wants no answer is none of ours."""
        if not message.properties.get("reply_to"):
            log.warning("call_rejected", reason="nobody to answer")
            self.consumer.ack_message(message)
            return
        super().handle_message(body, message)

    def handle_result(self, message: Message, result: Any, exc_info: ExcInfo) -> tuple[Any, ExcInfo]:
        """Answer a call. It is done even where the answer cannot be sent: the caller gives up, the process lives on."""
        answering = Responder(self.amqp_uri, get_rpc_exchange(), message)
        answering.publisher_cls = Answers
        try:
            result, exc_info = answering.send_response(result, exc_info)
        except Exception:
            log.exception("answer_lost")
        self.consumer.ack_message(message)
        return result, exc_info


class Call(Rpc):  # type: ignore[misc]
    """A method that others may call."""

    rpc_consumer = CallConsumer()

    def handle_result(self, message: Message, worker_ctx: Any, result: Any, exc_info: ExcInfo) -> tuple[Any, ExcInfo]:
        """Log a crash, once; the caller hears its kind, or that what the service needs is away."""
        if exc_info is not None:
            exc_info = self._told(exc_info)
        answered: tuple[Any, ExcInfo] = super().handle_result(message, worker_ctx, result, exc_info)
        return answered

    def _told(self, exc_info: tuple[type[BaseException], BaseException, TracebackType]) -> ExcInfo:
        called = f"{self.container.service_name}.{self.method_name}"
        if isinstance(exc_info[1], Exception) and is_passing(exc_info[1]):
            log.warning("call_unavailable", called=called, reason=repr(exc_info[1]))
            return RpcUnavailable, RpcUnavailable(f"{called}: {exc_info[1]!r}"), exc_info[2]
        log.error("call_failed", called=called, exc_info=exc_info)
        return exc_info


rpc: Callable[..., Any] = Call.decorator
"""Lets others call a method: `@rpc`. Arguments come by name; arguments and result are JSON values."""

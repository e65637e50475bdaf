"""Calling other services from plain threads, and from green ones: the way of the press and of every inbox."""

from contextlib import suppress
from itertools import count
from threading import Lock
from time import monotonic
from typing import Any, Self

import pika
from pika import BasicProperties, spec
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError

from infra.kernel.ids import new_id
from infra.messaging.connecting import broker_errors, parameters
from infra.messaging.errors import BrokerUnavailable, RpcTimeout, RpcUnavailable, UnknownService
from infra.messaging.rpc_protocol import address, answer, question
from infra.messaging.topology import RPC_EXCHANGE, reply_queue
from infra.metrics.instruments import call_counted

_WITHOUT_HEARTBEAT = 0


class BlockingRpc:
    """One connection, made at the first call and kept; calls from several threads wait for one another.

    `caller` names the process, and is the user of the broker to whom the queue for answers belongs.
    """

    def __init__(self, url: str, caller: str) -> None:
        self._url = url
        self._caller = caller
        self._lock = Lock()
        self._calls = count(1)
        self._answers: dict[str, bytes | UnknownService] = {}
        self._route = ""
        self._connection: pika.BlockingConnection | None = None
        self._channel: BlockingChannel | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(
        self,
        service: str,
        method: str,
        /,
        *,
        timeout_s: float = 5.0,
        correlation: str | None = None,
        **arguments: Any,
    ) -> Any:
        """Ask a service and return its answer, JSON values both.

        Raises:
            UnknownService: nobody serves it; the call was not carried out.
            RpcUnavailable: no connection, or it was lost, or the service's store is away: the outcome is unknown.
            RpcTimeout: no answer in time: the outcome is unknown.
            RemoteFault: the service crashed.

        """
        with call_counted(service):
            said = self._ask(f"{service}.{method}", question(arguments), correlation, timeout_s)
            if said is None:
                raise RpcTimeout(f"{service}.{method}: no answer within {timeout_s} s")
            if isinstance(said, UnknownService):
                raise said
            return answer(said)

    def close(self) -> None:
        """Disconnect."""
        with self._lock:
            self._forget()

    def _ask(self, key: str, body: bytes, correlation: str | None, timeout_s: float) -> bytes | UnknownService | None:
        with self._lock:
            call = str(next(self._calls))
            try:
                with broker_errors():
                    channel = self._usable_channel()
                    properties = address(call, self._caller, self._route, correlation, timeout_s)
                    channel.basic_publish(RPC_EXCHANGE, key, body, properties, mandatory=True)
                    return self._await(call, timeout_s)
            except BrokerUnavailable as away:
                self._forget()
                raise RpcUnavailable(str(away)) from away

    def _await(self, call: str, timeout_s: float) -> bytes | UnknownService | None:
        if self._connection is None:
            raise BrokerUnavailable("not connected")
        deadline = monotonic() + timeout_s
        while call not in self._answers and (left := deadline - monotonic()) > 0:
            self._connection.process_data_events(time_limit=left)
        said = self._answers.get(call)
        self._answers.clear()  # Late answers to earlier calls are of no use.
        return said

    def _usable_channel(self) -> BlockingChannel:
        """Return the channel; if the broker closed it while nobody called, a new one."""
        if self._connection is not None:
            try:
                self._connection.process_data_events(time_limit=0)
            except (AMQPError, OSError):
                self._forget()
        if self._channel is None or not self._channel.is_open:
            self._forget()
            self._channel = self._connect()
        return self._channel

    def _connect(self) -> BlockingChannel:
        wanted = parameters(self._url, f"rpc {self._caller}", _WITHOUT_HEARTBEAT)
        self._connection = pika.BlockingConnection(wanted)
        channel, self._route = self._connection.channel(), str(new_id())
        queue = reply_queue(self._caller, self._route)
        channel.add_on_return_callback(self._on_return)
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True)
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, RPC_EXCHANGE, self._route)
        channel.basic_consume(queue, self._on_answer, auto_ack=True)
        return channel

    def _forget(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None and connection.is_open:
            with suppress(AMQPError, OSError):
                connection.close()

    def _on_answer(
        self, _channel: BlockingChannel, _method: spec.Basic.Deliver, about: BasicProperties, body: bytes
    ) -> None:
        self._answers[about.correlation_id or ""] = body

    def _on_return(
        self, _channel: BlockingChannel, method: spec.Basic.Return, about: BasicProperties, _body: bytes
    ) -> None:
        self._answers[about.correlation_id or ""] = UnknownService(method.routing_key.partition(".")[0])

"""Calling other services from plain threads, and from green ones: the way of the press and of every inbox."""

from itertools import count
from threading import Lock
from typing import Any, Self

from pika import BasicProperties, spec
from pika.channel import Channel

from infra.kernel.ids import new_id
from infra.messaging.connecting import broker_errors
from infra.messaging.errors import BrokerUnavailable, RpcTimeout, RpcUnavailable, UnknownService
from infra.messaging.plain_session import PlainSession
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
        self._session: PlainSession | None = None

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
                session = self._usable_session()
                properties = address(call, self._caller, self._route, correlation, timeout_s)
                with broker_errors():
                    session.channel.basic_publish(RPC_EXCHANGE, key, body, properties, mandatory=True)
                said = self._await(session, call, timeout_s)
            except BrokerUnavailable as away:
                self._forget()
                raise RpcUnavailable(str(away)) from away
            if said is None:  # perhaps the broker, not the service, does not answer: the next call connects anew
                self._forget()
            return said

    def _await(self, session: PlainSession, call: str, timeout_s: float) -> bytes | UnknownService | None:
        session.turn(lambda: call in self._answers, timeout_s)
        said = self._answers.get(call)
        self._answers.clear()  # Late answers to earlier calls are of no use.
        return said

    def _usable_session(self) -> PlainSession:
        """Return the connection; if the broker closed it while nobody called, a new one."""
        if self._session is not None:
            try:
                self._session.turn(lambda: True, 0)
            except BrokerUnavailable:
                self._forget()
        if self._session is None:
            self._session = self._connected()
        return self._session

    def _connected(self) -> PlainSession:
        session = PlainSession.open(self._url, f"rpc {self._caller}", _WITHOUT_HEARTBEAT)
        try:
            self._listen(session)
        except BrokerUnavailable:
            session.close()
            raise
        return session

    def _listen(self, session: PlainSession) -> None:
        channel, self._route = session.channel, str(new_id())
        queue = reply_queue(self._caller, self._route)
        channel.add_on_return_callback(self._on_return)
        session.ask(channel.exchange_declare, exchange=RPC_EXCHANGE, exchange_type="topic", durable=True)
        session.ask(channel.queue_declare, queue=queue, exclusive=True, auto_delete=True)
        session.ask(channel.queue_bind, queue=queue, exchange=RPC_EXCHANGE, routing_key=self._route)
        session.ask(channel.basic_consume, queue=queue, on_message_callback=self._on_answer, auto_ack=True)

    def _forget(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _on_answer(self, _channel: Channel, _method: spec.Basic.Deliver, about: BasicProperties, body: bytes) -> None:
        self._answers[about.correlation_id or ""] = body

    def _on_return(self, _channel: Channel, method: spec.Basic.Return, about: BasicProperties, _body: bytes) -> None:
        self._answers[about.correlation_id or ""] = UnknownService(method.routing_key.partition(".")[0])

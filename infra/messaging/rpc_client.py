"""Calling other services from asyncio: the gateway's way to ask."""

import asyncio
from contextlib import suppress
from itertools import count
from typing import Any, Self

from pika import BasicProperties, spec
from pika.channel import Channel

from infra.kernel.ids import new_id
from infra.logs import get_logger
from infra.messaging.backoff import Backoff
from infra.messaging.connecting import broker_errors
from infra.messaging.errors import BrokerUnavailable, RpcError, RpcTimeout, RpcUnavailable, UnknownService
from infra.messaging.rpc_protocol import address, answer, question
from infra.messaging.session import Session
from infra.messaging.topology import RPC_EXCHANGE, reply_queue
from infra.metrics.dependencies import DEPENDENCIES, RABBITMQ
from infra.metrics.instruments import call_counted

CONNECT_WAIT_S = 1.0
"""How long a call waits for a connection that is just being made; a reader must not wait longer for an apology."""

CALLS_AT_ONCE = 500
"""So many calls wait for an answer at most; a service answers 32 at a time, so that more could only time out."""
_PROBE_S = 2.0

log = get_logger("rpc")


class RpcClient:
    """One connection for any number of concurrent calls; connects again for ever.

    `caller` names the process, and is the user of the broker to whom the queue for answers belongs.
    """

    def __init__(self, url: str, caller: str) -> None:
        self._url = url
        self._caller = caller
        self._calls = count(1)
        self._pending: dict[str, asyncio.Future[bytes]] = {}
        self._connected = asyncio.Event()
        self._session: Session | None = None
        self._route = ""
        self._connecting: asyncio.Task[None] | None = None
        self._probing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self) -> None:
        """Begin to connect; the broker need not be there yet."""
        self._connecting = asyncio.create_task(self._stay_connected())

    async def close(self) -> None:
        """Disconnect; calls that wait for an answer fail."""
        for task in (self._probing, self._connecting):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    @property
    def is_connected(self) -> bool:
        """Tell whether a call could be sent now."""
        return self._connected.is_set()

    async def call(
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
            return await self._ask(f"{service}.{method}", question(arguments), correlation, timeout_s)

    async def _ask(self, key: str, body: bytes, correlation: str | None, timeout_s: float) -> Any:
        if len(self._pending) >= CALLS_AT_ONCE:
            raise RpcUnavailable(f"{CALLS_AT_ONCE} calls wait for an answer already")
        session = await self._usable(timeout_s)
        call = str(next(self._calls))
        pending = self._pending[call] = asyncio.get_running_loop().create_future()
        properties = address(call, self._caller, self._route, correlation, timeout_s)
        try:
            with broker_errors():
                session.channel.basic_publish(RPC_EXCHANGE, key, body, properties, mandatory=True)
            async with asyncio.timeout(timeout_s):
                return answer(await pending)
        except BrokerUnavailable as away:
            raise RpcUnavailable(str(away)) from away
        except TimeoutError:
            self._suspect(session)
            raise RpcTimeout(f"{key}: no answer within {timeout_s} s") from None
        finally:
            self._pending.pop(call, None)

    def _suspect(self, session: Session) -> None:
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._probe(session))

    async def _probe(self, session: Session) -> None:
        """Find out who does not answer, service or broker; if it is the broker, later calls fail at once."""
        try:
            await session.ask(session.channel.basic_qos, timeout_s=_PROBE_S, prefetch_count=0)
        except BrokerUnavailable:
            session.give_up("the broker does not answer")

    async def _usable(self, timeout_s: float) -> Session:
        if not self._connected.is_set():
            try:
                async with asyncio.timeout(min(timeout_s, CONNECT_WAIT_S)):
                    await self._connected.wait()
            except TimeoutError:
                raise RpcUnavailable("not connected to the broker") from None
        if self._session is None:
            raise RpcUnavailable("the connection to the broker was lost")
        return self._session

    async def _stay_connected(self) -> None:
        backoff = Backoff()
        while True:
            try:
                await self._connect_once(backoff)
            except BrokerUnavailable as away:
                DEPENDENCIES.missing(RABBITMQ)
                if backoff.is_news(str(away)):
                    log.warning("broker_unavailable", caller=self._caller, reason=str(away))
                await asyncio.sleep(backoff.pause_s())

    async def _connect_once(self, backoff: Backoff) -> None:
        session = await Session.open(self._url, f"rpc {self._caller}")
        try:
            await self._listen(session)
            self._session = session
            self._connected.set()
            DEPENDENCIES.there(RABBITMQ)
            backoff.reset()
            await session.until_lost()
            _ = session.channel
        finally:
            self._connected.clear()
            self._session = None
            self._fail_all(RpcUnavailable("the connection to the broker was lost"))
            await session.close()

    async def _listen(self, session: Session) -> None:
        channel, self._route = session.channel, str(new_id())
        queue = reply_queue(self._caller, self._route)
        channel.add_on_return_callback(self._on_return)
        await session.ask(channel.exchange_declare, exchange=RPC_EXCHANGE, exchange_type="topic", durable=True)
        await session.ask(channel.queue_declare, queue=queue, exclusive=True, auto_delete=True)
        await session.ask(channel.queue_bind, queue=queue, exchange=RPC_EXCHANGE, routing_key=self._route)
        await session.ask(channel.basic_consume, queue=queue, on_message_callback=self._on_answer, auto_ack=True)

    def _on_answer(self, _channel: Channel, _method: spec.Basic.Deliver, about: BasicProperties, body: bytes) -> None:
        pending = self._pending.get(about.correlation_id or "")
        if pending is not None and not pending.done():
            pending.set_result(body)

    def _on_return(self, _channel: Channel, method: spec.Basic.Return, about: BasicProperties, _body: bytes) -> None:
        pending = self._pending.get(about.correlation_id or "")
        if pending is not None and not pending.done():
            pending.set_exception(UnknownService(method.routing_key.partition(".")[0]))

    def _fail_all(self, reason: RpcError) -> None:
        for pending in self._pending.values():
            if not pending.done():
                pending.set_exception(reason)

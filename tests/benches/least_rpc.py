"""The least client of nameko's RPC on pika: the prototype, with nothing for bad days; the control of P14."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pika
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

from infra.kernel.ids import new_id

EXCHANGE = "nameko-rpc"


class LeastRpc:
    def __init__(self, url: str) -> None:
        self._parameters = pika.URLParameters(url)
        self._pending: dict[str, asyncio.Future[Any]] = {}
        self._ready = asyncio.Event()
        self._route: UUID = new_id()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._connection = AsyncioConnection(self._parameters, on_open_callback=self._on_open, custom_ioloop=loop)
        await self._ready.wait()

    async def call(self, service: str, method: str, timeout_s: float = 5.0, **arguments: Any) -> Any:
        async with asyncio.timeout(timeout_s):
            call = str(new_id())
            future = self._pending[call] = asyncio.get_running_loop().create_future()
            try:
                body = json.dumps({"args": [], "kwargs": arguments}).encode()
                properties = pika.BasicProperties(
                    content_type="application/json",
                    content_encoding="utf-8",
                    reply_to=str(self._route),
                    correlation_id=call,
                    delivery_mode=2,
                    headers={"nameko.call_id_stack": [f"gateway.{call}"]},
                )
                self._channel.basic_publish(EXCHANGE, f"{service}.{method}", body, properties, mandatory=True)
                return await future
            finally:
                self._pending.pop(call, None)

    async def close(self) -> None:
        gone = asyncio.Event()
        self._connection.add_on_close_callback(lambda *_: gone.set())
        self._connection.close()
        await gone.wait()

    def _on_open(self, connection: AsyncioConnection) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Channel) -> None:
        self._channel, queue = channel, f"rpc.reply-gateway-{self._route}"

        def consume(_: object) -> None:
            channel.basic_consume(queue, self._on_reply, auto_ack=True, callback=lambda _: self._ready.set())

        def bind(_: object) -> None:
            channel.queue_bind(queue, EXCHANGE, str(self._route), callback=consume)

        channel.queue_declare(queue, exclusive=True, auto_delete=True, callback=bind)

    def _on_reply(self, _channel: Channel, _method: object, properties: pika.BasicProperties, body: bytes) -> None:
        future = self._pending.pop(properties.correlation_id or "", None)
        if future is not None and not future.done():
            future.set_result(json.loads(body)["result"])

"""One connection with one channel to the broker, for asyncio."""

import asyncio
from collections.abc import Callable
from typing import Any, Self

import pika
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

from infra.messaging.connecting import TIMEOUT_S, broker_errors, parameters
from infra.messaging.errors import BrokerUnavailable

_GOOD_BYE_S = 2.0


class _Together(AsyncioConnection):  # type: ignore[misc]
    """Sends what is written in one turn of the loop at once: a message is three frames, and each would be a packet."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._written: list[bytes] = []
        super().__init__(*arguments, **options)

    def _adapter_emit_data(self, data: bytes) -> None:
        if not self._written:
            self._nbio.add_callback_threadsafe(self._send)
        self._written.append(data)

    def _adapter_disconnect_stream(self) -> None:
        self._send()
        super()._adapter_disconnect_stream()

    def drop(self) -> None:
        """Cut the connection without a word."""
        if self._transport is not None:
            self._adapter_disconnect_stream()

    def _send(self) -> None:
        written, self._written = b"".join(self._written), []
        if written and self._transport is not None:
            super()._adapter_emit_data(written)


class Session:
    """Lives until the connection or the channel is lost; then it says so for ever, and a new one is opened."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lost: asyncio.Future[None] = loop.create_future()
        self._opened: asyncio.Future[Channel] = loop.create_future()
        self._gone = asyncio.Event()
        self._connection: _Together | None = None
        self.on_lost: Callable[[BrokerUnavailable], None] = lambda _reason: None

    @classmethod
    async def open(cls, url: str, name: str) -> Self:
        """Connect as `name`; raises `BrokerUnavailable`."""
        session = cls(asyncio.get_running_loop())
        session._connect(parameters(url, name))
        try:
            await session._first(session._opened)
        except BrokerUnavailable:
            await session.close()
            raise
        return session

    @property
    def channel(self) -> Channel:
        """The channel; raises `BrokerUnavailable` when it is lost."""
        if self._lost.done():
            self._lost.result()
        return self._opened.result()

    async def ask(self, method: Callable[..., Any], /, *, timeout_s: float = TIMEOUT_S, **arguments: Any) -> Any:
        """Send a request by a method of the channel and wait for the answer; raises `BrokerUnavailable`."""
        answer: asyncio.Future[Any] = self._loop.create_future()

        def on_answer(frame: Any) -> None:
            if not answer.done():
                answer.set_result(frame)

        with broker_errors():
            method(**arguments, callback=on_answer)
        return await self._first(answer, timeout_s)

    def give_up(self, reason: str) -> None:
        """Take the connection for lost: the broker may be there, but it does not answer."""
        self._lose(reason)

    async def until_lost(self) -> None:
        """Wait until the connection or the channel is lost."""
        await asyncio.wait({self._lost})

    async def close(self) -> None:
        """Say good-bye to the broker, wait, for a moment, for its answer, and let go of the connection in any case."""
        self._lose("closed by us")
        try:
            async with asyncio.timeout(_GOOD_BYE_S):
                await self._gone.wait()
        except TimeoutError:
            if self._connection is not None:
                self._connection.drop()

    async def _first(self, answer: asyncio.Future[Any], timeout_s: float = TIMEOUT_S) -> Any:
        done, _ = await asyncio.wait({answer, self._lost}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if answer in done:
            return answer.result()
        if not done:
            raise BrokerUnavailable(f"no answer within {timeout_s:.0f} s")
        return self._lost.result()

    def _connect(self, wanted: pika.URLParameters) -> None:
        self._connection = _Together(
            wanted,
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
            on_open_error_callback=lambda _connection, error: self._on_gone(error),
            on_close_callback=lambda _connection, error: self._on_gone(error),
            custom_ioloop=self._loop,
        )

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(lambda _channel, error: self._lose(error))
        if not self._opened.done():
            self._opened.set_result(channel)

    def _on_gone(self, error: BaseException | str) -> None:
        self._gone.set()
        self._lose(error)

    def _lose(self, error: BaseException | str) -> None:
        if self._lost.done():
            return
        reason = BrokerUnavailable(str(error) or repr(error))
        self._lost.set_exception(reason)
        self._lost.exception()  # Marks it as seen: nobody has to be waiting when the broker goes away.
        self.on_lost(reason)
        if self._connection is not None and not (self._connection.is_closing or self._connection.is_closed):
            self._connection.close()

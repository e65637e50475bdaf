"""One connection with one channel to the broker, for a thread that drives it itself, plain or green; nothing waits without end."""

from collections.abc import Callable
from typing import Any, Self

import pika
from pika.adapters.select_connection import IOLoop, SelectConnection
from pika.channel import Channel

from infra.messaging.connecting import HEARTBEAT_S, TIMEOUT_S, broker_errors, parameters
from infra.messaging.errors import BrokerUnavailable, NoAnswer

_OPEN_S = 2 * TIMEOUT_S
"""Longer than each of the time-outs by which pika itself gives up."""
_GOOD_BYE_S = 2.0


class _Droppable(SelectConnection):  # type: ignore[misc]
    def drop(self) -> None:
        """Cut the connection without a word."""
        if self._transport is not None:
            self._adapter_disconnect_stream()


class PlainSession:
    """Lives until the connection or the channel is lost; works only while somebody waits in one of its methods.

    Every method raises `BrokerUnavailable` when it is lost; then it is closed, and a new one is opened.
    """

    def __init__(self, wanted: pika.URLParameters) -> None:
        self._loop = IOLoop()
        self._loop.activate_poller()
        self._channel: Channel | None = None
        self._lost = ""
        self._gone = False
        self._connection = _Droppable(
            wanted,
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
            on_open_error_callback=lambda _connection, error: self._on_gone(error),
            on_close_callback=lambda _connection, error: self._on_gone(error),
            custom_ioloop=self._loop,
        )

    @classmethod
    def open(cls, url: str, name: str, heartbeat_s: int = HEARTBEAT_S) -> Self:
        """Connect as `name`."""
        with broker_errors():
            session = cls(parameters(url, name, heartbeat_s))
        try:
            session.turn(lambda: session._channel is not None, _OPEN_S)
            _ = session.channel
        except BrokerUnavailable:
            session.close()
            raise
        return session

    @property
    def channel(self) -> Channel:
        """The channel."""
        if self._lost or self._channel is None:
            raise BrokerUnavailable(self._lost or "not connected")
        return self._channel

    def ask(self, method: Callable[..., Any], /, *, timeout_s: float = TIMEOUT_S, **arguments: Any) -> Any:
        """Send a request by a method of the channel and wait for the answer; raises `NoAnswer` when none comes."""
        answers: list[Any] = []
        with broker_errors():
            method(**arguments, callback=answers.append)
        if not self.turn(lambda: bool(answers), timeout_s):
            raise NoAnswer(f"no answer within {timeout_s:.0f} s")
        return answers[0]

    def turn(self, enough: Callable[[], bool], timeout_s: float) -> bool:
        """Work through what comes until there is enough, or the time is over; tell whether there is enough.

        Takes one look in any case.
        """
        if self._lost:
            raise BrokerUnavailable(self._lost)
        self._look_until(lambda: bool(self._lost) or enough(), timeout_s)
        if self._lost:
            raise BrokerUnavailable(self._lost)
        return enough()

    def close(self) -> None:
        """Say good-bye to the broker, wait, for a moment, for its answer, and let go of the connection in any case."""
        if not (self._gone or self._connection.is_closing or self._connection.is_closed):
            self._connection.close()
        self._look_until(lambda: self._gone, _GOOD_BYE_S)
        if not self._gone:
            self._connection.drop()
            self._look_until(lambda: self._gone, _GOOD_BYE_S)
        self._loop.deactivate_poller()
        self._loop.close()

    def _look_until(self, enough: Callable[[], bool], timeout_s: float) -> None:
        time_is_over: list[bool] = []
        timer = self._loop.call_later(0 if enough() else timeout_s, lambda: time_is_over.append(True))
        try:
            while True:
                self._loop.poll()
                self._loop.process_timeouts()
                if time_is_over or enough():
                    return
        finally:
            self._loop.remove_timeout(timer)

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(lambda _channel, error: self._lose(error))
        self._channel = channel

    def _on_gone(self, error: BaseException | str) -> None:
        self._gone = True
        self._lose(error)

    def _lose(self, error: BaseException | str) -> None:
        self._lost = self._lost or str(error) or repr(error)
